#include "misuse.cuh"

// Four threads' floats a copy: every fourth thread copies for its group.
GB_DEVICE void copy_group(float* tile, const float* from) {
    if (threadIdx.x % 4 == 0) gb_cp_async16(tile + threadIdx.x, from + threadIdx.x);
}

GB_KERNEL(missing_wait_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    copy_group(tile, args.input + blockIdx.x * 64);
    gb_cp_commit();
    __syncthreads();
    args.output[i] = tile[threadIdx.x ^ 63];  // misuse: missing wait: a read of tile while a cp.async into it is under way
}

GB_KERNEL(missing_wait_right, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    copy_group(tile, args.input + blockIdx.x * 64);
    gb_cp_commit();
    gb_cp_wait<0>();
    __syncthreads();
    args.output[i] = tile[threadIdx.x ^ 63];
}

GB_KERNEL(weak_wait_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [2][64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    for (int stage = 0; stage < 2; stage++) {
        copy_group(tile[stage], args.input + blockIdx.x * 64);
        gb_cp_commit();
    }
    gb_cp_wait<1>();
    __syncthreads();
    args.output[i] = tile[1][threadIdx.x ^ 63];  // misuse: missing wait: a read of tile while a cp.async into it is under way
}

GB_KERNEL(weak_wait_right, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [2][64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    for (int stage = 0; stage < 2; stage++) {
        copy_group(tile[stage], args.input + blockIdx.x * 64);
        gb_cp_commit();
    }
    gb_cp_wait<1>();
    __syncthreads();
    args.output[i] = tile[0][threadIdx.x ^ 63];
    gb_cp_wait<0>();
}

// Each thread waits for its own copies only: a barrier has to publish them.
GB_KERNEL(wait_without_barrier_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    copy_group(tile, args.input + blockIdx.x * 64);
    gb_cp_commit();
    gb_cp_wait<0>();
    args.output[i] = tile[threadIdx.x ^ 3];  // misuse: race: a read of tile, which thread or uninitialised: a read of tile or missing wait: a read of tile
}

// The ring's buffer is filled again before everybody has read it.
GB_KERNEL(copy_before_barrier_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    tile[threadIdx.x] = args.input[i];
    __syncthreads();
    args.output[i] = tile[threadIdx.x ^ 63];  // misuse: race: a read of tile, which thread 0 wrote
    if (threadIdx.x == 0) gb_cp_async16(tile, args.input);  // misuse: race: a write of tile, which thread
    gb_cp_commit();
    gb_cp_wait<0>();
}

GB_KERNEL(copy_before_barrier_right, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    tile[threadIdx.x] = args.input[i];
    __syncthreads();
    args.output[i] = tile[threadIdx.x ^ 63];
    __syncthreads();
    if (threadIdx.x == 0) gb_cp_async16(tile, args.input);
    gb_cp_commit();
    gb_cp_wait<0>();
}

GB_KERNEL(misaligned_copy_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    gb_cp_async16(tile + 1, args.input);  // misuse: misaligned: cp.async
    gb_cp_commit();
    gb_cp_wait<0>();
}

GB_KERNEL(copy_past_device_memory_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    if (threadIdx.x == 0) gb_cp_async16(tile, args.input + args.n);  // misuse: out of bounds: a read of 16 bytes at offset 1024
}

// Where the predicate is off the address is not read, and zeros arrive.
GB_KERNEL(copy_past_device_memory_right, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [2][64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    copy_group(tile[0], args.input + blockIdx.x * 64);
    if (threadIdx.x % 4 == 0) gb_cp_async16(tile[1] + threadIdx.x, args.input + args.n, false);
    gb_cp_commit();
    gb_cp_wait<0>();
    __syncthreads();
    args.output[i] = tile[0][threadIdx.x ^ 63] + tile[1][threadIdx.x];
}
