// Stacks that can be left and entered again: one per simulated thread.
#pragma once
#include <stddef.h>

namespace gbsim {

const size_t StackBytes = 64 << 10;
const size_t StackGuardBytes = 4096;

struct Fiber {
    void* stackPointer = nullptr;
    char* stack = nullptr;

    // Sets the fiber up to begin at `entry`, which never returns. The stack is kept from one use to the next.
    void begin(void (*entry)(), unsigned index);
    bool holds(const void* address) const { return address >= stack && address < stack + StackBytes; }
    // Below the stack: who gets there used it up.
    bool guards(const void* address) const { return address >= stack - StackGuardBytes && address < stack; }
};

// Saves the present stack in *save and goes on where `load` was saved.
extern "C" void gbsim_switch(void** save, void* load) __attribute__((visibility("hidden")));

}
