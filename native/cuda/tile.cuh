// tile.cuh: the product of two operands that a block of 256 threads forms tile by tile: what convolutions and Gemm share.
//
// tile      some rows x columns of outputs; tile_f32.cuh and tile_bf16.cuh say how a step of the inner dimension is multiplied
// memory    both operands wait in shared memory twice: while a step is multiplied from one half the next one is fetched into
//           registers and then stored into the other half, so one barrier a step is enough
// order     an output's products are added in order of the inner dimension, step by step: the same bits in every run
#pragma once
#include "prelude.cuh"

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

// N neighbouring elements of a tensor, as the arithmetic sees them.
template <int N> struct Values {
    float at[N];
};

template <int N> GB_DEVICE Values<N> zeros() {
    Values<N> values;
    GB_UNROLL
    for (int i = 0; i < N; i++) values.at[i] = 0;
    return values;
}

// Four of a tensor's elements that start on 16 bytes. What a tensor is stored as is the type of its pointer, here and below.
GB_DEVICE Values<4> load_four(const float* from) {
    float4 four = *reinterpret_cast<const float4*>(from);
    return Values<4>{{four.x, four.y, four.z, four.w}};
}

// The first `left` of N elements; the others are 0.
template <int N, class T> GB_DEVICE Values<N> load_some(const T* from, int left) {
    Values<N> values = zeros<N>();
    GB_UNROLL
    for (int i = 0; i < N; i++) {
        if (left > i) values.at[i] = from[i];
    }
    return values;
}

// N elements from a position known to hold at least one; `left` of them exist, the others are 0. `isAligned` says that every
// multiple of four of this tensor starts on 16 bytes.
template <int N, class T> GB_DEVICE Values<N> load(const T* from, int left, bool isAligned) {
    Values<N> values;
    GB_UNROLL
    for (int first = 0; first < N; first += 4) {
        Values<4> four = isAligned && left >= first + 4 ? load_four(from + first) : load_some<4>(from + first, left - first);
        GB_UNROLL
        for (int i = 0; i < 4; i++) values.at[first + i] = four.at[i];
    }
    return values;
}

GB_DEVICE void store_all(float* to, const Values<4>& values) { *reinterpret_cast<float4*>(to) = float4{values.at[0], values.at[1], values.at[2], values.at[3]}; }
GB_DEVICE void store_all(float* to, const Values<2>& values) { *reinterpret_cast<float2*>(to) = float2{values.at[0], values.at[1]}; }
GB_DEVICE void store_all(float* to, const Values<1>& values) { to[0] = values.at[0]; }

GB_DEVICE void load_all(const float* from, Values<4>& values) { values = load_four(from); }
GB_DEVICE void load_all(const float* from, Values<2>& values) {
    float2 two = *reinterpret_cast<const float2*>(from);
    values = Values<2>{{two.x, two.y}};
}

// The counterpart of store: the first `left` of N neighbours.
template <int N> GB_DEVICE Values<N> load_neighbours(const float* from, int left, bool isAligned) {
    if (!isAligned || left < N) return load_some<N>(from, left);
    Values<N> values;
    load_all(from, values);
    return values;
}

// Writes the first `left` of N elements. `isAligned` says that every multiple of N of this tensor starts on its own size.
template <int N> GB_DEVICE void store(float* to, const Values<N>& values, int left, bool isAligned) {
    if (isAligned && left >= N) {
        store_all(to, values);
        return;
    }
    GB_UNROLL
    for (int i = 0; i < N; i++) {
        if (left > i) to[i] = values.at[i];
    }
}

// What a thread fetches of an operand whose neighbours in memory follow the inner dimension: N inner elements of one row in each slot,
// 4 N of them being a step.
// Source has Row row(int index), which must accept indices past the end, and Values<N> load<N>(const Row&, int inner).
template <int Extent, int N, class Source> struct InnerSlots {
    static constexpr int kStep = 4 * N;
    static constexpr int kSlots = (Extent * 4 + kThreads - 1) / kThreads;
    typename Source::Row rows[kSlots];
    Values<N> staged[kSlots];

    GB_DEVICE static bool is_active() { return Extent * 4 >= kThreads || (int)threadIdx.x < Extent * 4; }
    GB_DEVICE static int row(int slot) { return (int)threadIdx.x / 4 + 64 * slot; }
    GB_DEVICE static int inner() { return (int)threadIdx.x % 4 * N; }

    GB_DEVICE void start(const Source& source, int first) {
        GB_UNROLL
        for (int j = 0; j < kSlots; j++) rows[j] = source.row(is_active() ? first + row(j) : kNone);
    }

    GB_DEVICE void fetch(const Source& source, int from) {
        GB_UNROLL
        for (int j = 0; j < kSlots; j++) staged[j] = source.template load<N>(rows[j], from + inner());
    }
};

// What a thread fetches of an operand whose neighbours in memory follow the rows: N rows of one inner element in each slot.
// Source has Run run(int firstRow) and Values<N> load<N>(const Run&, int inner); both must accept indices past the end.
template <int Extent, int N, class Source> struct OuterSlots {
    static constexpr int kStep = 4 * N;
    static constexpr int kRuns = Extent / N;
    static constexpr int kSlots = (Extent * 4 + kThreads - 1) / kThreads;
    typename Source::Run run;
    Values<N> staged[kSlots];

    GB_DEVICE static bool is_active() { return Extent * 4 >= kThreads || (int)threadIdx.x < Extent * 4; }
    GB_DEVICE static int row() { return (int)threadIdx.x % kRuns * N; }
    GB_DEVICE static int inner(int slot) { return (int)threadIdx.x / kRuns + kThreads / kRuns * slot; }

    GB_DEVICE void start(const Source& source, int first) { run = source.run(is_active() ? first + row() : kNone); }

    GB_DEVICE void fetch(const Source& source, int from) {
        GB_UNROLL
        for (int j = 0; j < kSlots; j++) staged[j] = source.template load<N>(run, from + inner(j));
    }
};

// Every step of the inner dimension counts.
struct EveryStep {
    template <int Step> GB_DEVICE int seek(int step) const { return step; }
};

// Adds the steps firstStep to endStep - 1 that steps.seek finds: seek<Step>(step) is the first step of so many inner elements from
// `step` on that has a product, the same for all threads. Called once in a kernel, by all threads.
template <class Sum, class RowTile, class RowSource, class ColumnTile, class ColumnSource, class Steps>
GB_DEVICE void multiply_tiles(Sum& sums, RowTile& rows, const RowSource& rowSource, ColumnTile& columns, const ColumnSource& columnSource,
                              const Steps& steps, int firstStep, int endStep) {
    constexpr int kStep = RowTile::kStep;
    GB_SHARED(typename RowTile::Element, rowTile, [2 * RowTile::kElements]);
    GB_SHARED(typename ColumnTile::Element, columnTile, [2 * ColumnTile::kElements]);
    sums.clear();
    int next = steps.template seek<kStep>(firstStep);
    int half = 0;
    for (bool isStored = false; isStored || next < endStep;) {
        bool isFetched = next < endStep;
        if (isFetched) {
            rows.fetch(rowSource, next * kStep);
            columns.fetch(columnSource, next * kStep);
            next = steps.template seek<kStep>(next + 1);
        }
        if (isStored) sums.template add_step<RowTile, ColumnTile>(rowTile + half * RowTile::kElements, columnTile + half * ColumnTile::kElements);
        half ^= 1;
        if (isFetched) {
            rows.store(rowTile + half * RowTile::kElements);
            columns.store(columnTile + half * ColumnTile::kElements);
        }
        // What was stored can be read, and what was read can be overwritten.
        __syncthreads();
        isStored = isFetched;
    }
}
