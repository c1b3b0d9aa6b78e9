#include "memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <algorithm>
#include <deque>
#include <map>
#include "settings.h"

namespace gbsim {

namespace {

const size_t Guard = 4096;
const size_t Total = static_cast<size_t>(8) << 30;
const size_t QuarantineLimit = 64 << 20;
// Every launch looks at the guard zones of what lies there.
const size_t QuarantineCount = 256;
// All ones is a NaN: an arithmetic read of what nobody wrote shows in the result, checked or not.
const unsigned char Poison = 0xFF;

std::map<const char*, Allocation> allocations;
std::map<const char*, size_t> pinned;
std::deque<const char*> quarantine;
size_t used, quarantined;
Allocation* last;

Allocation* before(const void* address) {
    auto next = allocations.upper_bound(static_cast<const char*>(address));
    return next == allocations.begin() ? nullptr : &std::prev(next)->second;
}

void drop(const char* address) {
    last = nullptr;
    free(allocations[address].address - Guard);
    allocations.erase(address);
}

// Freed memory stays a while, poisoned, so that use after free is told apart from a wild address.
void retire(Allocation& allocation) {
    allocation.freed = true;
    allocation.shadow.reset();
    memset(allocation.address, Poison, allocation.bytes);
    quarantine.push_back(allocation.address);
    quarantined += allocation.bytes;
    while (quarantined > QuarantineLimit || quarantine.size() > QuarantineCount) {
        const char* oldest = quarantine.front();
        quarantine.pop_front();
        quarantined -= allocations[oldest].bytes;
        drop(oldest);
    }
}

const char* firstSpoiled(const char* begin, const char* end) {
    static const std::vector<unsigned char> intact(Guard, Poison);
    if (memcmp(begin, intact.data(), static_cast<size_t>(end - begin)) == 0) return nullptr;
    return std::find_if(begin, end, [](char c) { return static_cast<unsigned char>(c) != Poison; });
}

}

Result allocate(void** address, size_t bytes) {
    if (!address || bytes == 0) return report(InvalidValue, "cuMemAlloc: %zu bytes asked for", bytes);
    if (bytes > Total - used) return OutOfMemory;
    // The guard after the end begins at the byte after the last one.
    char* base = static_cast<char*>(aligned_alloc(Guard, (bytes + 3 * Guard - 1) / Guard * Guard));
    if (!base) return OutOfMemory;
    memset(base, Poison, bytes + 2 * Guard);
    Allocation& allocation = allocations[base + Guard];
    allocation = {base + Guard, bytes, false, nullptr, settings.checked};
    if (settings.checked) allocation.shadow = std::make_unique<GlobalWord[]>((bytes + 3) / 4);
    used += bytes;
    *address = allocation.address;
    return Success;
}

Result release(void* address) {
    auto found = allocations.find(static_cast<const char*>(address));
    if (found == allocations.end()) return report(InvalidValue, "cuMemFree: %p is not the start of an allocation", address);
    if (found->second.freed) return report(InvalidValue, "cuMemFree: %p is already freed", address);
    used -= found->second.bytes;
    last = nullptr;
    retire(found->second);
    return Success;
}

Result allocatePinned(void** address, size_t bytes) {
    if (!address || bytes == 0) return report(InvalidValue, "cuMemHostAlloc: %zu bytes asked for", bytes);
    *address = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    if (!*address) return OutOfMemory;
    memset(*address, Poison, bytes);
    pinned[static_cast<char*>(*address)] = bytes;
    return Success;
}

Result releasePinned(void* address) {
    if (pinned.erase(static_cast<const char*>(address)) == 0) return report(InvalidValue, "cuMemFreeHost: %p is not pinned memory", address);
    free(address);
    return Success;
}

Allocation* find(const void* address, size_t bytes) {
    if (last && last->holds(address, bytes)) return last;
    Allocation* allocation = before(address);
    if (!allocation || allocation->freed || !allocation->holds(address, bytes)) return nullptr;
    return last = allocation;
}

std::string describe(const void* address, size_t bytes) {
    const char* at = static_cast<const char*>(address);
    char text[200];
    Allocation* allocation = before(address);
    if (allocation && at < allocation->address + allocation->bytes + Guard) {
        size_t offset = static_cast<size_t>(at - allocation->address);
        snprintf(text, sizeof text, "%zu bytes at offset %zu of %s of %zu bytes", bytes, offset, allocation->freed ? "a freed allocation" : "an allocation", allocation->bytes);
        return text;
    }
    auto next = allocations.upper_bound(at);
    if (next != allocations.end() && at + Guard >= next->first) snprintf(text, sizeof text, "%zu bytes, %zu before an allocation of %zu bytes", bytes, static_cast<size_t>(next->first - at), next->second.bytes);
    else snprintf(text, sizeof text, "%zu bytes at %p, which is no device memory", bytes, address);
    return text;
}

bool isPinned(const void* address, size_t bytes) {
    auto next = pinned.upper_bound(static_cast<const char*>(address));
    if (next == pinned.begin()) return false;
    --next;
    return static_cast<const char*>(address) + bytes <= next->first + next->second;
}

void markInitialised(const void* address, size_t bytes) {
    Allocation* allocation = find(address, bytes);
    if (!allocation || !allocation->known) return;
    size_t begin = static_cast<size_t>(static_cast<const char*>(address) - allocation->address), end = begin + bytes;
    for (size_t at = begin; at < end;) {
        bool whole = at % 4 == 0 && at + 4 <= end;
        allocation->shadow[at / 4].initialised |= whole ? 15 : 1 << at % 4;
        at += whole ? 4 : 1;
    }
}

void copyInitialised(const void* to, const void* from, size_t bytes) {
    Allocation *target = find(to, bytes), *source = find(from, bytes);
    if (!target || !target->known) return;
    if (!source || !source->known) return markInitialised(to, bytes);
    for (size_t i = 0; i < bytes; i++) {
        size_t a = static_cast<size_t>(static_cast<const char*>(from) + i - source->address);
        size_t b = static_cast<size_t>(static_cast<const char*>(to) + i - target->address);
        unsigned bit = source->shadow[a / 4].initialised >> a % 4 & 1;
        unsigned char& mask = target->shadow[b / 4].initialised;
        mask = static_cast<unsigned char>((mask & ~(1u << b % 4)) | bit << b % 4);
    }
}

void forgetInitialised() {
    for (auto& entry : allocations) entry.second.known = false;
}

Result checkGuards(const char* kernel) {
    for (auto& entry : allocations) {
        Allocation& a = entry.second;
        const char* end = a.address + a.bytes;
        if (const char* at = firstSpoiled(a.address - Guard, a.address))
            return report(IllegalAddress, "kernel %s: out of bounds: a write %zu bytes before an allocation of %zu bytes", kernel, static_cast<size_t>(a.address - at), a.bytes);
        if (const char* at = firstSpoiled(end, end + Guard))
            return report(IllegalAddress, "kernel %s: out of bounds: a write %zu bytes past the end of an allocation of %zu bytes", kernel, static_cast<size_t>(at - end), a.bytes);
    }
    return Success;
}

size_t freeBytes() { return Total - used; }
size_t totalBytes() { return Total; }

void listLeaks(std::vector<std::string>& leaks) {
    char text[96];
    for (auto& entry : allocations) {
        if (entry.second.freed) continue;
        snprintf(text, sizeof text, "device memory of %zu bytes", entry.second.bytes);
        leaks.push_back(text);
    }
    for (auto& entry : pinned) {
        snprintf(text, sizeof text, "pinned memory of %zu bytes", entry.second);
        leaks.push_back(text);
    }
}

void releaseAll() {
    while (!allocations.empty()) drop(allocations.begin()->first);
    for (auto& entry : pinned) free(const_cast<char*>(entry.first));
    pinned.clear();
    quarantine.clear();
    used = quarantined = 0;
}

}
