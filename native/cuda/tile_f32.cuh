// tile_f32.cuh: tiles in float32, multiplied by the cores of every thread.
//
// tile      4096 outputs (64x64, 128x32 or 256x16), 4x4 for each thread; steps of 16 inner elements
// memory    an operand waits as [inner][row]
#pragma once
#include "tile.cuh"

// Rows (or columns) of a tile in shared memory are this far apart: four more than the tile has, so that they stay aligned to 16
// bytes and the scattered stores of InnerTile meet in two ways only.
template <int Extent> constexpr int kPitch = Extent + 4;

template <int Extent, class Source> struct InnerTile : InnerSlots<Extent, 4, Source> {
    using Element = float;
    static constexpr int kElements = 16 * kPitch<Extent>;

    GB_DEVICE void store(float* tile) const {
        if (!this->is_active()) return;
        GB_UNROLL
        for (int j = 0; j < this->kSlots; j++) {
            float* to = tile + this->inner() * kPitch<Extent> + this->row(j);
            GB_UNROLL
            for (int i = 0; i < 4; i++) to[i * kPitch<Extent>] = this->staged[j].at[i];
        }
    }
};

template <int Extent, class Source> struct OuterTile : OuterSlots<Extent, 4, Source> {
    using Element = float;
    static constexpr int kElements = 16 * kPitch<Extent>;

    GB_DEVICE void store(float* tile) const {
        if (!this->is_active()) return;
        GB_UNROLL
        for (int j = 0; j < this->kSlots; j++) store_all(tile + this->inner(j) * kPitch<Extent> + this->row(), this->staged[j]);
    }
};

// The 4x4 outputs of this thread: sum[i][j] belongs to row() + i and column() + j of the tile.
template <int TileRows> struct TileSum {
    static constexpr int kRows = TileRows;
    static constexpr int kColumns = 4096 / TileRows;
    static constexpr int kTileRows = kRows;
    static constexpr int kTileColumns = kColumns;
    static constexpr int kThreadRows = 4;
    static constexpr int kThreadColumns = 4;
    static constexpr int kNeighbours = 4;
    // Threads this far apart in a warp have the same columns, and so have all warps.
    static constexpr int kLaneStride = kColumns / 4;
    static constexpr int kSlices = 8;
    float sum[4][4];

    GB_DEVICE static int row_at(int i) { return row() + i; }
    GB_DEVICE static int column_at(int j) { return column() + j; }
    // Where a row belongs if each four rows of a thread are one window of four: which window, and which of the four.
    GB_DEVICE static int window_at(int row) { return row / 4; }
    GB_DEVICE static int member_at(int row) { return row % 4; }
    GB_DEVICE static int slice() { return (int)threadIdx.x / 32; }
    GB_DEVICE float& at(int i, int j) { return sum[i][j]; }
    GB_DEVICE const float& at(int i, int j) const { return sum[i][j]; }

    GB_DEVICE static int row() { return (int)threadIdx.x / (kColumns / 4) * 4; }
    GB_DEVICE static int column() { return (int)threadIdx.x % (kColumns / 4) * 4; }

    GB_DEVICE void clear() {
        GB_UNROLL
        for (int i = 0; i < 4; i++) {
            GB_UNROLL
            for (int j = 0; j < 4; j++) sum[i][j] = 0;
        }
    }

    template <class RowTile, class ColumnTile> GB_DEVICE void add_step(const float* rows, const float* columns) {
        GB_UNROLL
        for (int k = 0; k < RowTile::kStep; k++) {
            Values<4> a = load_four(rows + k * kPitch<kRows> + row());
            Values<4> b = load_four(columns + k * kPitch<kColumns> + column());
            GB_UNROLL
            for (int i = 0; i < 4; i++) {
                GB_UNROLL
                for (int j = 0; j < 4; j++) sum[i][j] += a.at[i] * b.at[j];
            }
        }
    }

    // Hands over the outputs of a tile that starts at firstRow and firstColumn, neighbours being columns:
    // target.at<N>(column) is where N columns go, and its store(row, values) takes those of one row.
    template <class Target> GB_DEVICE void store_rows(const Target& target, int firstRow, int firstColumn) const {
        auto columns = target.template at<4>(firstColumn + column());
        GB_UNROLL
        for (int i = 0; i < 4; i++) columns.store(firstRow + row() + i, Values<4>{{sum[i][0], sum[i][1], sum[i][2], sum[i][3]}});
    }

    // The same, neighbours being rows: target.store(row, column, values) takes N rows of one column.
    template <class Target> GB_DEVICE void store_columns(const Target& target, int firstRow, int firstColumn) const {
        GB_UNROLL
        for (int j = 0; j < 4; j++) target.store(firstRow + row(), firstColumn + column() + j, Values<4>{{sum[0][j], sum[1][j], sum[2][j], sum[3][j]}});
    }
};

// What the kernels of convolution.cuh and gemm.cuh are made of.
template <int TileRows> struct TilesF32 {
    static constexpr int kRows = TileRows;
    static constexpr int kColumns = 4096 / TileRows;
    static constexpr int kStep = 16;
    using Sum = TileSum<TileRows>;
    template <int Extent, class Source> using Inner = InnerTile<Extent, Source>;
    template <int Extent, class Source> using Outer = OuterTile<Extent, Source>;
};
