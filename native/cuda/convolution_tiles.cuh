// convolution_tiles.cuh: convolution and its gradients as products of tiles (implicit GEMM): no patch matrix is stored. Tiles is
// TilesF32 or TilesBf16.
//
// math      y = w * x + bias; gradX = w^T * gradY; gradW = gradY * x (convolution.cuh has the formula)
// shapes    x, gradX [N, H, W, C]; y, gradY [N, P, Q, M]; w, gradW [M, R, S, C / groups]; bias [M] or null. Any stride, padding,
//           dilation and groups; where a group has few channels the kernels of convolution_direct.cu do less work
// tile      rows and columns are
//             forward      pixels of y       x output channels of a group        inner: r, s, c
//             grad_input   pixels of x       x input channels of a group         inner: r, s, m
//             grad_weight  r, s, c           x output channels of a group        inner: pixels of y
// geometry  block 256; grid: see each function
// cost      2 N P Q M (C / groups) R S FLOP each (grad_input skips the taps a stride leaves out)
// limits    fewer than 2^31 elements in each tensor, the scratch included
#pragma once
#include "convolution.cuh"

// Output channels of a group, in y [pixels, M].
struct OutputPixels {
    const ConvForwardArgs& args;
    int pixels;
    int filters;
    int group;

    template <int N> struct Columns {
        float* y;
        Values<N> bias;
        int pixels;
        int pitch;
        int left;
        bool isAligned;

        GB_DEVICE void store(int pixel, const Values<N>& sums) const {
            if (pixel >= pixels) return;
            Values<N> values;
            GB_UNROLL
            for (int i = 0; i < N; i++) values.at[i] = sums.at[i] + bias.at[i];
            ::store(y + pixel * pitch, values, left, isAligned);
        }
    };

    template <int N> GB_DEVICE Columns<N> at(int column) const {
        int left = filters - column;
        int first = group * filters + column;
        Values<N> bias = args.bias != nullptr && left > 0 ? load_some<N>(args.bias + first, left) : zeros<N>();
        return Columns<N>{args.y + first, bias, pixels, args.g.m, left, filters % N == 0};
    }
};

// Pixels of y in their order.
struct EveryPixel : ImagePatches<float> {};

// Which pixels and output channels a block of a forward convolution computes.
template <class Tiles> struct ForwardPlace {
    int filters;
    int pixels;
    int firstColumn;
    int rowTile;
    int group;

    GB_DEVICE ForwardPlace(const ConvGeometry& g, int pixels) : pixels(pixels) {
        filters = g.m / g.groups;
        int columnTiles = (filters + Tiles::kColumns - 1) / Tiles::kColumns;
        int rowTiles = (pixels + Tiles::kRows - 1) / Tiles::kRows;
        firstColumn = (int)blockIdx.x % columnTiles * Tiles::kColumns;
        rowTile = (int)blockIdx.x / columnTiles % rowTiles;
        group = (int)blockIdx.x / columnTiles / rowTiles;
    }

    GB_DEVICE int first_row() const { return rowTile * Tiles::kRows; }
};

// The products of a block's tile, without bias. Patches says which pixels its rows are.
template <class Tiles, class Patches>
GB_DEVICE void multiply_forward(typename Tiles::Sum& sums, const ForwardPlace<Tiles>& place, const float* x, const float* w, const ConvGeometry& g) {
    int channels = g.c / g.groups;
    int inner = g.r * g.s * channels;
    Patches patches{{x, g, place.group * channels, channels}};
    FilterRows<float> filterRows{w + place.group * place.filters * inner, place.filters, inner};
    typename Tiles::template Inner<Tiles::kRows, Patches> rows;
    typename Tiles::template Inner<Tiles::kColumns, FilterRows<float>> columns;
    rows.start(patches, place.first_row());
    columns.start(filterRows, place.firstColumn);
    multiply_tiles(sums, rows, patches, columns, filterRows, EveryStep{}, 0, (inner + Tiles::kStep - 1) / Tiles::kStep);
}

// Grid ceil(N P Q / rows of the tile) ceil((M / groups) / columns of the tile) groups; columns' tiles innermost, groups outermost.
template <class Tiles> GB_DEVICE void conv_forward(const ConvForwardArgs& args) {
    ForwardPlace<Tiles> place(args.g, args.g.n * args.g.p * args.g.q);
    typename Tiles::Sum sums;
    multiply_forward<Tiles, EveryPixel>(sums, place, args.x, args.w, args.g);
    sums.store_rows(OutputPixels{args, place.pixels, place.filters, place.group}, place.first_row(), place.firstColumn);
}

// Input channels of a group, in gradX [N, H, W, C].
struct InputPixels {
    float* gradX;
    const GradientPatches<float>& patches;
    int channels;

    template <int N> struct Columns {
        const InputPixels& pixels;
        int column;

        GB_DEVICE void store(int row, const Values<N>& sums) const {
            int target = pixels.patches.target(row);
            if (target >= 0) ::store(pixels.gradX + target + column, sums, pixels.channels - column, pixels.channels % N == 0);
        }
    };

    template <int N> GB_DEVICE Columns<N> at(int column) const { return Columns<N>{*this, column}; }
};

// Which pixels and input channels a block of a convolution's gradient computes. Pixels are sorted into strideH strideW phases, each of
// which only some taps reach; a phase with fewer pixels leaves blocks idle.
template <class Tiles> struct GradInputPlace {
    int filters;
    int channels;
    int firstColumn;
    int rowTile;
    int rowTiles;
    int phase;
    int group;

    GB_DEVICE explicit GradInputPlace(const ConvGeometry& g) {
        filters = g.m / g.groups;
        channels = g.c / g.groups;
        int mostPixels = g.n * ((g.h + g.strideH - 1) / g.strideH) * ((g.w + g.strideW - 1) / g.strideW);
        int columnTiles = (channels + Tiles::kColumns - 1) / Tiles::kColumns;
        rowTiles = (mostPixels + Tiles::kRows - 1) / Tiles::kRows;
        firstColumn = (int)blockIdx.x % columnTiles * Tiles::kColumns;
        rowTile = (int)blockIdx.x / columnTiles % rowTiles;
        int rest = (int)blockIdx.x / columnTiles / rowTiles;
        phase = rest % (g.strideH * g.strideW);
        group = rest / (g.strideH * g.strideW);
    }

    GB_DEVICE int first_row() const { return rowTile * Tiles::kRows; }

    GB_DEVICE GradientPatches<float> patches(const float* gradY, const ConvGeometry& g) const {
        return GradientPatches<float>{gradY, g, group * filters, filters, phase % g.strideH, phase / g.strideH};
    }
};

// The products of a block's tile.
template <class Tiles>
GB_DEVICE void multiply_grad_input(typename Tiles::Sum& sums, const GradInputPlace<Tiles>& place, const GradientPatches<float>& patches, const float* w, const ConvGeometry& g) {
    int taps = g.r * g.s;
    FilterChannels<float> filterChannels{w + place.group * place.filters * taps * place.channels, place.channels, place.filters, taps};
    typename Tiles::template Inner<Tiles::kRows, GradientPatches<float>> rows;
    typename Tiles::template Outer<Tiles::kColumns, FilterChannels<float>> columns;
    rows.start(patches, place.first_row());
    columns.start(filterChannels, place.firstColumn);
    multiply_tiles(sums, rows, patches, columns, filterChannels, patches, 0, (taps * place.filters + Tiles::kStep - 1) / Tiles::kStep);
}

// Grid ceil(N ceil(H / strideH) ceil(W / strideW) / rows of the tile) ceil((C / groups) / columns of the tile) strideH strideW groups.
template <class Tiles> GB_DEVICE void conv_grad_input(const ConvGradInputArgs& args) {
    GradInputPlace<Tiles> place(args.g);
    typename Tiles::Sum sums;
    GradientPatches<float> patches = place.patches(args.gradY, args.g);
    multiply_grad_input(sums, place, patches, args.w, args.g);
    sums.store_rows(InputPixels{args.gradX + place.group * place.channels, patches, place.channels}, place.first_row(), place.firstColumn);
}

// r, s, c of the filters of a group, in gradW [M, R, S, C / groups].
struct FilterTaps {
    float* gradW;
    int filters;
    int inner;

    template <int N> GB_DEVICE void store(int k, int filter, const Values<N>& sums) const {
        if (filter < filters) ::store(gradW + filter * inner + k, sums, inner - k, inner % N == 0);
    }
};

// Grid ceil(R S (C / groups) / rows of the tile) ceil((M / groups) / columns of the tile) groups splits. The pixels are cut into
// splits of stepsPerSplit steps; with splits > 1 gradW is scratch [splits][M][R][S][C / groups] and split_sum_f32 (gemm.cu)
// adds it up in order, with no bias.
template <class Tiles> GB_DEVICE void conv_grad_weight(const ConvGradWeightArgs& args) {
    const ConvGeometry& g = args.g;
    typename Tiles::Sum sums;
    int filters = g.m / g.groups;
    int channels = g.c / g.groups;
    int inner = g.r * g.s * channels;
    int pixels = g.n * g.p * g.q;
    int columnTiles = (filters + Tiles::kColumns - 1) / Tiles::kColumns;
    int rowTiles = (inner + Tiles::kRows - 1) / Tiles::kRows;
    int firstColumn = (int)blockIdx.x % columnTiles * Tiles::kColumns;
    int firstRow = (int)blockIdx.x / columnTiles % rowTiles * Tiles::kRows;
    int rest = (int)blockIdx.x / columnTiles / rowTiles;
    int group = rest % g.groups;
    int split = rest / g.groups;
    PatchTaps<float> taps{ImagePatches<float>{args.x, g, group * channels, channels}, pixels};
    GradientColumns<float> gradients{args.gradY + group * filters, filters, g.m, pixels};
    typename Tiles::template Outer<Tiles::kRows, PatchTaps<float>> rows;
    typename Tiles::template Outer<Tiles::kColumns, GradientColumns<float>> columns;
    rows.start(taps, firstRow);
    columns.start(gradients, firstColumn);
    int steps = (pixels + Tiles::kStep - 1) / Tiles::kStep;
    int firstStep = split * args.stepsPerSplit;
    multiply_tiles(sums, rows, taps, columns, gradients, EveryStep{}, firstStep, gb_min(steps, firstStep + args.stepsPerSplit));
    sums.store_columns(FilterTaps{args.gradW + (split * g.m + group * filters) * inner, filters, inner}, firstRow, firstColumn);
}
