// pooling.cu: the largest value or the mean of each window, and their gradients.
//
// shapes    x, gradX [N, H, W, C]; y, gradY, positions [N, P, Q, C]. Window (p, q) covers rows p strideH - padTop to
//           p strideH - padTop + windowH - 1 and columns likewise, those that exist
// geometry  block 256; a thread forms one element of the result; grid ceil(elements / 256). Neighbouring threads take neighbouring
//           channels. global_average_pool differs
// cost      windowH windowW reads an element; the gradients gather, so there are no atomics
// limits    fewer than 2^31 elements in each tensor
// Subsample is average_pool with windows of one pixel, its gradient average_pool_grad with the same.
#include "prelude.cuh"

struct PoolGeometry {
    int n, c, h, w;
    int p, q;
    int windowH, windowW;
    int strideH, strideW;
    int padTop, padLeft;
};

struct MaxPoolArgs {
    const float* x;
    float* y;
    int* positions;
    PoolGeometry g;
};

struct MaxPoolGradArgs {
    const int* positions;
    const float* gradY;
    float* gradX;
    PoolGeometry g;
};

// countsPadding: a mean divides by windowH windowW at the border too, else by the pixels that exist.
struct AveragePoolArgs {
    const float* x;
    float* y;
    PoolGeometry g;
    int countsPadding;
    int padding;
};

struct AveragePoolGradArgs {
    const float* gradY;
    float* gradX;
    PoolGeometry g;
    int countsPadding;
    int padding;
};

// Positions `from` to `to` - 1 of one axis.
struct Span {
    int from;
    int to;
};

// The inputs one output looks at.
GB_DEVICE Span inputs_of(int output, int window, int stride, int pad, int inputs) {
    int first = output * stride - pad;
    return Span{gb_max(first, 0), gb_min(first + window, inputs)};
}

// The outputs that look at one input.
GB_DEVICE Span outputs_of(int input, int window, int stride, int pad, int outputs) {
    int last = input + pad;
    int first = gb_max(last - window + 1, 0);
    return Span{(first + stride - 1) / stride, gb_min(last / stride + 1, outputs)};
}

// Element i of [N, rows, columns, C].
struct PoolPlace {
    int c, column, row, n;

    GB_DEVICE PoolPlace(int i, int rows, int columns, int channels) {
        c = i % channels;
        i /= channels;
        column = i % columns;
        i /= columns;
        row = i % rows;
        n = i / rows;
    }
};

// y = the largest value of each window, positions = where in its plane it was found, h W + w. Padding counts as -infinity, the first
// of equal values wins, NaN wins over everything. Grid ceil(N P Q C / 256).
GB_KERNEL(max_pool_forward_f32, 256, (MaxPoolArgs args)) {
    const PoolGeometry& g = args.g;
    u32 i = blockIdx.x * 256 + threadIdx.x;
    if (i >= (u32)(g.n * g.p * g.q * g.c)) return;
    PoolPlace place((int)i, g.p, g.q, g.c);
    Span rows = inputs_of(place.row, g.windowH, g.strideH, g.padTop, g.h);
    Span columns = inputs_of(place.column, g.windowW, g.strideW, g.padLeft, g.w);
    const float* plane = args.x + place.n * g.h * g.w * g.c + place.c;
    float best = -gb_infinity();
    int position = rows.from * g.w + columns.from;
    for (int h = rows.from; h < rows.to; h++) {
        for (int at = h * g.w + columns.from; at < h * g.w + columns.to; at++) {
            float x = plane[at * g.c];
            if (x > best || gb_is_nan(x)) {
                best = x;
                position = at;
            }
        }
    }
    args.y[i] = best;
    args.positions[i] = position;
}

// gradX = the sum, in scan order, of the gradY of the windows that chose this pixel. Grid ceil(N H W C / 256).
GB_KERNEL(max_pool_grad_f32, 256, (MaxPoolGradArgs args)) {
    const PoolGeometry& g = args.g;
    u32 i = blockIdx.x * 256 + threadIdx.x;
    if (i >= (u32)(g.n * g.h * g.w * g.c)) return;
    PoolPlace place((int)i, g.h, g.w, g.c);
    Span rows = outputs_of(place.row, g.windowH, g.strideH, g.padTop, g.p);
    Span columns = outputs_of(place.column, g.windowW, g.strideW, g.padLeft, g.q);
    int pixel = place.row * g.w + place.column;
    int first = place.n * g.p * g.q * g.c + place.c;
    float sum = 0;
    for (int p = rows.from; p < rows.to; p++) {
        for (int q = columns.from; q < columns.to; q++) {
            int at = first + (p * g.q + q) * g.c;
            if (args.positions[at] == pixel) sum += args.gradY[at];
        }
    }
    args.gradX[i] = sum;
}

// What one output of an axis gives each of its inputs: the share of a window is the product of both axes' shares.
GB_DEVICE float share_of(const Span& inputs, int window, int countsPadding) {
    return gb_div(1, (float)(countsPadding ? window : inputs.to - inputs.from));
}

// y = the mean of each window. Grid ceil(N P Q C / 256).
GB_KERNEL(average_pool_forward_f32, 256, (AveragePoolArgs args)) {
    const PoolGeometry& g = args.g;
    u32 i = blockIdx.x * 256 + threadIdx.x;
    if (i >= (u32)(g.n * g.p * g.q * g.c)) return;
    PoolPlace place((int)i, g.p, g.q, g.c);
    Span rows = inputs_of(place.row, g.windowH, g.strideH, g.padTop, g.h);
    Span columns = inputs_of(place.column, g.windowW, g.strideW, g.padLeft, g.w);
    const float* plane = args.x + place.n * g.h * g.w * g.c + place.c;
    float sum = 0;
    for (int h = rows.from; h < rows.to; h++) {
        float ofRow = 0;
        for (int w = columns.from; w < columns.to; w++) ofRow += plane[(h * g.w + w) * g.c];
        sum += ofRow;
    }
    args.y[i] = sum * (share_of(rows, g.windowH, args.countsPadding) * share_of(columns, g.windowW, args.countsPadding));
}

// gradX = the sum, in scan order, of what the windows over this pixel pass back. Grid ceil(N H W C / 256).
GB_KERNEL(average_pool_grad_f32, 256, (AveragePoolGradArgs args)) {
    const PoolGeometry& g = args.g;
    u32 i = blockIdx.x * 256 + threadIdx.x;
    if (i >= (u32)(g.n * g.h * g.w * g.c)) return;
    PoolPlace place((int)i, g.h, g.w, g.c);
    Span rows = outputs_of(place.row, g.windowH, g.strideH, g.padTop, g.p);
    Span columns = outputs_of(place.column, g.windowW, g.strideW, g.padLeft, g.q);
    const float* plane = args.gradY + place.n * g.p * g.q * g.c + place.c;
    float sum = 0;
    for (int p = rows.from; p < rows.to; p++) {
        float ofRow = 0;
        for (int q = columns.from; q < columns.to; q++) {
            Span covered = inputs_of(q, g.windowW, g.strideW, g.padLeft, g.w);
            ofRow += plane[(p * g.q + q) * g.c] * share_of(covered, g.windowW, args.countsPadding);
        }
        sum += ofRow * share_of(inputs_of(p, g.windowH, g.strideH, g.padTop, g.h), g.windowH, args.countsPadding);
    }
    args.gradX[i] = sum;
}

struct GlobalAveragePoolArgs {
    const float* x;
    float* y;
    int n;
    int c;
    int pixels;
    int padding;
};

// y[n, c] = the mean of x[n, pixel, c]: eight threads for each channel add every eighth pixel, their sums meet in order. The gradient is
// average_pool_grad with one window over the whole plane. Geometry: block 256; grid N ceil(C / 32), the channels' tiles innermost.
GB_KERNEL(global_average_pool_forward_f32, 256, (GlobalAveragePoolArgs args)) {
    GB_SHARED(float, sums, [8][32]);
    int tiles = (args.c + 31) / 32;
    int lane = (int)threadIdx.x % 32;
    int part = (int)threadIdx.x / 32;
    int n = (int)blockIdx.x / tiles;
    int c = (int)blockIdx.x % tiles * 32 + lane;
    float sum = 0;
    if (c < args.c) {
        for (int pixel = part; pixel < args.pixels; pixel += 8) sum += args.x[(n * args.pixels + pixel) * args.c + c];
    }
    sums[part][lane] = sum;
    __syncthreads();
    if (part == 0 && c < args.c) {
        for (int other = 1; other < 8; other++) sum += sums[other][lane];
        args.y[n * args.c + c] = gb_div(sum, (float)args.pixels);
    }
}
