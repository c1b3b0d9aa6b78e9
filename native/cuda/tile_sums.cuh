// tile_sums.cuh: sums over the rows of a tile of outputs for each of its columns, while they are still in registers.
//
// order     the rows of a thread, the threads of a warp that share its columns (a butterfly), the warps that do: the tile alone decides
// memory    one float for each sum, column and warp along the rows
#pragma once
#include "tile.cuh"

// values[v][j] of a thread is its part of sum v of its j-th column; every thread gets the whole sums of its columns. All threads call it.
template <class Sum, int Count> GB_DEVICE void sum_rows(float (&values)[Count][Sum::kThreadColumns]) {
    GB_SHARED(float, rowSums, [Count][Sum::kSlices][Sum::kTileColumns]);
    GB_UNROLL
    for (int v = 0; v < Count; v++) {
        GB_UNROLL
        for (int j = 0; j < Sum::kThreadColumns; j++) {
            GB_UNROLL
            for (int mask = Sum::kLaneStride; mask < 32; mask *= 2) values[v][j] += gb_shuffle_xor(values[v][j], mask);
        }
    }
    // Earlier sums may still be read.
    __syncthreads();
    if ((int)threadIdx.x % 32 < Sum::kLaneStride) {
        GB_UNROLL
        for (int v = 0; v < Count; v++) {
            GB_UNROLL
            for (int j = 0; j < Sum::kThreadColumns; j++) rowSums[v][Sum::slice()][Sum::column_at(j)] = values[v][j];
        }
    }
    __syncthreads();
    GB_UNROLL
    for (int v = 0; v < Count; v++) {
        GB_UNROLL
        for (int j = 0; j < Sum::kThreadColumns; j++) {
            float sum = 0;
            GB_UNROLL
            for (int slice = 0; slice < Sum::kSlices; slice++) sum += rowSums[v][slice][Sum::column_at(j)];
            values[v][j] = sum;
        }
    }
}

// Writes the sums of this tile's columns, of which `left` exist: sum v of column j to partial[v pitch + j]. One thread does for each column.
template <class Sum, int Count> GB_DEVICE void store_sums(const float (&values)[Count][Sum::kThreadColumns], float* partial, int pitch, int left) {
    if ((int)threadIdx.x % 32 >= Sum::kLaneStride || Sum::slice() != 0) return;
    GB_UNROLL
    for (int v = 0; v < Count; v++) {
        GB_UNROLL
        for (int j = 0; j < Sum::kThreadColumns; j++) {
            if (Sum::column_at(j) < left) partial[v * pitch + Sum::column_at(j)] = values[v][j];
        }
    }
}

// Mean and squares about it of the first `rows` rows of each column, to partial[0][column] and partial[1][column].
// The mean comes first: squares about it lose nothing where it is large.
template <class Sum> GB_DEVICE void store_moments(const Sum& sums, int rows, float* partial, int pitch, int left) {
    float mean[1][Sum::kThreadColumns];
    float moments[2][Sum::kThreadColumns];
    GB_UNROLL
    for (int j = 0; j < Sum::kThreadColumns; j++) {
        mean[0][j] = 0;
        GB_UNROLL
        for (int i = 0; i < Sum::kThreadRows; i++) mean[0][j] += Sum::row_at(i) < rows ? sums.at(i, j) : 0;
    }
    sum_rows<Sum>(mean);
    float share = gb_div(1, (float)gb_min(rows, Sum::kTileRows));
    float squares[1][Sum::kThreadColumns];
    GB_UNROLL
    for (int j = 0; j < Sum::kThreadColumns; j++) {
        moments[0][j] = mean[0][j] * share;
        squares[0][j] = 0;
        GB_UNROLL
        for (int i = 0; i < Sum::kThreadRows; i++) {
            float difference = Sum::row_at(i) < rows ? sums.at(i, j) - moments[0][j] : 0;
            squares[0][j] += difference * difference;
        }
    }
    sum_rows<Sum>(squares);
    GB_UNROLL
    for (int j = 0; j < Sum::kThreadColumns; j++) moments[1][j] = squares[0][j];
    store_sums<Sum>(moments, partial, pitch, left);
}
