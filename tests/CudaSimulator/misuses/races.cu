#include "misuse.cuh"

GB_KERNEL(missing_barrier_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    tile[threadIdx.x] = args.input[i];
    args.output[i] = tile[threadIdx.x ^ 63];  // misuse: uninitialised: a read of tile or race: a read of tile
}

GB_KERNEL(missing_barrier_right, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    tile[threadIdx.x] = args.input[i];
    __syncthreads();
    args.output[i] = tile[threadIdx.x ^ 63];
}

// The tile is filled again while slower threads still read it.
GB_KERNEL(early_refill_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    float sum = 0;
    for (int turn = 0; turn < 2; turn++) {
        tile[threadIdx.x] = args.input[i];  // misuse: race: a write of tile, which thread
        __syncthreads();
        sum += tile[threadIdx.x ^ 63];  // misuse: race: a read of tile, which thread
    }
    args.output[i] = sum * 0.5f;
}

GB_KERNEL(early_refill_right, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    float sum = 0;
    for (int turn = 0; turn < 2; turn++) {
        tile[threadIdx.x] = args.input[i];
        __syncthreads();
        sum += tile[threadIdx.x ^ 63];
        __syncthreads();
    }
    args.output[i] = sum * 0.5f;
}

// Right where thread 0 happens to run first.
GB_KERNEL(broadcast_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, factor, [1]);
    int i = blockIdx.x * 64 + threadIdx.x;
    if (threadIdx.x == 0) factor[0] = 1;  // misuse: race: a write of factor, which
    args.output[i] = args.input[i ^ 63] * factor[0];  // misuse: race: a read of factor, which thread 0 wrote or uninitialised: a read of factor
}

GB_KERNEL(two_writers_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, first, [1]);
    int i = blockIdx.x * 64 + threadIdx.x;
    first[0] = args.input[i];  // misuse: race: a write of first, which thread
    __syncthreads();
    args.output[i] = first[0];
}

GB_KERNEL(two_writers_right, 64, (MisuseArgs args)) {
    GB_SHARED(float, first, [2]);
    int i = blockIdx.x * 64 + threadIdx.x;
    if (threadIdx.x < 2) first[threadIdx.x] = args.input[i];
    __syncthreads();
    args.output[i] = args.input[i ^ 63] + 0 * first[0];
}

// Shared memory of a warp needs the barrier, too: a shuffle orders no memory.
GB_KERNEL(shuffle_as_barrier_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    tile[threadIdx.x] = gb_shuffle_xor(args.input[i ^ 32], 31);
    float other = gb_shuffle_xor(1.0f, 1);
    args.output[i] = tile[threadIdx.x ^ 1] * other;  // misuse: race: a read of tile, which thread
}

GB_KERNEL(shuffle_as_barrier_right, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    tile[threadIdx.x] = gb_shuffle_xor(args.input[i ^ 32], 31);
    __syncthreads();
    args.output[i] = tile[threadIdx.x] + 0 * tile[threadIdx.x ^ 1];
}

GB_KERNEL(global_exchange_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    args.workspace[i] = args.input[i];  // misuse: race: a write of device memory that thread
    args.output[i] = args.workspace[i ^ 63];  // misuse: race: a read of device memory that thread or uninitialised: a read of device memory
}

GB_KERNEL(global_exchange_right, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    args.workspace[i] = args.input[i];
    __syncthreads();
    args.output[i] = args.workspace[i ^ 63];
}
