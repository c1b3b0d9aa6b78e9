// convolution_direct.cu: convolution and its gradients one output at a time, for groups of few channels (depthwise above all).
//
// math, shapes, letters: convolution.cu. Neighbouring threads take neighbouring channels, so loads are whole lines.
// cost      the FLOP of convolution.cu, with operands from the caches instead of shared memory
#include "convolution.cuh"

// Pixels of a step of a split.
constexpr int kStep = 16;

// A thread forms one element of y. Geometry: block 256; grid ceil(N P Q M / 256).
GB_KERNEL(conv_forward_direct_f32, 256, (ConvForwardArgs args)) {
    const ConvGeometry& g = args.g;
    u32 i = blockIdx.x * 256 + threadIdx.x;
    if (i >= (u32)(g.n * g.p * g.q * g.m)) return;
    int pixel = (int)i / g.m;
    int m = (int)i - pixel * g.m;
    int channels = g.c / g.groups;
    int group = m / (g.m / g.groups);
    ImagePatches<float> patches{args.x, g, group * channels, channels};
    ImagePatches<float>::Row row = patches.row(pixel);
    const float* w = args.w + m * g.r * g.s * channels;
    float sum = 0;
    for (int r = 0; r < g.r; r++) {
        for (int s = 0; s < g.s; s++, w += channels) {
            int from = patches.tap(row, r, s);
            for (int c = 0; from >= 0 && c < channels; c++) sum += args.x[from + c] * w[c];
        }
    }
    args.y[i] = args.bias == nullptr ? sum : sum + args.bias[m];
}

// A thread forms one element of gradX. Geometry: block 256; grid ceil(N H W C / 256).
GB_KERNEL(conv_grad_input_direct_f32, 256, (ConvGradInputArgs args)) {
    const ConvGeometry& g = args.g;
    u32 i = blockIdx.x * 256 + threadIdx.x;
    if (i >= (u32)(g.n * g.h * g.w * g.c)) return;
    int pixel = (int)i / g.c;
    int c = (int)i - pixel * g.c;
    int channels = g.c / g.groups;
    int filters = g.m / g.groups;
    int group = c / channels;
    int inner = g.r * g.s * channels;
    GradientPatches<float> patches{args.gradY, g, group * filters, filters, 0, 0};
    int n = pixel / (g.h * g.w);
    GradientPatches<float>::Row row{n * g.p * g.q * g.m + group * filters, pixel / g.w - n * g.h + g.padTop, pixel % g.w + g.padLeft};
    const float* w = args.w + group * filters * inner + c - group * channels;
    float sum = 0;
    for (int r = 0; r < g.r; r++) {
        for (int s = 0; s < g.s; s++, w += channels) {
            int from = patches.tap(row, r, s);
            for (int m = 0; from >= 0 && m < filters; m++) sum += args.gradY[from + m] * w[m * inner];
        }
    }
    args.gradX[i] = sum;
}

// A block forms gradW[m][k] for 32 output channels m and one k = (r, s, c), over the pixels of one split: 8 threads for each m
// take every eighth pixel, and their sums are added in order. Splits and scratch as in conv_grad_weight.
// Geometry: block 256; grid ceil(M / 32) R S (C / groups) splits, the channels' tiles innermost.
GB_KERNEL(conv_grad_weight_direct_f32, 256, (ConvGradWeightArgs args)) {
    const ConvGeometry& g = args.g;
    GB_SHARED(float, sums, [8][32]);
    int channels = g.c / g.groups;
    int inner = g.r * g.s * channels;
    int tiles = (g.m + 31) / 32;
    int lane = (int)threadIdx.x % 32;
    int part = (int)threadIdx.x / 32;
    int m = (int)blockIdx.x % tiles * 32 + lane;
    int k = (int)blockIdx.x / tiles % inner;
    int split = (int)blockIdx.x / tiles / inner;
    int c = k % channels;
    int position = k / channels;
    int r = position / g.s;
    int s = position - r * g.s;
    int first = split * args.stepsPerSplit * kStep;
    int end = gb_min(first + args.stepsPerSplit * kStep, g.n * g.p * g.q);
    float sum = 0;
    if (m < g.m) {
        ImagePatches<float> patches{args.x, g, m / (g.m / g.groups) * channels, channels};
        for (int pixel = first + part; pixel < end; pixel += 8) {
            int from = patches.tap(patches.row(pixel), r, s);
            if (from >= 0) sum += args.x[from + c] * args.gradY[pixel * g.m + m];
        }
    }
    sums[part][lane] = sum;
    __syncthreads();
    if (part == 0 && m < g.m) {
        for (int other = 1; other < 8; other++) sum += sums[other][lane];
        args.gradW[(split * g.m + m) * inner + k] = sum;
    }
}
