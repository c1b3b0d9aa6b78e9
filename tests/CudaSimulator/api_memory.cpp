// The driver's interface: memory and copies.
#include <string.h>
#include "context.h"
#include "memory.h"
#include "settings.h"

using namespace gbsim;

namespace {

using Word = unsigned;
typedef unsigned long long Address;

void* pointer(Address address) { return reinterpret_cast<void*>(address); }

Result checkRange(const char* call, const void* address, size_t bytes) {
    if (find(address, bytes)) return Success;
    return report(InvalidValue, "%s: out of bounds: %s", call, describe(address, bytes).c_str());
}

Result checkPinned(const char* call, const void* address, size_t bytes) {
    return isPinned(address, bytes) ? Success : report(InvalidValue, "%s: the host memory is not pinned, or shorter than %zu bytes", call, bytes);
}

Result copyToDevice(Address to, const void* from, size_t bytes) {
    if (Result wrong = checkRange("cuMemcpyHtoD", pointer(to), bytes)) return wrong;
    memcpy(pointer(to), from, bytes);
    counters.uploadedBytes += bytes;
    markInitialised(pointer(to), bytes);
    return Success;
}

Result copyToHost(void* to, Address from, size_t bytes) {
    if (Result wrong = checkRange("cuMemcpyDtoH", pointer(from), bytes)) return wrong;
    memcpy(to, pointer(from), bytes);
    return Success;
}

Result copyOnDevice(Address to, Address from, size_t bytes) {
    if (Result wrong = checkRange("cuMemcpyDtoD", pointer(from), bytes)) return wrong;
    if (Result wrong = checkRange("cuMemcpyDtoD", pointer(to), bytes)) return wrong;
    memmove(pointer(to), pointer(from), bytes);
    copyInitialised(pointer(to), pointer(from), bytes);
    return Success;
}

template <class T> Result fill(Address to, T value, size_t count) {
    if (Result wrong = checkRange("cuMemset", pointer(to), count * sizeof(T))) return wrong;
    T* target = static_cast<T*>(pointer(to));
    for (size_t i = 0; i < count; i++) target[i] = value;
    markInitialised(target, count * sizeof(T));
    return Success;
}

// A call that returns when its work is done.
template <class Work> Result now(const char* call, Work work) {
    if (Result wrong = refuseWhileCapturing(call)) return wrong;
    if (Result wrong = drainBlocking()) return wrong;
    return work();
}

// A call that only queues its work. Ranges are checked now, too: the error then belongs to the call that made it.
template <class Work> Result later(const char* call, void* handle, Work work) {
    Stream* stream;
    if (Result wrong = streamOf(call, handle, stream)) return wrong;
    return submit(*stream, work);
}

}

GB_API cuMemAlloc_v2(Address* address, size_t bytes) {
    GB_CALL(Current);
    if (Result wrong = refuseWhileCapturing("cuMemAlloc")) return wrong;
    return allocate(reinterpret_cast<void**>(address), bytes);
}

GB_API cuMemFree_v2(Address address) {
    GB_CALL(Current);
    if (!address) return Success;
    if (Result wrong = refuseWhileCapturing("cuMemFree")) return wrong;
    if (Result wrong = drainAll()) return wrong;
    return release(pointer(address));
}

GB_API cuMemHostAlloc(void** address, size_t bytes, unsigned) {
    GB_CALL(Current);
    return allocatePinned(address, bytes);
}

GB_API cuMemAllocHost_v2(void** address, size_t bytes) {
    GB_CALL(Current);
    return allocatePinned(address, bytes);
}

GB_API cuMemFreeHost(void* address) {
    GB_CALL(Current);
    if (Result wrong = drainAll()) return wrong;
    return releasePinned(address);
}

GB_API cuMemGetInfo_v2(size_t* free, size_t* total) {
    GB_CALL(Current);
    *free = freeBytes();
    *total = totalBytes();
    return Success;
}

GB_API cuMemcpyHtoD_v2(Address to, const void* from, size_t bytes) {
    GB_CALL(Current);
    return now("cuMemcpyHtoD", [&] { return copyToDevice(to, from, bytes); });
}

GB_API cuMemcpyDtoH_v2(void* to, Address from, size_t bytes) {
    GB_CALL(Current);
    return now("cuMemcpyDtoH", [&] { return copyToHost(to, from, bytes); });
}

GB_API cuMemcpyDtoD_v2(Address to, Address from, size_t bytes) {
    GB_CALL(Current);
    return now("cuMemcpyDtoD", [&] { return copyOnDevice(to, from, bytes); });
}

GB_API cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, void* stream) {
    GB_CALL(Current);
    if (Result wrong = checkPinned("cuMemcpyHtoDAsync", from, bytes)) return wrong;
    if (Result wrong = checkRange("cuMemcpyHtoDAsync", pointer(to), bytes)) return wrong;
    return later("cuMemcpyHtoDAsync", stream, [=] { return copyToDevice(to, from, bytes); });
}

GB_API cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, void* stream) {
    GB_CALL(Current);
    if (Result wrong = checkPinned("cuMemcpyDtoHAsync", to, bytes)) return wrong;
    if (Result wrong = checkRange("cuMemcpyDtoHAsync", pointer(from), bytes)) return wrong;
    // Who reads before waiting finds NaNs, not the values of last time.
    memset(to, 0xFF, bytes);
    return later("cuMemcpyDtoHAsync", stream, [=] { return copyToHost(to, from, bytes); });
}

GB_API cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void* stream) {
    GB_CALL(Current);
    if (Result wrong = checkRange("cuMemcpyDtoDAsync", pointer(from), bytes)) return wrong;
    if (Result wrong = checkRange("cuMemcpyDtoDAsync", pointer(to), bytes)) return wrong;
    return later("cuMemcpyDtoDAsync", stream, [=] { return copyOnDevice(to, from, bytes); });
}

GB_API cuMemsetD8_v2(Address to, unsigned char value, size_t count) {
    GB_CALL(Current);
    return now("cuMemsetD8", [&] { return fill(to, value, count); });
}

GB_API cuMemsetD32_v2(Address to, Word value, size_t count) {
    GB_CALL(Current);
    return now("cuMemsetD32", [&] { return fill(to, value, count); });
}

GB_API cuMemsetD8Async(Address to, unsigned char value, size_t count, void* stream) {
    GB_CALL(Current);
    if (Result wrong = checkRange("cuMemsetD8Async", pointer(to), count)) return wrong;
    return later("cuMemsetD8Async", stream, [=] { return fill(to, value, count); });
}

GB_API cuMemsetD32Async(Address to, Word value, size_t count, void* stream) {
    GB_CALL(Current);
    if (Result wrong = checkRange("cuMemsetD32Async", pointer(to), count * 4)) return wrong;
    return later("cuMemsetD32Async", stream, [=] { return fill(to, value, count); });
}
