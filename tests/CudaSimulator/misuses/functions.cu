#include "misuse.cuh"

// output[i] = the function that args.block names, of input[i]; of two arguments the second is in the workspace.
GB_KERNEL(function_values, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    float x = args.input[i], y = args.workspace[i];
    float value = 0;
    switch (args.block) {
        case 0: value = gb_exp(x); break;
        case 1: value = gb_log(x); break;
        case 2: value = gb_tanh(x); break;
        case 3: value = gb_sqrt(x); break;
        case 4: value = gb_rsqrt(x); break;
        case 5: value = gb_div(x, y); break;
        case 6: value = gb_min(x, y); break;
        case 7: value = gb_max(x, y); break;
        case 8: value = gb_bits_float(gb_pack_bf16(x, y) << 16); break;
        case 9: value = gb_bits_float(gb_pack_bf16(y, x) & 0xFFFF0000u); break;
        case 10: value = gb_is_nan(x) ? 2.0f : gb_is_finite(x) ? 1.0f : 0.0f; break;
    }
    args.output[i] = value;
}

// Four words for each of 64 counters, at step 7 of stream 5 under the seed 0x0123456789ABCDEF; counters 2^32 - 32 and on.
GB_KERNEL(random_words, 64, (MisuseArgs args)) {
    u64 counter = 0xFFFFFFE0ull + threadIdx.x;
    gb_words words = gb_philox(0x89ABCDEFu, 0x01234567u, 5, 7, (u32)counter, (u32)(counter >> 32));
    const u32 all[4] = {words.a, words.b, words.c, words.d};
    for (int k = 0; k < 4; k++) args.output[threadIdx.x * 4 + k] = gb_bits_float(all[k]);
}

// What each lane gets from a shuffle by 3 lanes down, and from an exchange with lane ^ 5.
GB_KERNEL(shuffles, 32, (MisuseArgs args)) {
    int lane = threadIdx.x;
    args.output[lane] = gb_shuffle_down(args.input[lane], 3);
    args.output[32 + lane] = (float)gb_shuffle_xor(lane, 5);
    args.output[64 + lane] = gb_bits_float(gb_ballot(lane % 3 == 0));
}
