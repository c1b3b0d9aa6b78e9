// channels.cuh: how kernels walk a row-major [rows, channels] matrix that has a sum or a coefficient for each channel.
//
// sums      two levels. A block adds the rows of one chunk for one tile of channels (as wide as the channels, 32 at most): its
//           threads take the rows in turn and their sums meet in a tree. A finishing kernel adds the chunks. Both orders depend on
//           the shape alone.
//             rowsPerChunk = max(256, ceil(rows / 256)), chunks = ceil(rows / rowsPerChunk) <= 256
//             grid of the first level: chunks ceil(channels / channel_tile(channels)), the tiles innermost
//             grid of the finishing kernel: ceil(channels / 8), 32 threads a channel: there may be thousands of chunks, for tiles of
//             convolutions are chunks too
// maps      a thread takes four neighbouring elements
#pragma once
#include "prelude.cuh"

constexpr int kFinishLanes = 32;
constexpr int kFinishChannels = 256 / kFinishLanes;

// Channels a block takes: a power of two, 32 at most, the least that holds them all.
GB_DEVICE int channel_tile(int channels) {
    int tile = 1;
    while (tile < 32 && tile < channels) tile *= 2;
    return tile;
}

// Where one thread of the first level stands.
struct ChannelPlace {
    int tile;
    int lanes;
    int lane;
    int channel;
    int chunk;

    GB_DEVICE explicit ChannelPlace(int channels) {
        tile = channel_tile(channels);
        int tiles = (channels + tile - 1) / tile;
        lanes = 256 / tile;
        lane = (int)threadIdx.x / tile;
        channel = (int)blockIdx.x % tiles * tile + (int)threadIdx.x % tile;
        chunk = (int)blockIdx.x / tiles;
    }
};

// Where one thread of a finishing kernel stands: lane of 32, channel of eight.
struct FinishPlace {
    int lane = (int)threadIdx.x / kFinishChannels;
    int channel = (int)blockIdx.x * kFinishChannels + (int)threadIdx.x % kFinishChannels;
};

// The sum of `value` over the lanes of each channel, in every thread. All threads call it.
GB_DEVICE double finish_lanes(double value) {
    GB_SHARED(double, finishSums, [256]);
    // An earlier sum may still be read.
    __syncthreads();
    finishSums[threadIdx.x] = value;
    __syncthreads();
    double sum = 0;
    for (int lane = 0; lane < kFinishLanes; lane++) sum += finishSums[lane * kFinishChannels + threadIdx.x % kFinishChannels];
    return sum;
}

// The sums of `values` over the lanes of each channel of the tile, in the threads of lane 0. All threads call it.
template <int Values> GB_DEVICE void sum_lanes(const ChannelPlace& place, float (&values)[Values]) {
    GB_SHARED(float, laneSums, [Values][256]);
    int t = (int)threadIdx.x;
    GB_UNROLL
    for (int i = 0; i < Values; i++) laneSums[i][t] = values[i];
    for (int half = place.lanes / 2; half > 0; half /= 2) {
        __syncthreads();
        if (place.lane < half) {
            GB_UNROLL
            for (int i = 0; i < Values; i++) laneSums[i][t] += laneSums[i][t + half * place.tile];
        }
    }
    GB_UNROLL
    for (int i = 0; i < Values; i++) values[i] = laneSums[i][t];
}

// The sums of partial [chunks][Values][channels] over the chunks, in every thread. All threads call it.
template <int Values> GB_DEVICE void sum_chunks(const FinishPlace& place, const float* partial, int chunks, int channels, double (&values)[Values]) {
    GB_UNROLL
    for (int i = 0; i < Values; i++) {
        double sum = 0;
        if (place.channel < channels) {
            for (int chunk = place.lane; chunk < chunks; chunk += kFinishLanes) sum += partial[(chunk * Values + i) * channels + place.channel];
        }
        values[i] = finish_lanes(sum);
    }
}

// y[i] = f(i, channel of i) for four neighbours of each thread: map.four(i, c) where the channels are a multiple of four, else map.one(i, c).
template <class Map> GB_DEVICE void map_channels(const Map& map, int count, int channels) {
    u32 i = (blockIdx.x * 256 + threadIdx.x) * 4;
    if (i >= (u32)count) return;
    int c = (int)(i % (u32)channels);
    if (channels % 4 == 0) {
        map.four((int)i, c);
        return;
    }
    for (int j = 0; j < 4 && (int)i + j < count; j++) {
        map.one((int)i + j, c);
        if (++c == channels) c = 0;
    }
}

GB_DEVICE float4 read4(const float* from) { return *reinterpret_cast<const float4*>(from); }

GB_DEVICE void write4(float* to, float4 value) { *reinterpret_cast<float4*>(to) = value; }
