#include "shared_checks.h"
#include <stdlib.h>
#include <sys/mman.h>
#include "bank_conflicts.h"
#include "settings.h"
#include "shared.h"

namespace gbsim {

namespace {

// Who wrote and who read a byte last, each as epoch * 65536 + thread; nothing is ever cleared, for an older epoch says enough.
// A byte was written in this block if its epoch is not before the block's. A byte that a cp.async fills has Copying added.
typedef long long Stamp;
const Stamp Many = 0xFFFF;
const Stamp Copying = 1ll << 62;

Stamp* stamps() {
    static Stamp* memory = static_cast<Stamp*>(mmap(nullptr, 2 * SharedBytes * sizeof(Stamp), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    return memory;
}

Stamp* writesOf(const void* address) { return stamps() + sharedOffset(address); }
Stamp* readsOf(const void* address) { return stamps() + SharedBytes + sharedOffset(address); }
Stamp epochStart() { return static_cast<Stamp>(running.epoch) << 16; }
Stamp blockStart() { return static_cast<Stamp>(running.blockEpoch) << 16; }
Stamp present() { return epochStart() | running.current->index; }

[[noreturn]] void refuseBounds(const void* address, unsigned bytes, bool write, const Origin& origin) {
    const SharedRegion* region = sharedRegionBefore(address);
    size_t offset = static_cast<size_t>(static_cast<const char*>(address) - region->begin);
    refuse(IllegalAddress, origin, "out of bounds: a %s of %u bytes at offset %zu of %s (%zu bytes)", write ? "write" : "read", bytes, offset, region->name, region->bytes);
}

// Looks closely at a byte that the quick test did not let pass; it may be in order after all.
void judge(Stamp written, Stamp read, const void* address, bool write, const Origin& origin) {
    const char* array = sharedRegionBefore(address)->name;
    const char* verb = write ? "write" : "read";
    if (written >= Copying) {
        if (written - Copying >= blockStart()) refuse(LaunchFailed, origin, "missing wait: a %s of %s while a cp.async into it is under way", verb, array);
        // The copy belongs to an earlier block, which never waited for it.
        written = 0;
    }
    if (written >= epochStart() && written != present())
        refuse(LaunchFailed, origin, "race: a %s of %s, which thread %lld wrote since the last barrier", verb, array, written & 0xFFFF);
    if (!write && written < blockStart()) refuse(LaunchFailed, origin, "uninitialised: a read of %s, which nobody wrote", array);
    if (!write || read < epochStart() || read == present()) return;
    if ((read & 0xFFFF) == Many) refuse(LaunchFailed, origin, "race: a write of %s, which other threads read since the last barrier", array);
    refuse(LaunchFailed, origin, "race: a write of %s, which thread %lld read since the last barrier", array, read & 0xFFFF);
}

void noteRead(const void* address, unsigned bytes, const Origin& origin) {
    Stamp *writes = writesOf(address), *reads = readsOf(address);
    Stamp epoch = epochStart(), block = blockStart(), self = present();
    bool suspicious = false;
    for (unsigned i = 0; i < bytes; i++) suspicious |= (writes[i] < block || writes[i] >= epoch) && writes[i] != self;
    if (suspicious)
        for (unsigned i = 0; i < bytes; i++) judge(writes[i], reads[i], address, false, origin);
    for (unsigned i = 0; i < bytes; i++) reads[i] = reads[i] >= epoch && reads[i] != self ? epoch | Many : self;
}

void noteWrite(const void* address, unsigned bytes, Stamp stamp, const Origin& origin) {
    Stamp *writes = writesOf(address), *reads = readsOf(address);
    Stamp epoch = epochStart(), self = present();
    bool suspicious = false;
    for (unsigned i = 0; i < bytes; i++) suspicious |= (writes[i] >= epoch && writes[i] != self) || (reads[i] >= epoch && reads[i] != self);
    if (suspicious)
        for (unsigned i = 0; i < bytes; i++) judge(writes[i], reads[i], address, true, origin);
    for (unsigned i = 0; i < bytes; i++) writes[i] = stamp;
}

}

void beginSharedBlock() { beginBankConflicts(); }

void accessShared(const void* address, unsigned bytes, bool write, const Origin& origin) {
    if (!isShared(address, bytes)) refuseBounds(address, bytes, write, origin);
    if (settings.countsBanks && origin.instruction) countBankConflict(sharedOffset(address), bytes, origin.instruction);
    if (write) noteWrite(address, bytes, present(), origin);
    else noteRead(address, bytes, origin);
}

void beginSharedCopy(const void* shared, const Origin& origin) { noteWrite(shared, 16, Copying | present(), origin); }

void endSharedCopy(const void* shared) {
    Stamp* writes = writesOf(shared);
    for (unsigned i = 0; i < 16; i++) writes[i] = present();
}

}
