#include "misuse.cuh"

GB_KERNEL(divergent_shuffle_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    float value = args.input[i ^ 32];
    if (threadIdx.x % 32 < 16) value = gb_shuffle_xor(value, 31);  // misuse: divergence: gb_shuffle_xor is not reached by all: thread 16 has returned
    args.output[i] = value;
}

GB_KERNEL(divergent_shuffle_right, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    args.output[i] = gb_shuffle_xor(args.input[i ^ 32], 31);
}

GB_KERNEL(two_shuffles_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    float value = args.input[i ^ 32];
    if (threadIdx.x % 2) value = gb_shuffle_xor(value, 31);  // misuse: divergence: other lanes of the warp wait at gb_shuffle_down, divergence.cu:
    else value = gb_shuffle_down(value, 1);  // misuse: divergence: other lanes of the warp wait at gb_shuffle_xor, divergence.cu:
    args.output[i] = value;
}

GB_KERNEL(two_barriers_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    if (threadIdx.x < 32) {
        __syncthreads();  // misuse: divergence: other threads wait at the __syncthreads of divergence.cu:
    } else {
        __syncthreads();  // misuse: divergence: other threads wait at the __syncthreads of divergence.cu:
    }
    args.output[i] = args.input[i];
}

GB_KERNEL(early_return_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    if (i >= args.n - 10) return;
    __syncthreads();  // misuse: divergence: __syncthreads is not reached by all: thread 54 has returned
    args.output[i] = args.input[i];
}

GB_KERNEL(barrier_against_shuffle_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    float value = args.input[i];
    if (threadIdx.x < 8) __syncthreads();
    args.output[i] = gb_shuffle_xor(value, 31);  // misuse: divergence: gb_shuffle_xor is not reached by all: thread 0 waits at __syncthreads
}

GB_KERNEL(divergent_ballot_right, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    u32 odd = gb_ballot(threadIdx.x % 2 != 0);
    args.output[i] = args.input[i ^ 63] + (odd == 0xAAAAAAAAu ? 0.0f : 1.0f);
}
