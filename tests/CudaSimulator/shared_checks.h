// Checks of shared memory, byte by byte.
#pragma once
#include "execution.h"

namespace gbsim {

// Where an access came from: a place that the prelude named, or an instruction to look up.
struct Origin {
    const Place* place;
    const void* instruction;
};

void beginSharedBlock();
void accessShared(const void* address, unsigned bytes, bool write, const Origin& origin);
void beginSharedCopy(const void* shared, const Origin& origin);
void endSharedCopy(const void* shared);

// Ends the launch with a report.
[[noreturn]] void refuse(Result result, const Origin& origin, const char* format, ...) __attribute__((format(printf, 3, 4)));

}
