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

bool inSharedArena(const void* address);
bool isShared(const void* address, size_t bytes);
size_t sharedOffset(const void* address);
// The region that starts last before the address, for reports.
const SharedRegion* sharedRegionBefore(const void* address);
// Whether the zones between the arrays still hold their poison.
Result checkSharedGuards(const char* kernel, unsigned block);

}
