// The checked build: bounds, races and uninitialised reads, at every access of a kernel.
#pragma once
#include "execution.h"

namespace gbsim {

void checkLaunchBegins(const Launch& launch);
void checkBlockBegins();

// Called by the instrumented twins at each access; `instruction` leads to the source line.
void checkAccess(const void* address, unsigned bytes, bool write, const void* instruction);
void checkAlignment(const void* address, const void* instruction);
void checkShared(const void* address, unsigned bytes, bool write, const Place& place);
void checkCoherentLoad(const void* address, unsigned bytes, const Place& place);
void checkTicket(const void* counter, const Place& place);
void checkFence();
void checkCopyBegins(const void* shared, const void* global, const Place& place);
void checkCopyLands(const void* shared);

// A report that names the kernel, the block, the thread and the source line.
Result reportInKernel(Result result, const Place& place, const char* format, ...) __attribute__((format(printf, 3, 4)));

}
