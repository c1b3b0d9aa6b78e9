// convolution_fused.cuh: convolution and the gradient of its input with what follows them, while the results are in registers. Tiles is
// TilesF32 or TilesBf16; products, grids and order are those of convolution_tiles.cuh.
//
// math      forward      y = w * x + bias, max(y, 0) if rectifies; the moments of y for each channel and tile, if partial is given
//           pool         the largest of each 2x2 window of that, and where in its plane it was found, p Q + q; a last row or column that
//                        fills no window is left out
//           grad_input   gradX = mask(w^T * gradY + skip); its sums for each channel and tile, if partial is given
// shapes    pooled y, positions [N, P / 2, Q / 2, M]; skip, mask, input [N, H, W, C] as gradX; mean [C]; coefficients [3, C]; each but gradX may be null
// sums      a tile's rows are a chunk of batch normalisation's second level (normalization.cu): partial [chunks][2][channels], all of it written
//             forward      means and squares about them; chunks = ceil(N P Q / rows of the tile)
//             grad_input   sum of gradX, sum of gradX (input - mean); chunks = strideH strideW ceil(N ceil(H / strideH) ceil(W / strideW) / rows)
#pragma once
#include "convolution_tiles.cuh"
#include "tile_sums.cuh"

struct ConvForwardFusedArgs {
    const float* x;
    const float* w;
    const float* bias;
    float* y;
    float* partial;
    ConvGeometry g;
    int rectifies;
    int padding;
};

template <class Tiles> GB_DEVICE void conv_forward_fused(const ConvForwardFusedArgs& args) {
    using Sum = typename Tiles::Sum;
    constexpr int N = Sum::kNeighbours;
    ForwardPlace<Tiles> place(args.g, args.g.n * args.g.p * args.g.q);
    Sum sums;
    multiply_forward<Tiles, EveryPixel>(sums, place, args.x, args.w, args.g);
    int left = place.filters - place.firstColumn;
    int first = place.group * place.filters + place.firstColumn;
    int rows = place.pixels - place.first_row();
    GB_UNROLL
    for (int j = 0; j < Sum::kThreadColumns; j += N) {
        int column = Sum::column_at(j);
        Values<N> bias = args.bias != nullptr && left > column ? load_some<N>(args.bias + first + column, left - column) : zeros<N>();
        GB_UNROLL
        for (int i = 0; i < Sum::kThreadRows; i++) {
            Values<N> values;
            GB_UNROLL
            for (int k = 0; k < N; k++) {
                float y = sums.at(i, j + k) + bias.at[k];
                // A comparison with NaN is false, so NaN stays NaN.
                y = args.rectifies != 0 && y < 0 ? 0 : y;
                sums.at(i, j + k) = y;
                values.at[k] = y;
            }
            int row = Sum::row_at(i);
            if (row < rows) store(args.y + (place.first_row() + row) * args.g.m + first + column, values, left - column, place.filters % N == 0);
        }
    }
    if (args.partial != nullptr) store_moments(sums, rows, args.partial + place.rowTile * 2 * args.g.m + first, args.g.m, left);
}

struct ConvForwardPoolArgs {
    const float* x;
    const float* w;
    const float* bias;
    float* y;
    int* positions;
    ConvGeometry g;
    int rectifies;
    int padding;
};

// Pixels of y window by window, so that one thread has all four of a window. Sum says which of its rows these are.
template <class Sum> struct WindowPixels : ImagePatches<float> {
    GB_DEVICE Row row(int index) const {
        int window = Sum::window_at(index);
        int member = Sum::member_at(index);
        int columns = g.q / 2;
        int n = window / (g.p / 2 * columns);
        int place = window - n * (g.p / 2 * columns);
        int row = place / columns;
        return row_of(n, 2 * row + member / 2, 2 * (place - row * columns) + member % 2);
    }
};

// Grid as forward, with the pixels of windows alone: 4 N (P / 2) (Q / 2).
template <class Tiles> GB_DEVICE void conv_forward_pool(const ConvForwardPoolArgs& args) {
    using Sum = typename Tiles::Sum;
    constexpr int N = Sum::kNeighbours;
    const ConvGeometry& g = args.g;
    int windows = g.n * (g.p / 2) * (g.q / 2);
    ForwardPlace<Tiles> place(g, 4 * windows);
    Sum sums;
    multiply_forward<Tiles, WindowPixels<Sum>>(sums, place, args.x, args.w, g);
    GB_UNROLL
    for (int j = 0; j < Sum::kThreadColumns; j += N) {
        int column = place.firstColumn + Sum::column_at(j);
        int left = place.filters - column;
        int filter = place.group * place.filters + column;
        Values<N> bias = args.bias != nullptr && left > 0 ? load_some<N>(args.bias + filter, left) : zeros<N>();
        GB_UNROLL
        for (int i = 0; i < Sum::kThreadRows; i += 4) {
            int window = Sum::window_at(place.first_row() + Sum::row_at(i));
            int corner = window / (g.q / 2) % (g.p / 2) * 2 * g.q + window % (g.q / 2) * 2;
            Values<N> best;
            Values<N> positions;
            GB_UNROLL
            for (int k = 0; k < N; k++) {
                best.at[k] = -gb_infinity();
                int position = corner;
                GB_UNROLL
                for (int member = 0; member < 4; member++) {
                    float y = sums.at(i + member, j + k) + bias.at[k];
                    y = args.rectifies != 0 && y < 0 ? 0 : y;
                    bool isBest = y > best.at[k] || gb_is_nan(y);
                    best.at[k] = isBest ? y : best.at[k];
                    position = isBest ? corner + member / 2 * g.q + member % 2 : position;
                }
                positions.at[k] = gb_bits_float((u32)position);
            }
            if (window >= windows || left <= 0) continue;
            store(args.y + window * g.m + filter, best, left, place.filters % N == 0);
            store(reinterpret_cast<float*>(args.positions) + window * g.m + filter, positions, left, place.filters % N == 0);
        }
    }
}

struct ConvGradInputFusedArgs {
    const float* gradY;
    const float* w;
    float* gradX;
    const float* skip;
    const float* mask;
    const float* coefficients;
    const float* input;
    const float* mean;
    float* partial;
    ConvGeometry g;
};

// What a fused gradient reads of N neighbouring channels, the first `left` of which exist.
template <int N> struct GradTarget {
    const ConvGradInputFusedArgs& args;
    int channel;
    int left;
    bool isAligned;

    GB_DEVICE Values<N> load(const float* tensor, int pixel) const { return load_neighbours<N>(tensor + pixel + channel, left, isAligned); }

    GB_DEVICE Values<N> channels(const float* vector) const { return load_some<N>(vector + channel, left); }

    // The gradient stops where the ReLU gave 0: where mask is not above 0, once normalised if there are coefficients.
    GB_DEVICE void pass(Values<N>& gradient, int pixel) const {
        Values<N> mask = load(args.mask, pixel);
        if (args.coefficients != nullptr) {
            Values<N> a = channels(args.coefficients);
            Values<N> b = channels(args.coefficients + args.g.c);
            Values<N> c = channels(args.coefficients + 2 * args.g.c);
            GB_UNROLL
            for (int k = 0; k < N; k++) mask.at[k] = gb_fma(mask.at[k] - a.at[k], b.at[k], c.at[k]);
        }
        GB_UNROLL
        for (int k = 0; k < N; k++) gradient.at[k] = mask.at[k] > 0 ? gradient.at[k] : 0;
    }
};

template <class Tiles> GB_DEVICE void conv_grad_input_fused(const ConvGradInputFusedArgs& args) {
    using Sum = typename Tiles::Sum;
    constexpr int N = Sum::kNeighbours;
    GradInputPlace<Tiles> place(args.g);
    Sum products;
    GradientPatches<float> patches = place.patches(args.gradY, args.g);
    multiply_grad_input(products, place, patches, args.w, args.g);
    float sums[2][Sum::kThreadColumns];
    GB_UNROLL
    for (int j = 0; j < Sum::kThreadColumns; j++) sums[0][j] = sums[1][j] = 0;
    GB_UNROLL
    for (int i = 0; i < Sum::kThreadRows; i++) {
        int pixel = patches.target(place.first_row() + Sum::row_at(i));
        GB_UNROLL
        for (int j = 0; j < Sum::kThreadColumns; j += N) {
            int column = place.firstColumn + Sum::column_at(j);
            if (pixel < 0 || column >= place.channels) continue;
            GradTarget<N> target{args, place.group * place.channels + column, place.channels - column, place.channels % N == 0};
            Values<N> skip = args.skip != nullptr ? target.load(args.skip, pixel) : zeros<N>();
            Values<N> gradient;
            GB_UNROLL
            for (int k = 0; k < N; k++) gradient.at[k] = products.at(i, j + k) + skip.at[k];
            if (args.mask != nullptr) target.pass(gradient, pixel);
            store(args.gradX + pixel + target.channel, gradient, target.left, target.isAligned);
            if (args.partial == nullptr) continue;
            Values<N> input = target.load(args.input, pixel);
            Values<N> mean = target.channels(args.mean);
            GB_UNROLL
            for (int k = 0; k < N; k++) {
                sums[0][j + k] += gradient.at[k];
                sums[1][j + k] += gradient.at[k] * (input.at[k] - mean.at[k]);
            }
        }
    }
    if (args.partial == nullptr) return;
    sum_rows<Sum>(sums);
    int chunk = place.phase * place.rowTiles + place.rowTile;
    store_sums<Sum>(sums, args.partial + chunk * 2 * args.g.c + place.group * place.channels + place.firstColumn, args.g.c, place.channels - place.firstColumn);
}
