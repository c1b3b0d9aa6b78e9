// Device memory between guard zones, and pinned host memory.
#pragma once
#include <stddef.h>
#include <memory>
#include <string>
#include <vector>
#include "results.h"

namespace gbsim {

// What the checker knows of four bytes of device memory. Epochs are Execution::epoch; masks have a bit for each byte.
struct GlobalWord {
    unsigned writeEpoch, readEpoch, firstRead;
    unsigned short writer, reader;
    unsigned char writeMask, readMask, initialised;
};

struct Allocation {
    char* address;
    size_t bytes;
    bool freed;
    // Present once a checked launch touched the allocation; `known` says that initialised bytes were followed from birth.
    std::unique_ptr<GlobalWord[]> shadow;
    bool known;

    bool holds(const void* at, size_t count) const { return at >= address && static_cast<const char*>(at) + count <= address + bytes; }
};

Result allocate(void** address, size_t bytes);
Result release(void* address);
Result allocatePinned(void** address, size_t bytes);
Result releasePinned(void* address);

// The live allocation that holds all the bytes, or null.
Allocation* find(const void* address, size_t bytes);
// Why `bytes` bytes at the address are not one live allocation's.
std::string describe(const void* address, size_t bytes);
bool isPinned(const void* address, size_t bytes);

// Written by the driver or by a kernel: these bytes hold values from now on.
void markInitialised(const void* address, size_t bytes);
void copyInitialised(const void* to, const void* from, size_t bytes);
// Kernels that are not checked write where nobody looks: from now on every byte may hold a value.
void forgetInitialised();

// Whether the guard zones of every allocation still hold their poison.
Result checkGuards(const char* kernel);
size_t freeBytes();
size_t totalBytes();
void listLeaks(std::vector<std::string>& leaks);
void releaseAll();

}
