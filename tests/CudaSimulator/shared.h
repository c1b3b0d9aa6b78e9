// Shared memory of the block that runs: dynamic first, then each static array, with guard zones between them.
#pragma once
#include <stddef.h>
#include "execution.h"

namespace gbsim {

const size_t SharedBytes = 512 << 10;
const unsigned SharedLimit = 163 << 10;
const unsigned SharedDefaultLimit = 48 << 10;

struct SharedRegion {
    const char* name;
    char* begin;
    size_t bytes;
};

void layOutShared(unsigned dynamicBytes);
void poisonShared();
void* placeShared(GbSimulatorArray* array);
void* dynamicShared();

extern char sharedArena[SharedBytes];
// The region that the last address lay in: neighbours ask one after another.
extern const SharedRegion* lastSharedRegion;
// The region that starts last before the address.
const SharedRegion* sharedRegionBefore(const void* address);

inline bool inSharedArena(const void* address) { return address >= sharedArena && address < sharedArena + SharedBytes; }
inline size_t sharedOffset(const void* address) { return static_cast<size_t>(static_cast<const char*>(address) - sharedArena); }

// Whether all the bytes lie in one array.
inline bool isShared(const void* address, size_t bytes) {
    const char* at = static_cast<const char*>(address);
    const SharedRegion* region = lastSharedRegion;
    if (!region || at < region->begin || at + bytes > region->begin + region->bytes) region = lastSharedRegion = sharedRegionBefore(address);
    return region && at >= region->begin && at + bytes <= region->begin + region->bytes;
}

// Whether the zones between the arrays still hold their poison.
Result checkSharedGuards(const char* kernel, unsigned block);

}
