// tile_bf16.cuh: tiles in bfloat16, multiplied by tensor cores and added up in float32.
//
// maths     operands are rounded to nearest even bfloat16 as they are stored into shared memory; products are exact, sums float32
// tile      Rows x Columns outputs, a rectangle of WarpRows rows for each of the 8 warps; steps of 32 inner elements, which are two of
//           mma.m16n8k16
// memory    an operand waits as its tensor has it: [row][inner], or [inner][row], which ldmatrix transposes. Pieces of 16 bytes
//           are permuted within a row so that neither a store nor an ldmatrix meets itself in a bank
#pragma once
#include "tile.cuh"

GB_DEVICE void store_bf16(u16* to, const Values<8>& values) {
    const float(&v)[8] = values.at;
    *reinterpret_cast<uint4*>(to) = uint4{gb_pack_bf16(v[0], v[1]), gb_pack_bf16(v[2], v[3]), gb_pack_bf16(v[4], v[5]), gb_pack_bf16(v[6], v[7])};
}

// In what order the four 8x8 matrices of an ldmatrix lie: a left operand's (16 rows x 16 inner) go down the rows first, those of two
// right operands (16 inner x 8 columns each) along the inner dimension first.
struct LeftOrder {
    GB_DEVICE static int row(int matrix) { return matrix % 2 * 8; }
    GB_DEVICE static int inner(int matrix) { return matrix / 2 * 8; }
};
struct RightOrder {
    GB_DEVICE static int row(int matrix) { return matrix / 2 * 8; }
    GB_DEVICE static int inner(int matrix) { return matrix % 2 * 8; }
};

// Waits as [row][inner], 64 bytes a row. Two rows fill all banks, so every second row permutes its pieces in another way.
template <int Extent, class Source> struct TensorInnerTile : InnerSlots<Extent, 8, Source> {
    using Element = u16;
    static constexpr int kElements = 32 * Extent;

    GB_DEVICE static int piece(int row, int inner) { return row * 32 + (inner / 8 ^ (row / 2 & 3)) * 8; }

    GB_DEVICE void store(u16* tile) const {
        if (!this->is_active()) return;
        GB_UNROLL
        for (int j = 0; j < this->kSlots; j++) store_bf16(tile + piece(this->row(j), this->inner()), this->staged[j]);
    }

    // 16 rows x 16 inner elements from (row, inner) on.
    template <class Order> GB_DEVICE static void load_fragments(u32 (&fragments)[4], const u16* tile, int row, int inner) {
        int lane = (int)threadIdx.x % 32;
        gb_ldmatrix_x4(fragments, tile + piece(row + Order::row(lane / 8) + lane % 8, inner + Order::inner(lane / 8)));
    }
};

// Waits as [inner][row].
template <int Extent, class Source> struct TensorOuterTile : OuterSlots<Extent, 8, Source> {
    using Element = u16;
    static constexpr int kElements = 32 * Extent;
    static constexpr int kPieces = Extent / 8;

    // Eight inner elements in a row differ in this, as far as their pieces of one row would share banks.
    GB_DEVICE static int key(int inner) { return kPieces >= 8 ? inner & 7 : kPieces == 4 ? inner / 2 & 3 : inner / 4 & 1; }

    GB_DEVICE static int piece(int row, int inner) { return inner * Extent + (row / 8 ^ key(inner)) * 8; }

    GB_DEVICE void store(u16* tile) const {
        if (!this->is_active()) return;
        GB_UNROLL
        for (int j = 0; j < this->kSlots; j++) store_bf16(tile + piece(this->row(), this->inner(j)), this->staged[j]);
    }

    template <class Order> GB_DEVICE static void load_fragments(u32 (&fragments)[4], const u16* tile, int row, int inner) {
        int lane = (int)threadIdx.x % 32;
        gb_ldmatrix_x4_trans(fragments, tile + piece(row + Order::row(lane / 8), inner + Order::inner(lane / 8) + lane % 8));
    }
};

// The outputs of this thread: sum[i][j] are two neighbours in each of two rows, eight apart, of the i-th 16 rows and the j-th 8 columns
// of its warp's rectangle.
template <int Rows, int Columns, int WarpRows> struct TensorSum {
    static constexpr int kWarpsDown = Rows / WarpRows;
    static constexpr int kWarpColumns = Columns * kWarpsDown / 8;
    static constexpr int kDown = WarpRows / 16;
    static constexpr int kAcross = kWarpColumns / 8;
    static constexpr int kTileRows = Rows;
    static constexpr int kTileColumns = Columns;
    static constexpr int kThreadRows = 2 * kDown;
    static constexpr int kThreadColumns = 2 * kAcross;
    static constexpr int kNeighbours = 2;
    // Lanes this far apart have the same columns, and so have the warps one below the other.
    static constexpr int kLaneStride = 4;
    static constexpr int kSlices = kWarpsDown;
    float sum[kDown][kAcross][4];

    GB_DEVICE static int row_at(int i) { return row() + i / 2 * 16 + i % 2 * 8; }
    GB_DEVICE static int column_at(int j) { return column() + j / 2 * 8 + j % 2; }
    // As TileSum does; a thread's rows are eight apart.
    GB_DEVICE static int window_at(int row) { return row / 32 * 8 + row % 8; }
    GB_DEVICE static int member_at(int row) { return row % 32 / 8; }
    GB_DEVICE static int slice() { return (int)threadIdx.x / 32 % kWarpsDown; }
    GB_DEVICE float& at(int i, int j) { return sum[i / 2][j / 2][i % 2 * 2 + j % 2]; }
    GB_DEVICE const float& at(int i, int j) const { return sum[i / 2][j / 2][i % 2 * 2 + j % 2]; }

    GB_DEVICE static int warp_row() { return (int)threadIdx.x / 32 % kWarpsDown * WarpRows; }
    GB_DEVICE static int warp_column() { return (int)threadIdx.x / 32 / kWarpsDown * kWarpColumns; }
    GB_DEVICE static int row() { return warp_row() + (int)threadIdx.x % 32 / 4; }
    GB_DEVICE static int column() { return warp_column() + (int)threadIdx.x % 4 * 2; }

    GB_DEVICE void clear() {
        GB_UNROLL
        for (int i = 0; i < kDown; i++) {
            GB_UNROLL
            for (int j = 0; j < kAcross; j++) {
                GB_UNROLL
                for (int part = 0; part < 4; part++) sum[i][j][part] = 0;
            }
        }
    }

    template <class RowTile, class ColumnTile> GB_DEVICE void add_step(const u16* rows, const u16* columns) {
        GB_UNROLL
        for (int k = 0; k < RowTile::kStep; k += 16) {
            u32 left[kDown][4];
            GB_UNROLL
            for (int i = 0; i < kDown; i++) RowTile::template load_fragments<LeftOrder>(left[i], rows, warp_row() + i * 16, k);
            GB_UNROLL
            for (int j = 0; j < kAcross; j += 2) {
                u32 right[4];
                ColumnTile::template load_fragments<RightOrder>(right, columns, warp_column() + j * 8, k);
                u32 even[2] = {right[0], right[1]};
                u32 odd[2] = {right[2], right[3]};
                GB_UNROLL
                for (int i = 0; i < kDown; i++) {
                    gb_mma_bf16(sum[i][j], left[i], even);
                    gb_mma_bf16(sum[i][j + 1], left[i], odd);
                }
            }
        }
    }

    // As TileSum does.
    template <class Target> GB_DEVICE void store_rows(const Target& target, int firstRow, int firstColumn) const {
        GB_UNROLL
        for (int j = 0; j < kAcross; j++) {
            auto columns = target.template at<2>(firstColumn + column() + j * 8);
            GB_UNROLL
            for (int i = 0; i < kDown; i++) {
                columns.store(firstRow + row() + i * 16, Values<2>{{sum[i][j][0], sum[i][j][1]}});
                columns.store(firstRow + row() + i * 16 + 8, Values<2>{{sum[i][j][2], sum[i][j][3]}});
            }
        }
    }

    template <class Target> GB_DEVICE void store_columns(const Target& target, int firstRow, int firstColumn) const {
        GB_UNROLL
        for (int j = 0; j < kAcross; j++) {
            GB_UNROLL
            for (int i = 0; i < kDown; i++) {
                GB_UNROLL
                for (int part = 0; part < 4; part++) {
                    target.store(firstRow + row() + i * 16 + part / 2 * 8, firstColumn + column() + j * 8 + part % 2, Values<1>{{sum[i][j][part]}});
                }
            }
        }
    }
};

// What the kernels of convolution.cuh and gemm.cuh are made of.
template <int Rows, int Columns, int WarpRows> struct TilesBf16 {
    static constexpr int kRows = Rows;
    static constexpr int kColumns = Columns;
    static constexpr int kStep = 32;
    using Sum = TensorSum<Rows, Columns, WarpRows>;
    template <int Extent, class Source> using Inner = TensorInnerTile<Extent, Source>;
    template <int Extent, class Source> using Outer = TensorOuterTile<Extent, Source>;
};
