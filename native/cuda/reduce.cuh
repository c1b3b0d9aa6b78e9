// reduce.cuh: sums over blocks and warps in an order that depends on nothing but the block.
#pragma once
#include "prelude.cuh"

// The sum over a block of 256 threads, in every thread. A tree in shared memory: the same bits in every run.
GB_DEVICE double block_sum(double value) {
    GB_SHARED(double, blockSums, [256]);
    int t = (int)threadIdx.x;
    // An earlier sum may still be read.
    __syncthreads();
    blockSums[t] = value;
    for (int half = 128; half > 0; half >>= 1) {
        __syncthreads();
        if (t < half) blockSums[t] += blockSums[t + half];
    }
    __syncthreads();
    return blockSums[0];
}

// The sum over a warp, in every lane.
GB_DEVICE float warp_sum(float value) {
    for (int mask = 16; mask > 0; mask >>= 1) value += gb_shuffle_xor(value, mask);
    return value;
}

// The root of v >= 0 in double, from the root in float by Newton's iteration; infinity and NaN stay.
GB_DEVICE double square_root(double v) {
    if (!(v > 0) || v - v != 0) return v;
    // Scaled by an even power of two into the range of float.
    double scale = v > 1e30 ? 8.271806125530277e-25 : v < 1e-30 ? 1.2089258196146292e24 : 1;
    double scaled = v * scale * scale;
    double root = gb_sqrt((float)scaled);
    GB_UNROLL
    for (int i = 0; i < 3; i++) root = 0.5 * (root + scaled / root);
    return root / scale;
}

// The sum of squares of floats of any size, in float arithmetic that neither overflows nor underflows (Blue 1978): large, small
// and other values are added on scales of their own. NaN and infinity stay.
struct SquareSum {
    float middle = 0;
    float large = 0;
    float small = 0;

    GB_DEVICE void add(float x) {
        float size = x < 0 ? -x : x;
        bool isLarge = size > 1.1529215e18f;
        bool isSmall = size < 8.8817842e-16f;
        float scaled = isLarge ? x * 8.2718061e-25f : isSmall ? x * 1.2089258e24f : x;
        float square = scaled * scaled;
        middle += isLarge || isSmall ? 0 : square;
        large += isLarge ? square : 0;
        small += isSmall ? square : 0;
    }

    // 2^160 and 2^-160 take the scales back.
    GB_DEVICE double total() const { return middle + large * 1.461501637330903e48 + small * 6.842277657836021e-49; }
};
