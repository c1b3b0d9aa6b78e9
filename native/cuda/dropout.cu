// dropout.cu: each element of x is dropped with probability p, else multiplied by 1 / (1 - p).
#include "prelude.cuh"

// random: seed's low word, its high word, step. Plain tensors are one image of one channel.
struct DropoutArgs {
    const float* x;
    const int* random;
    float* y;
    int images;
    int channels;
    int pixels;
    u32 stream;
    float probability;
    int padding;
};

// y = 0 where uniform(seed, stream, step, index) < p, else x / (1 - p), index counting N, C, H, W whatever the storage N, H, W, C. The
// gradient is the same kernel on gradY. One draw gives the numbers of four indices; a thread takes one draw and those of its four that lie
// in one plane, and neighbouring threads take neighbouring channels.
// Geometry: block 256; grid ceil(images quads channels / 256), quads = pixels / 4 where 4 divides pixels, else (pixels + 6) / 4.
GB_KERNEL(dropout_forward_f32, 256, (DropoutArgs args)) {
    int quads = args.pixels % 4 == 0 ? args.pixels / 4 : (args.pixels + 6) / 4;
    u32 i = blockIdx.x * 256 + threadIdx.x;
    if (i >= (u32)args.images * (u32)quads * (u32)args.channels) return;
    int c = (int)(i % (u32)args.channels);
    int rest = (int)(i / (u32)args.channels);
    int image = rest / quads;
    u32 plane = (u32)(image * args.channels + c) * (u32)args.pixels;
    u32 draw = plane / 4 + (u32)(rest % quads);
    gb_words words = gb_philox((u32)args.random[0], (u32)args.random[1], args.stream, (u32)args.random[2], draw, 0);
    u32 word[4] = {words.a, words.b, words.c, words.d};
    float scale = gb_div(1, 1 - args.probability);
    GB_UNROLL
    for (int j = 0; j < 4; j++) {
        int pixel = (int)(draw * 4 + (u32)j - plane);
        if (pixel >= 0 && pixel < args.pixels) {
            int at = (image * args.pixels + pixel) * args.channels + c;
            args.y[at] = gb_uniform(word[j]) < args.probability ? 0 : args.x[at] * scale;
        }
    }
}
