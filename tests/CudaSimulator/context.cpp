#include "context.h"
#include <stdio.h>
#include <string.h>
#include "faults.h"
#include "memory.h"
#include "settings.h"

using namespace gbsim;

namespace gbsim {

Context context;

namespace {

std::recursive_mutex mutex;
thread_local void* current;

}

Call::Call(const char* name, Needs needs) : _lock(mutex), _refused(Success) {
    if (needs == Nothing) return;
    counters.calls++;
    if (!context.initialised) _refused = NotInitialized;
    else if (needs == Current && (!current || !context.retained)) _refused = report(InvalidContext, "%s: no context is current on this thread", name);
    else if (needs == Current) _refused = stickyResult();
}

Result streamOf(const char* call, void* handle, Stream*& stream) {
    stream = static_cast<Stream*>(handle);
    if (reinterpret_cast<size_t>(handle) > 1) return context.streams.check(call, stream);
    stream = &defaultStream();
    return Success;
}

Result refuseWhileCapturing(const char* call) {
    if (!isCapturing()) return Success;
    invalidateCaptures();
    return report(CaptureUnsupported, "%s: not permitted while a stream is capturing", call);
}

std::vector<std::string> leaks() {
    std::vector<std::string> found;
    listLeaks(found);
    auto add = [&found](size_t count, const char* kind) {
        for (size_t i = 0; i < count; i++) found.push_back(kind);
    };
    add(context.streams.live.size(), "a stream");
    add(context.events.live.size(), "an event");
    add(context.graphs.live.size(), "a graph");
    add(context.graphExecs.live.size(), "an executable graph");
    add(context.modules.live.size(), "a module");
    return found;
}

void destroyContext() {
    context.graphExecs.clear();
    context.graphs.clear();
    context.events.clear();
    context.modules.clear();
    forgetStreams();
    context.streams.clear();
    releaseAll();
}

}

GB_API cuInit(unsigned flags) {
    GB_CALL(Nothing);
    if (flags) return InvalidValue;
    catchFaults();
    context.initialised = true;
    return Success;
}

GB_API cuDriverGetVersion(int* version) {
    *version = 12080;
    return Success;
}

GB_API cuDeviceGetCount(int* count) {
    GB_CALL(Driver);
    *count = 1;
    return Success;
}

GB_API cuDeviceGet(int* device, int ordinal) {
    GB_CALL(Driver);
    *device = 0;
    return ordinal == 0 ? Success : InvalidDevice;
}

GB_API cuDeviceGetName(char* name, int length, int device) {
    GB_CALL(Driver);
    if (device != 0) return InvalidDevice;
    snprintf(name, static_cast<size_t>(length), "Gimbal CUDA simulator");
    return Success;
}

GB_API cuDeviceTotalMem_v2(size_t* bytes, int device) {
    GB_CALL(Driver);
    *bytes = totalBytes();
    return device == 0 ? Success : InvalidDevice;
}

GB_API cuDeviceGetAttribute(int* value, int attribute, int device) {
    GB_CALL(Driver);
    if (device != 0) return InvalidDevice;
    static const struct { int attribute, value; } known[] = {
        {1, 1024}, {2, 1024}, {3, 1024}, {4, 64}, {5, 2147483647}, {6, 65535}, {7, 65535}, {8, 48 << 10}, {9, 64 << 10}, {10, 32}, {12, 65536},
        {13, 1410000}, {16, 8}, {36, 1215000}, {37, 5120}, {38, 40 << 20}, {39, 2048}, {40, 3}, {41, 1}, {75, 8}, {76, 0}, {81, 164 << 10}, {97, 163 << 10},
    };
    *value = 0;
    for (const auto& entry : known)
        if (entry.attribute == attribute) *value = entry.value;
    return Success;
}

GB_API cuDevicePrimaryCtxRetain(void** handle, int device) {
    GB_CALL(Driver);
    if (device != 0) return InvalidDevice;
    context.retained++;
    *handle = &context;
    return Success;
}

GB_API cuDevicePrimaryCtxRelease_v2(int device) {
    GB_CALL(Driver);
    if (device != 0) return InvalidDevice;
    if (context.retained == 0) return report(InvalidContext, "cuDevicePrimaryCtxRelease: the primary context is not retained");
    if (--context.retained > 0) return Success;
    drainAll();
    for (const std::string& leak : leaks()) report(Success, "leak: %s is still alive when the context goes", leak.c_str());
    destroyContext();
    return Success;
}

GB_API cuCtxSetCurrent(void* handle) {
    GB_CALL(Driver);
    if (handle && (handle != &context || !context.retained)) return report(InvalidContext, "cuCtxSetCurrent: unknown or released context");
    current = handle;
    return Success;
}

GB_API cuCtxGetCurrent(void** handle) {
    GB_CALL(Driver);
    *handle = current;
    return Success;
}

GB_API cuCtxGetDevice(int* device) {
    GB_CALL(Current);
    *device = 0;
    return Success;
}

GB_API cuCtxSynchronize() {
    GB_CALL(Current);
    if (Result wrong = refuseWhileCapturing("cuCtxSynchronize")) return wrong;
    return drainAll();
}

GB_API cuGetErrorName(int error, const char** name) {
    *name = nameOf(error);
    return *name ? Success : InvalidValue;
}

GB_API cuGetErrorString(int error, const char** text) {
    *text = textOf(error);
    return *text ? Success : InvalidValue;
}
