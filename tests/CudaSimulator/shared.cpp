#include "shared.h"
#include <string.h>

namespace gbsim {

alignas(1024) char sharedArena[SharedBytes];
const SharedRegion* lastSharedRegion;

namespace {

const size_t Guard = 256;
const unsigned char Poison = 0xFF;
std::vector<SharedRegion> regions;
size_t used;
unsigned staticBytes;

SharedRegion& add(const char* name, size_t bytes) {
    regions.push_back({name, sharedArena + used, bytes});
    size_t end = (used + bytes + Guard + 127) / 128 * 128;
    memset(sharedArena + used, Poison, end - used);
    used = end;
    lastSharedRegion = nullptr;
    return regions.back();
}

}

void layOutShared(unsigned dynamicBytes) {
    regions.clear();
    used = 0;
    staticBytes = 0;
    add("dynamic shared memory", dynamicBytes);
}

void poisonShared() { memset(sharedArena, Poison, used); }

void* placeShared(GbSimulatorArray* array) {
    staticBytes += array->bytes;
    if (staticBytes > SharedDefaultLimit)
        abandon(LaunchOutOfResources, {"GB_SHARED", running.launch->kernel->file, running.launch->kernel->line}, "too much shared memory: the static arrays take more than 48 KiB");
    array->address = add(array->name, array->bytes).begin;
    array->launch = services.launch;
    return array->address;
}

void* dynamicShared() { return regions[0].begin; }

const SharedRegion* sharedRegionBefore(const void* address) {
    const SharedRegion* found = nullptr;
    for (const SharedRegion& region : regions)
        if (region.begin <= address) found = &region;
    return found;
}

Result checkSharedGuards(const char* kernel, unsigned block) {
    for (size_t i = 0; i < regions.size(); i++) {
        const char* end = i + 1 < regions.size() ? regions[i + 1].begin : sharedArena + used;
        for (const char* at = regions[i].begin + regions[i].bytes; at < end; at++)
            if (static_cast<unsigned char>(*at) != Poison)
                return report(IllegalAddress, "kernel %s, block %u: out of bounds: a write %zu bytes past the end of %s (%zu bytes)", kernel, block,
                              static_cast<size_t>(at - regions[i].begin) - regions[i].bytes, regions[i].name, regions[i].bytes);
    }
    return Success;
}

}
