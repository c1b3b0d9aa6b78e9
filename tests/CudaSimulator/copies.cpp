// cp.async: copies that land as late as the waits allow, or at once; both are legal, and correct kernels cannot tell.
#include <string.h>
#include "checker.h"
#include "execution.h"
#include "settings.h"
#include "shared.h"

namespace gbsim {

namespace {

void land(const AsyncCopy& copy) {
    if (copy.global) memcpy(copy.shared, copy.global, 16);
    else memset(copy.shared, 0, 16);
}

}

void copyAsync(void* shared, const void* global, const char* file, int line) {
    Place place = {"cp.async", file, line};
    if ((reinterpret_cast<size_t>(shared) | reinterpret_cast<size_t>(global)) % 16) abandon(LaunchFailed, place, "misaligned: cp.async moves 16 bytes between multiples of 16");
    if (!isShared(shared, 16)) abandon(IllegalAddress, place, "out of bounds: cp.async writes outside the block's shared memory");
    checkCopyBegins(shared, global, place);
    AsyncCopy copy = {shared, global, place};
    if (settings.copiesLandEarly) land(copy);
    running.current->copies.push_back(copy);
}

void copyCommit() { running.current->groups.push_back(running.current->copies.size()); }

void copyWait(int pending) {
    Thread& thread = *running.current;
    size_t keep = static_cast<size_t>(pending);
    if (thread.groups.size() <= keep) return;
    size_t finished = thread.groups.size() - keep;
    size_t copies = thread.groups[finished - 1];
    for (size_t i = 0; i < copies; i++) {
        if (!settings.copiesLandEarly) land(thread.copies[i]);
        checkCopyLands(thread.copies[i].shared);
    }
    thread.copies.erase(thread.copies.begin(), thread.copies.begin() + static_cast<long>(copies));
    thread.groups.erase(thread.groups.begin(), thread.groups.begin() + static_cast<long>(finished));
    for (size_t& end : thread.groups) end -= copies;
}

}
