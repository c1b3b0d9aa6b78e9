#include "shared_checks.h"
#include <stdlib.h>
#include <sys/mman.h>
#include "bank_conflicts.h"
#include "shared.h"

namespace gbsim {

namespace {

const unsigned short Many = 0xFFFF;

// What is known of one byte. An epoch other than the present one says nothing; nothing is ever cleared.
struct Byte {
    unsigned writeEpoch, readEpoch, initialised, copying;
    unsigned short writer, reader;
};

Byte* shadow() {
    static Byte* bytes = static_cast<Byte*>(mmap(nullptr, SharedBytes * sizeof(Byte), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    return bytes;
}

Byte* bytesOf(const void* address) { return shadow() + sharedOffset(address); }

void checkBounds(const void* address, unsigned bytes, bool write, const Origin& origin) {
    if (isShared(address, bytes)) return;
    const SharedRegion* region = sharedRegionBefore(address);
    size_t offset = static_cast<size_t>(static_cast<const char*>(address) - region->begin);
    refuse(IllegalAddress, origin, "out of bounds: a %s of %u bytes at offset %zu of %s (%zu bytes)", write ? "write" : "read", bytes, offset, region->name, region->bytes);
}

void checkOrder(const Byte& byte, const void* address, bool write, const Origin& origin) {
    unsigned short self = static_cast<unsigned short>(running.current->index);
    const char* array = sharedRegionBefore(address)->name;
    if (byte.copying == running.blockEpoch)
        refuse(LaunchFailed, origin, "missing wait: a %s of %s while a cp.async into it is under way", write ? "write" : "read", array);
    if (byte.writeEpoch == running.epoch && byte.writer != self)
        refuse(LaunchFailed, origin, "race: a %s of %s, which thread %u wrote since the last barrier", write ? "write" : "read", array, byte.writer);
    if (!write || byte.readEpoch != running.epoch || byte.reader == self) return;
    if (byte.reader == Many) refuse(LaunchFailed, origin, "race: a write of %s, which other threads read since the last barrier", array);
    refuse(LaunchFailed, origin, "race: a write of %s, which thread %u read since the last barrier", array, byte.reader);
}

}

void beginSharedBlock() { beginBankConflicts(); }

void accessShared(const void* address, unsigned bytes, bool write, const Origin& origin) {
    checkBounds(address, bytes, write, origin);
    if (origin.instruction) countBankConflict(sharedOffset(address), bytes, origin.instruction);
    unsigned short self = static_cast<unsigned short>(running.current->index);
    for (Byte *byte = bytesOf(address), *end = byte + bytes; byte < end; byte++) {
        checkOrder(*byte, address, write, origin);
        if (write) {
            byte->writer = self;
            byte->writeEpoch = running.epoch;
            byte->initialised = running.blockEpoch;
            continue;
        }
        if (byte->initialised != running.blockEpoch) refuse(LaunchFailed, origin, "uninitialised: a read of %s, which nobody wrote", sharedRegionBefore(address)->name);
        byte->reader = byte->readEpoch == running.epoch && byte->reader != self ? Many : self;
        byte->readEpoch = running.epoch;
    }
}

void beginSharedCopy(const void* shared, const Origin& origin) {
    for (Byte *byte = bytesOf(shared), *end = byte + 16; byte < end; byte++) {
        checkOrder(*byte, shared, true, origin);
        byte->copying = running.blockEpoch;
    }
}

void endSharedCopy(const void* shared) {
    for (Byte *byte = bytesOf(shared), *end = byte + 16; byte < end; byte++) {
        byte->copying = 0;
        byte->writer = static_cast<unsigned short>(running.current->index);
        byte->writeEpoch = running.epoch;
        byte->initialised = running.blockEpoch;
    }
}

}
