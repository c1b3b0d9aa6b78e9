// convolution.cuh: the extents of a convolution and its tensors as the operands of a product (tile.cuh). T is what they are stored as.
#pragma once
#include "tile.cuh"

// y[n, p, q, m] = sum over r, s, c of x[n, p strideH - padTop + r dilationH, q strideW - padLeft + s dilationW, c] w[m, r, s, c].
struct ConvGeometry {
    int n, c, h, w;
    int m, r, s;
    int p, q;
    int strideH, strideW;
    int padTop, padLeft;
    int dilationH, dilationW;
    int groups;
};

// Loads below read the tensor's first elements where there is nothing to read, and drop them: that costs less than a branch in each.

struct ConvForwardArgs {
    const float* x;
    const float* w;
    const float* bias;
    float* y;
    ConvGeometry g;
};

struct ConvGradInputArgs {
    const float* gradY;
    const float* w;
    float* gradX;
    ConvGeometry g;
};

struct ConvGradWeightArgs {
    const float* x;
    const float* gradY;
    float* gradW;
    ConvGeometry g;
    int stepsPerSplit;
    int splits;
};

// A row past the end: no tap moves it back into the image.
constexpr int kNowhere = -(1 << 29);

// Rows: output pixels. Inner dimension: r, s, c of one group. x [N, H, W, C].
template <class T> struct ImagePatches {
    const T* x;
    const ConvGeometry& g;
    int firstChannel;
    int channels;

    struct Row {
        int image;
        int top;
        int left;
    };

    GB_DEVICE Row row(int index) const {
        int plane = g.p * g.q;
        int n = index / plane;
        int pixel = index - n * plane;
        int p = pixel / g.q;
        return row_of(n, p, pixel - p * g.q);
    }

    GB_DEVICE Row row_of(int n, int p, int q) const {
        return Row{n * g.h * g.w * g.c + firstChannel, n < g.n ? p * g.strideH - g.padTop : kNowhere, q * g.strideW - g.padLeft};
    }

    // Where the channels of one tap start, or -1 in the padding and past the last tap.
    GB_DEVICE int tap(const Row& row, int r, int s) const {
        int h = row.top + r * g.dilationH;
        int w = row.left + s * g.dilationW;
        return r < g.r && (u32)h < (u32)g.h && (u32)w < (u32)g.w ? row.image + (h * g.w + w) * g.c : -1;
    }

    template <int N> GB_DEVICE Values<N> load(const Row& row, int k) const {
        int position = k / channels;
        int c = k - position * channels;
        int r = position / g.s;
        int s = position - r * g.s;
        if (channels % N == 0) {
            int from = tap(row, r, s);
            Values<N> values = ::load<N>(x + (from < 0 ? 0 : from + c), N, true);
            return from < 0 ? zeros<N>() : values;
        }
        Values<N> values;
        GB_UNROLL
        for (int i = 0; i < N; i++) {
            int from = tap(row, r, s);
            float one = x[from < 0 ? 0 : from + c];
            values.at[i] = from < 0 ? 0 : one;
            bool isLastChannel = ++c == channels;
            bool isLastColumn = isLastChannel && ++s == g.s;
            if (isLastChannel) c = 0;
            if (isLastColumn) {
                s = 0;
                r++;
            }
        }
        return values;
    }
};

// Columns: output channels of one group. Inner dimension: r, s, c. w [M, R, S, C / groups].
template <class T> struct FilterRows {
    const T* w;
    int filters;
    int inner;

    struct Row {
        int offset;
    };

    GB_DEVICE Row row(int index) const { return Row{index < filters ? index * inner : -1}; }

    template <int N> GB_DEVICE Values<N> load(const Row& row, int k) const {
        return row.offset < 0 || k >= inner ? zeros<N>() : ::load<N>(w + row.offset + k, inner - k, inner % 4 == 0);
    }
};

// a / b for a positive b; the convolutions of most layers have stride 1, which needs no division.
GB_DEVICE int over_stride(int a, int b) { return b == 1 ? a : a / b; }

// Rows: the input pixels h = phaseH + i strideH, w = phaseW + j strideW, which the same taps of a strided convolution reach.
// Inner dimension: r, s, m of one group. gradY [N, P, Q, M].
template <class T> struct GradientPatches {
    const T* gradY;
    const ConvGeometry& g;
    int firstFilter;
    int filters;
    int phaseH;
    int phaseW;

    struct Row {
        int image;
        int top;
        int left;
    };

    GB_DEVICE int rows() const { return (g.h - phaseH + g.strideH - 1) / g.strideH; }
    GB_DEVICE int columns() const { return (g.w - phaseW + g.strideW - 1) / g.strideW; }

    // Offset of pixel `index` in gradX [N, H, W, C], or -1 past the end.
    GB_DEVICE int target(int index) const {
        int plane = rows() * columns();
        int n = index / gb_max(plane, 1);
        int i = (index - n * plane) / gb_max(columns(), 1);
        int j = index - n * plane - i * columns();
        return plane > 0 && n < g.n ? ((n * g.h + phaseH + i * g.strideH) * g.w + phaseW + j * g.strideW) * g.c : -1;
    }

    GB_DEVICE Row row(int index) const {
        int pixel = target(index) / g.c;
        int n = pixel / (g.h * g.w);
        int h = pixel / g.w - n * g.h;
        int w = pixel % g.w;
        bool exists = target(index) >= 0;
        return Row{n * g.p * g.q * g.m + firstFilter, exists ? h + g.padTop : kNowhere, w + g.padLeft};
    }

    // Where the channels of the output that one tap takes to this pixel start, or -1.
    GB_DEVICE int tap(const Row& row, int r, int s) const {
        int y = row.top - r * g.dilationH;
        int x = row.left - s * g.dilationW;
        int p = over_stride(y, g.strideH);
        int q = over_stride(x, g.strideW);
        bool isHit = r < g.r && y >= 0 && x >= 0 && p * g.strideH == y && q * g.strideW == x && p < g.p && q < g.q;
        return isHit ? row.image + (p * g.q + q) * g.m : -1;
    }

    template <int N> GB_DEVICE Values<N> load(const Row& row, int k) const {
        int position = k / filters;
        int m = k - position * filters;
        int r = position / g.s;
        int s = position - r * g.s;
        if (filters % N == 0) {
            int from = tap(row, r, s);
            Values<N> values = ::load<N>(gradY + (from < 0 ? 0 : from + m), N, true);
            return from < 0 ? zeros<N>() : values;
        }
        Values<N> values;
        GB_UNROLL
        for (int i = 0; i < N; i++) {
            int from = tap(row, r, s);
            float one = gradY[from < 0 ? 0 : from + m];
            values.at[i] = from < 0 ? 0 : one;
            bool isLastFilter = ++m == filters;
            bool isLastColumn = isLastFilter && ++s == g.s;
            if (isLastFilter) m = 0;
            if (isLastColumn) {
                s = 0;
                r++;
            }
        }
        return values;
    }

    GB_DEVICE bool reaches(int position) const {
        int r = position / g.s;
        int s = position - r * g.s;
        return (phaseH + g.padTop - r * g.dilationH) % g.strideH == 0 && (phaseW + g.padLeft - s * g.dilationW) % g.strideW == 0;
    }

    // The first step from `step` on with a tap that reaches these pixels; the steps of the other taps are products with zeros.
    template <int Step> GB_DEVICE int seek(int step) const {
        if (g.strideH == 1 && g.strideW == 1) return step;
        int position = step * Step / filters;
        while (position < g.r * g.s && !reaches(position)) position++;
        return gb_max(step, position * filters / Step);
    }
};

// Columns: input channels of one group. Inner dimension: r, s, m. w [M, R, S, C / groups], from the group's first filter.
template <class T> struct FilterChannels {
    const T* w;
    int channels;
    int filters;
    int taps;

    struct Run {
        int first;
    };

    GB_DEVICE Run run(int first) const { return Run{first}; }

    template <int N> GB_DEVICE Values<N> load(const Run& run, int k) const {
        int position = k / filters;
        int m = k - position * filters;
        if (run.first >= channels || position >= taps) return zeros<N>();
        return ::load<N>(w + (m * taps + position) * channels + run.first, channels - run.first, channels % 4 == 0);
    }
};

// Rows: r, s, c of one group. Inner dimension: output pixels. x [N, H, W, C].
template <class T> struct PatchTaps {
    ImagePatches<T> patches;
    int pixels;

    struct Run {
        int k;
    };

    GB_DEVICE Run run(int first) const { return Run{first}; }

    template <int N> GB_DEVICE Values<N> load(const Run& run, int pixel) const {
        return pixel < pixels ? patches.template load<N>(patches.row(pixel), run.k) : zeros<N>();
    }
};

// Columns: output channels of one group. Inner dimension: output pixels. gradY [N, P, Q, M], from the group's first channel.
template <class T> struct GradientColumns {
    const T* gradY;
    int filters;
    int pitch;
    int pixels;

    struct Run {
        int first;
    };

    GB_DEVICE Run run(int first) const { return Run{first}; }

    template <int N> GB_DEVICE Values<N> load(const Run& run, int pixel) const {
        if (run.first >= filters || pixel >= pixels) return zeros<N>();
        return ::load<N>(gradY + pixel * pitch + run.first, filters - run.first, filters % 4 == 0);
    }
};
