#include "shared.h"
#include <string.h>

namespace gbsim {

namespace {

const size_t Guard = 256;
const unsigned char Poison = 0xFF;
alignas(1024) char arena[SharedBytes];
std::vector<SharedRegion> regions;
size_t used;
unsigned staticBytes;
const SharedRegion* last;

SharedRegion& add(const char* name, size_t bytes) {
    regions.push_back({name, arena + used, bytes});
    size_t end = (used + bytes + Guard + 127) / 128 * 128;
    memset(arena + used, Poison, end - used);
    used = end;
    last = nullptr;
    return regions.back();
}

}

void layOutShared(unsigned dynamicBytes) {
    regions.clear();
    used = 0;
    staticBytes = 0;
    add("dynamic shared memory", dynamicBytes);
}

void poisonShared() { memset(arena, Poison, used); }

void* placeShared(GbSimulatorArray* array) {
    staticBytes += array->bytes;
    if (staticBytes > SharedDefaultLimit)
        abandon(LaunchOutOfResources, {"GB_SHARED", running.launch->kernel->file, running.launch->kernel->line}, "too much shared memory: the static arrays take more than 48 KiB");
    array->address = add(array->name, array->bytes).begin;
    array->launch = services.launch;
    return array->address;
}

void* dynamicShared() { return regions[0].begin; }

bool inSharedArena(const void* address) { return address >= arena && address < arena + SharedBytes; }

bool isShared(const void* address, size_t bytes) {
    const char* at = static_cast<const char*>(address);
    if (!last || at < last->begin || at + bytes > last->begin + last->bytes) last = sharedRegionBefore(address);
    return last && at >= last->begin && at + bytes <= last->begin + last->bytes;
}

size_t sharedOffset(const void* address) { return static_cast<size_t>(static_cast<const char*>(address) - arena); }

const SharedRegion* sharedRegionBefore(const void* address) {
    const SharedRegion* found = nullptr;
    for (const SharedRegion& region : regions)
        if (region.begin <= address) found = &region;
    return found;
}

Result checkSharedGuards(const char* kernel, unsigned block) {
    for (size_t i = 0; i < regions.size(); i++) {
        const char* end = i + 1 < regions.size() ? regions[i + 1].begin : arena + used;
        for (const char* at = regions[i].begin + regions[i].bytes; at < end; at++)
            if (static_cast<unsigned char>(*at) != Poison)
                return report(IllegalAddress, "kernel %s, block %u: out of bounds: a write %zu bytes past the end of %s (%zu bytes)", kernel, block,
                              static_cast<size_t>(at - regions[i].begin) - regions[i].bytes, regions[i].name, regions[i].bytes);
    }
    return Success;
}

}
