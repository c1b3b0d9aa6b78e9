// gemm.cu: y = op(a) op(b) + bias, op being nothing or transposition.
//
// shapes    op(a) [rows, inner], op(b) [inner, columns], bias [columns] or null, y [rows, columns]; row-major
//           gemm_nn: a [rows, inner], b [inner, columns]      gemm_nt: a [rows, inner], b [columns, inner]
//           gemm_tn: a [inner, rows], b [inner, columns]      gemm_tt: a [inner, rows], b [columns, inner]
// tile      64 x 64 outputs a block, inner steps of 16 (tile.cuh)
// geometry  block 256; grid ceil(rows / 64) ceil(columns / 64) splits, the columns' tiles innermost, the splits outermost
// splits    stepsPerSplit steps of 16 for each split; with splits > 1 y is scratch [splits][rows][columns], bias is null and
//           split_sum_f32 adds: that fills the device where rows and columns are few
// cost      2 rows columns inner FLOP; (ceil(columns / 64) rows inner + ceil(rows / 64) columns inner) reads
// limits    fewer than 2^31 elements in each tensor, the scratch included
#include "tile.cuh"

struct GemmArgs {
    const float* a;
    const float* b;
    const float* bias;
    float* y;
    int rows;
    int columns;
    int inner;
    int stepsPerSplit;
    int splits;
    int padding;
};

struct SplitSumArgs {
    const float* partial;
    const float* bias;
    float* y;
    int count;
    int splits;
    int columns;
    int padding;
};

// [extent, inner]: a row is contiguous along the inner dimension.
struct MatrixRows {
    const float* x;
    int extent;
    int inner;

    struct Row {
        int offset;
    };

    GB_DEVICE Row row(int index) const { return Row{index < extent ? index * inner : -1}; }

    GB_DEVICE float4 load(const Row& row, int k) const {
        return row.offset < 0 || k >= inner ? zero4() : load4(x + row.offset + k, inner - k, inner % 4 == 0);
    }
};

// [inner, extent]: neighbours in memory are neighbouring rows.
struct MatrixColumns {
    const float* x;
    int extent;
    int inner;

    struct Quad {
        int first;
    };

    GB_DEVICE Quad quad(int first) const { return Quad{first}; }

    GB_DEVICE float4 load(const Quad& quad, int k) const {
        return quad.first >= extent || k >= inner ? zero4() : load4(x + k * extent + quad.first, extent - quad.first, extent % 4 == 0);
    }
};

template <class TileA, class SourceA, class TileB, class SourceB> GB_DEVICE void gemm(const GemmArgs& args) {
    int columnTiles = (args.columns + 63) / 64;
    int rowTiles = (args.rows + 63) / 64;
    int firstColumn = (int)blockIdx.x % columnTiles * 64;
    int firstRow = (int)blockIdx.x / columnTiles % rowTiles * 64;
    int split = (int)blockIdx.x / columnTiles / rowTiles;
    SourceA sourceA{args.a, args.rows, args.inner};
    SourceB sourceB{args.b, args.columns, args.inner};
    TileA a;
    TileB b;
    a.start(sourceA, firstRow);
    b.start(sourceB, firstColumn);
    int steps = (args.inner + kStep - 1) / kStep;
    int firstStep = split * args.stepsPerSplit;
    TileSum<64> sums;
    multiply_tiles(sums, a, sourceA, b, sourceB, EveryStep{}, firstStep, gb_min(steps, firstStep + args.stepsPerSplit));
    int column = firstColumn + sums.column();
    float4 bias = args.bias != nullptr && column < args.columns ? load4(args.bias + column, args.columns - column, false) : zero4();
    GB_UNROLL
    for (int i = 0; i < 4; i++) {
        int row = firstRow + sums.row() + i;
        if (row < args.rows) {
            float4 value = {sums.sum[i][0] + bias.x, sums.sum[i][1] + bias.y, sums.sum[i][2] + bias.z, sums.sum[i][3] + bias.w};
            store4(args.y + (split * args.rows + row) * args.columns + column, value, args.columns - column, args.columns % 4 == 0);
        }
    }
}

using RowsInner = InnerTile<64, MatrixRows>;
using RowsOuter = OuterTile<64, MatrixColumns>;

GB_KERNEL(gemm_nn_f32, GB_TILE_THREADS, (GemmArgs args)) { gemm<RowsInner, MatrixRows, RowsOuter, MatrixColumns>(args); }

GB_KERNEL(gemm_nt_f32, GB_TILE_THREADS, (GemmArgs args)) { gemm<RowsInner, MatrixRows, RowsInner, MatrixRows>(args); }

GB_KERNEL(gemm_tn_f32, GB_TILE_THREADS, (GemmArgs args)) { gemm<RowsOuter, MatrixColumns, RowsOuter, MatrixColumns>(args); }

GB_KERNEL(gemm_tt_f32, GB_TILE_THREADS, (GemmArgs args)) { gemm<RowsOuter, MatrixColumns, RowsInner, MatrixRows>(args); }

// y[i] = partial[0][i] + partial[1][i] + ... + bias[i mod columns], in that order; partial [splits][count], bias may be null.
// For Gemm count = rows columns; weight gradients of convolutions end here too. Geometry: block 256; grid ceil(count / 256).
GB_KERNEL(split_sum_f32, 256, (SplitSumArgs args)) {
    int i = (int)(blockIdx.x * 256 + threadIdx.x);
    if (i >= args.count) return;
    float sum = 0;
    for (int split = 0; split < args.splits; split++) sum += args.partial[split * args.count + i];
    args.y[i] = args.bias == nullptr ? sum : sum + args.bias[i % args.columns];
}
