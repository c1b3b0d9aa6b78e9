#include "checker.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "global_checks.h"
#include "memory.h"
#include "settings.h"
#include "shared.h"
#include "shared_checks.h"
#include "source_lines.h"
#include "twins.h"

namespace gbsim {

namespace {

bool active() { return running.launch && running.launch->checked; }

bool within(const void* address, const void* begin, size_t bytes) {
    return address >= begin && address < static_cast<const char*>(begin) + bytes;
}

// What belongs to the thread or to the simulator itself: its stack, its built-in variables, the arguments, constants.
bool isPrivate(const void* address, bool write) {
    const Thread& thread = *running.current;
    return thread.fiber.holds(address) || within(address, &thread.view, sizeof thread.view) || within(address, &services, sizeof services) ||
           within(address, running.launch->arguments.data(), running.launch->arguments.size()) ||
           within(address, running.launch->kernel, sizeof *running.launch->kernel) || (!write && running.launch->twins->holds(address));
}

}

void checkLaunchBegins(const Launch& launch) {
    if (launch.checked) beginGlobalLaunch();
    else forgetInitialised();
}

void checkBlockBegins() {
    if (!active()) return;
    beginGlobalBlock();
    beginSharedBlock();
}

void checkAccess(const void* address, unsigned bytes, bool write, const void* instruction) {
    if (!running.current || running.inCollective) return;
    Origin origin = {nullptr, instruction};
    if (inSharedArena(address)) return accessShared(address, bytes, write, origin);
    if (isPrivate(address, write)) return;
    accessGlobal(address, bytes, write ? Access::Write : Access::Read, origin);
}

void checkAlignment(const void* address, const void* instruction) {
    if (running.current) refuse(LaunchFailed, {nullptr, instruction}, "misaligned: %p does not suit the type that is read or written there", address);
}

void checkShared(const void* address, unsigned bytes, bool write, const Place& place) {
    if (active()) accessShared(address, bytes, write, {&place, nullptr});
}

void checkCoherentLoad(const void* address, unsigned bytes, const Place& place) {
    if (active()) accessGlobal(address, bytes, Access::CoherentRead, {&place, nullptr});
}

void checkTicket(const void* counter, const Place& place) {
    if (active()) drawTicket(counter, {&place, nullptr});
}

void checkFence() {
    if (active()) fenceBlock();
}

void checkCopyBegins(const void* shared, const void* global, const Place& place) {
    if (!active()) return;
    Origin origin = {&place, nullptr};
    if (global) accessGlobal(global, 16, Access::Read, origin);
    beginSharedCopy(shared, origin);
}

void checkCopyLands(const void* shared) {
    if (active()) endSharedCopy(shared);
}

Result reportInKernel(Result result, const Place& place, const char* format, ...) {
    char text[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const GbSimulatorThread& view = running.current->view;
    return report(result, "kernel %s, block (%u, %u, %u), thread %u, %s:%d: %s", running.launch->kernel->name, view.block.x, view.block.y, view.block.z,
                  running.current->index, baseName(place.file), place.line, text);
}

void refuse(Result result, const Origin& origin, const char* format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (origin.place) abandon(result, *origin.place, "%s", text);
    SourceLine line = sourceLineOf(origin.instruction);
    abandon(result, {"", line.file, line.line}, "%s", text);
}

}
