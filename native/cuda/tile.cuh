// tile.cuh: the product of two operands that a block of 256 threads forms tile by tile: what convolutions and Gemm share.
//
// tile      kTile outputs = TileRows x TileColumns, 4096 in all (64x64, 128x32 or 256x16), 4x4 for each thread;
//           the inner dimension is taken in steps of 16
// memory    both operands wait in shared memory as [inner][row], twice: while a step is multiplied from one half the next one is
//           fetched into registers and then stored into the other half, so one barrier a step is enough
// order     a thread adds its products in order of the inner dimension: the same bits in every run
#pragma once
#include "prelude.cuh"

constexpr int kStep = 16;
constexpr int kThreads = 256;

// The bound of these kernels: 256 threads, and two blocks at least on a multiprocessor. Where only the threads are given the compiler
// of some architectures spills a register for the sake of one more block.
#if GB_DEVICE_BUILD
#define GB_TILE_THREADS 256, 2
#else
#define GB_TILE_THREADS 256
#endif

// A row past the end of every operand: what threads fetch that a small tile leaves without work.
constexpr int kNone = 1 << 29;

GB_DEVICE float4 zero4() { return float4{0, 0, 0, 0}; }

// Rows (or columns) of a tile in shared memory are this far apart: four more than the tile has, so that they stay aligned to 16
// bytes and the scattered stores of InnerTile meet in two ways only.
template <int Extent> constexpr int kPitch = Extent + 4;

// An operand whose neighbours in memory follow the inner dimension: a thread fetches four inner elements of one row.
// Source has Row row(int index), which must accept indices past the end, and float4 load(const Row&, int inner).
template <int Extent, class Source> struct InnerTile {
    static constexpr int kSlots = (Extent * 4 + kThreads - 1) / kThreads;
    typename Source::Row rows[kSlots];
    float4 staged[kSlots];

    GB_DEVICE bool is_active() const { return Extent * 4 >= kThreads || (int)threadIdx.x < Extent * 4; }

    GB_DEVICE void start(const Source& source, int first) {
        GB_UNROLL
        for (int j = 0; j < kSlots; j++) rows[j] = source.row(is_active() ? first + (int)threadIdx.x / 4 + 64 * j : kNone);
    }

    GB_DEVICE void fetch(const Source& source, int inner) {
        GB_UNROLL
        for (int j = 0; j < kSlots; j++) staged[j] = source.load(rows[j], inner + (int)threadIdx.x % 4 * 4);
    }

    GB_DEVICE void store(float* tile) const {
        if (!is_active()) return;
        GB_UNROLL
        for (int j = 0; j < kSlots; j++) {
            float* to = tile + (int)threadIdx.x % 4 * 4 * kPitch<Extent> + (int)threadIdx.x / 4 + 64 * j;
            to[0] = staged[j].x;
            to[kPitch<Extent>] = staged[j].y;
            to[2 * kPitch<Extent>] = staged[j].z;
            to[3 * kPitch<Extent>] = staged[j].w;
        }
    }
};

// An operand whose neighbours in memory follow the rows: a thread fetches four rows of one inner element.
// Source has Quad quad(int firstRow) and float4 load(const Quad&, int inner); both must accept indices past the end.
template <int Extent, class Source> struct OuterTile {
    static constexpr int kQuads = Extent / 4;
    static constexpr int kSlots = (Extent * 4 + kThreads - 1) / kThreads;
    typename Source::Quad quad;
    float4 staged[kSlots];

    GB_DEVICE bool is_active() const { return Extent * 4 >= kThreads || (int)threadIdx.x < Extent * 4; }

    GB_DEVICE void start(const Source& source, int first) { quad = source.quad(is_active() ? first + (int)threadIdx.x % kQuads * 4 : kNone); }

    GB_DEVICE void fetch(const Source& source, int inner) {
        GB_UNROLL
        for (int j = 0; j < kSlots; j++) staged[j] = source.load(quad, inner + (int)threadIdx.x / kQuads + kThreads / kQuads * j);
    }

    GB_DEVICE void store(float* tile) const {
        if (!is_active()) return;
        GB_UNROLL
        for (int j = 0; j < kSlots; j++) {
            int inner = (int)threadIdx.x / kQuads + kThreads / kQuads * j;
            *reinterpret_cast<float4*>(tile + inner * kPitch<Extent> + (int)threadIdx.x % kQuads * 4) = staged[j];
        }
    }
};

// The 4x4 outputs of this thread: sum[i][j] belongs to row(i) and column(j) of the tile.
template <int TileRows> struct TileSum {
    static constexpr int kRows = TileRows;
    static constexpr int kColumns = 4096 / TileRows;
    float sum[4][4];

    GB_DEVICE static int row() { return (int)threadIdx.x / (kColumns / 4) * 4; }
    GB_DEVICE static int column() { return (int)threadIdx.x % (kColumns / 4) * 4; }

    GB_DEVICE void clear() {
        GB_UNROLL
        for (int i = 0; i < 4; i++) {
            GB_UNROLL
            for (int j = 0; j < 4; j++) sum[i][j] = 0;
        }
    }

    GB_DEVICE void add_step(const float* rows, const float* columns) {
        GB_UNROLL
        for (int k = 0; k < kStep; k++) {
            float4 a4 = *reinterpret_cast<const float4*>(rows + k * kPitch<kRows> + row());
            float4 b4 = *reinterpret_cast<const float4*>(columns + k * kPitch<kColumns> + column());
            float a[4] = {a4.x, a4.y, a4.z, a4.w};
            float b[4] = {b4.x, b4.y, b4.z, b4.w};
            GB_UNROLL
            for (int i = 0; i < 4; i++) {
                GB_UNROLL
                for (int j = 0; j < 4; j++) sum[i][j] += a[i] * b[j];
            }
        }
    }
};

// Every step of the inner dimension counts.
struct EveryStep {
    GB_DEVICE int seek(int step) const { return step; }
};

// Adds the steps firstStep to endStep - 1 that steps.seek finds: seek(step) is the first step from `step` on that has a product,
// the same for all threads. Called once in a kernel, by all threads.
template <int TileRows, class RowTile, class RowSource, class ColumnTile, class ColumnSource, class Steps>
GB_DEVICE void multiply_tiles(TileSum<TileRows>& sums, RowTile& rows, const RowSource& rowSource, ColumnTile& columns,
                              const ColumnSource& columnSource, const Steps& steps, int firstStep, int endStep) {
    constexpr int kRowFloats = kStep * kPitch<TileRows>;
    constexpr int kColumnFloats = kStep * kPitch<4096 / TileRows>;
    GB_SHARED(float, rowTile, [2 * kRowFloats]);
    GB_SHARED(float, columnTile, [2 * kColumnFloats]);
    sums.clear();
    int next = steps.seek(firstStep);
    int half = 0;
    for (bool isStored = false; isStored || next < endStep;) {
        bool isFetched = next < endStep;
        if (isFetched) {
            rows.fetch(rowSource, next * kStep);
            columns.fetch(columnSource, next * kStep);
            next = steps.seek(next + 1);
        }
        if (isStored) sums.add_step(rowTile + half * kRowFloats, columnTile + half * kColumnFloats);
        half ^= 1;
        if (isFetched) {
            rows.store(rowTile + half * kRowFloats);
            columns.store(columnTile + half * kColumnFloats);
        }
        // What was stored can be read, and what was read can be overwritten.
        __syncthreads();
        isStored = isFetched;
    }
}

// Four floats from a position known to hold at least one; `left` of them exist, the others are 0. `isAligned` says that every
// multiple of four of this tensor starts on 16 bytes.
GB_DEVICE float4 load4(const float* from, int left, bool isAligned) {
    if (isAligned && left >= 4) return *reinterpret_cast<const float4*>(from);
    float4 value = zero4();
    if (left > 0) value.x = from[0];
    if (left > 1) value.y = from[1];
    if (left > 2) value.z = from[2];
    if (left > 3) value.w = from[3];
    return value;
}

// Writes the first `left` of four floats.
GB_DEVICE void store4(float* to, float4 value, int left, bool isAligned) {
    if (isAligned && left >= 4) {
        *reinterpret_cast<float4*>(to) = value;
        return;
    }
    if (left > 0) to[0] = value.x;
    if (left > 1) to[1] = value.y;
    if (left > 2) to[2] = value.z;
    if (left > 3) to[3] = value.w;
}
