// gemm.cuh: y = op(a) op(b) + bias, op being nothing or transposition. Tiles is TilesF32 or TilesBf16.
//
// shapes    op(a) [rows, inner], op(b) [inner, columns], bias [columns] or null, y [rows, columns]; row-major
//           gemm_nn: a [rows, inner], b [inner, columns]      gemm_nt: a [rows, inner], b [columns, inner]
//           gemm_tn: a [inner, rows], b [inner, columns]      gemm_tt: a [inner, rows], b [columns, inner]
// tile      64 x 64 outputs a block
// geometry  block 256; grid ceil(rows / 64) ceil(columns / 64) splits, the columns' tiles innermost, the splits outermost
// splits    stepsPerSplit steps for each split; with splits > 1 y is scratch [splits][rows][columns], bias is null and
//           split_sum_f32 adds: that fills the device where rows and columns are few
// cost      2 rows columns inner FLOP; (ceil(columns / 64) rows inner + ceil(rows / 64) columns inner) reads
// limits    fewer than 2^31 elements in each tensor, the scratch included
#pragma once
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

// [extent, inner]: a row is contiguous along the inner dimension. T is what it is stored as.
template <class T> struct MatrixRows {
    const T* x;
    int extent;
    int inner;

    struct Row {
        int offset;
    };

    GB_DEVICE Row row(int index) const { return Row{index < extent ? index * inner : -1}; }

    template <int N> GB_DEVICE Values<N> load(const Row& row, int k) const {
        return row.offset < 0 || k >= inner ? zeros<N>() : ::load<N>(x + row.offset + k, inner - k, inner % 4 == 0);
    }
};

// [inner, extent]: neighbours in memory are neighbouring rows.
template <class T> struct MatrixColumns {
    const T* x;
    int extent;
    int inner;

    struct Run {
        int first;
    };

    GB_DEVICE Run run(int first) const { return Run{first}; }

    template <int N> GB_DEVICE Values<N> load(const Run& run, int k) const {
        return run.first >= extent || k >= inner ? zeros<N>() : ::load<N>(x + k * extent + run.first, extent - run.first, extent % 4 == 0);
    }
};

// y [rows, columns].
struct ProductRows {
    float* y;
    const float* bias;
    int rows;
    int columns;

    template <int N> struct Columns {
        const ProductRows& product;
        Values<N> bias;
        int column;

        GB_DEVICE void store(int row, const Values<N>& sums) const {
            if (row >= product.rows) return;
            Values<N> values;
            GB_UNROLL
            for (int i = 0; i < N; i++) values.at[i] = sums.at[i] + bias.at[i];
            ::store(product.y + row * product.columns + column, values, product.columns - column, product.columns % N == 0);
        }
    };

    template <int N> GB_DEVICE Columns<N> at(int column) const {
        int left = columns - column;
        return Columns<N>{*this, bias != nullptr && left > 0 ? load_some<N>(bias + column, left) : zeros<N>(), column};
    }
};

template <class Tiles, class TileA, class SourceA, class TileB, class SourceB> GB_DEVICE void gemm(const GemmArgs& args) {
    int columnTiles = (args.columns + Tiles::kColumns - 1) / Tiles::kColumns;
    int rowTiles = (args.rows + Tiles::kRows - 1) / Tiles::kRows;
    int firstColumn = (int)blockIdx.x % columnTiles * Tiles::kColumns;
    int firstRow = (int)blockIdx.x / columnTiles % rowTiles * Tiles::kRows;
    int split = (int)blockIdx.x / columnTiles / rowTiles;
    SourceA sourceA{args.a, args.rows, args.inner};
    SourceB sourceB{args.b, args.columns, args.inner};
    TileA a;
    TileB b;
    a.start(sourceA, firstRow);
    b.start(sourceB, firstColumn);
    int steps = (args.inner + Tiles::kStep - 1) / Tiles::kStep;
    int firstStep = split * args.stepsPerSplit;
    typename Tiles::Sum sums;
    multiply_tiles(sums, a, sourceA, b, sourceB, EveryStep{}, firstStep, gb_min(steps, firstStep + args.stepsPerSplit));
    sums.store_rows(ProductRows{args.y + split * args.rows * args.columns, args.bias, args.rows, args.columns}, firstRow, firstColumn);
}

template <class Tiles> struct Gemm {
    using RowsInner = typename Tiles::template Inner<Tiles::kRows, MatrixRows<float>>;
    using RowsOuter = typename Tiles::template Outer<Tiles::kRows, MatrixColumns<float>>;
    using ColumnsInner = typename Tiles::template Inner<Tiles::kColumns, MatrixRows<float>>;
    using ColumnsOuter = typename Tiles::template Outer<Tiles::kColumns, MatrixColumns<float>>;

    GB_DEVICE static void nn(const GemmArgs& args) { gemm<Tiles, RowsInner, MatrixRows<float>, ColumnsOuter, MatrixColumns<float>>(args); }
    GB_DEVICE static void nt(const GemmArgs& args) { gemm<Tiles, RowsInner, MatrixRows<float>, ColumnsInner, MatrixRows<float>>(args); }
    GB_DEVICE static void tn(const GemmArgs& args) { gemm<Tiles, RowsOuter, MatrixColumns<float>, ColumnsOuter, MatrixColumns<float>>(args); }
    GB_DEVICE static void tt(const GemmArgs& args) { gemm<Tiles, RowsOuter, MatrixColumns<float>, ColumnsInner, MatrixRows<float>>(args); }
};
