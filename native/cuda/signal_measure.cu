// signal_measure.cu: a tensor in six numbers: RMS, largest magnitude, share of zeros, share beyond 0.97 in magnitude, share of dead
// channels, number of elements that are not finite.
//
// math      magnitudes are compared as the integers their bits are: in the order of the numbers, infinity and NaN behind them. An infinite
//           element makes RMS and largest magnitude infinite, NaN makes them NaN. A channel is dead where it is 0 in every row
// shapes    x [rows, channels], a unit being a channel; scratch: magnitudes chunks channels, squares a double and counts three integers a block
// geometry  two launches, two levels (channels.cuh)
// cost      one read of x; bound by memory
#include "channels.cuh"
#include "reduce.cuh"

struct SignalMeasureChunksArgs {
    const float* x;
    u32* magnitudes;
    double* squares;
    u32* counts;
    int rows;
    int channels;
    int rowsPerChunk;
    int padding;
};

// blocks: those of the first launch.
struct SignalMeasureArgs {
    const u32* magnitudes;
    const double* squares;
    const u32* counts;
    float* y;
    int rows;
    int channels;
    int chunks;
    int blocks;
};

constexpr u32 kMagnitude = 0x7FFFFFFFu;
constexpr u32 kInfinity = 0x7F800000u;
constexpr float kSaturatedFrom = 0.97f;

GB_DEVICE u32 largest(u32 a, u32 b) { return a > b ? a : b; }

// The largest magnitude of each channel of the tile, in the threads of lane 0. All threads call it.
GB_DEVICE u32 largest_of_lanes(u32 magnitude, int tile) {
    GB_SHARED(u32, laneMagnitudes, [256]);
    int t = (int)threadIdx.x;
    // An earlier maximum may still be read.
    __syncthreads();
    laneMagnitudes[t] = magnitude;
    for (int half = 128; half >= tile; half >>= 1) {
        __syncthreads();
        if (t < half) laneMagnitudes[t] = largest(laneMagnitudes[t], laneMagnitudes[t + half]);
    }
    return laneMagnitudes[t];
}

// The sums of three counts over the block, in thread 0. All threads call it.
GB_DEVICE void sum_counts(u32 (&counts)[3]) {
    GB_SHARED(u32, blockCounts, [3][256]);
    int t = (int)threadIdx.x;
    // An earlier sum may still be read.
    __syncthreads();
    GB_UNROLL
    for (int i = 0; i < 3; i++) blockCounts[i][t] = counts[i];
    for (int half = 128; half > 0; half >>= 1) {
        __syncthreads();
        if (t < half) {
            GB_UNROLL
            for (int i = 0; i < 3; i++) blockCounts[i][t] += blockCounts[i][t + half];
        }
    }
    GB_UNROLL
    for (int i = 0; i < 3; i++) counts[i] = blockCounts[i][t];
}

// magnitudes[chunk][channel] = the largest of one chunk of rows; squares[block] and counts[block] = zeros, saturated and not finite
// elements of its tile of channels. Geometry: block 256; grid chunks ceil(channels / channel_tile(channels)).
GB_KERNEL(signal_measure_chunks_f32, 256, (SignalMeasureChunksArgs args)) {
    ChannelPlace place(args.channels);
    int first = place.chunk * args.rowsPerChunk;
    int end = gb_min(args.rows, first + args.rowsPerChunk);
    u32 saturatedFrom = gb_float_bits(kSaturatedFrom);
    SquareSum squares;
    u32 magnitude = 0;
    u32 counts[3] = {0, 0, 0};
    if (place.channel < args.channels) {
        for (int row = first + place.lane; row < end; row += place.lanes) {
            float x = args.x[row * args.channels + place.channel];
            u32 bits = gb_float_bits(x) & kMagnitude;
            squares.add(x);
            magnitude = largest(magnitude, bits);
            counts[0] += bits == 0;
            counts[1] += bits > saturatedFrom;
            counts[2] += bits >= kInfinity;
        }
    }
    magnitude = largest_of_lanes(magnitude, place.tile);
    if (place.lane == 0 && place.channel < args.channels) args.magnitudes[place.chunk * args.channels + place.channel] = magnitude;
    double total = block_sum(squares.total());
    sum_counts(counts);
    if (threadIdx.x == 0) {
        args.squares[blockIdx.x] = total;
        GB_UNROLL
        for (int i = 0; i < 3; i++) args.counts[blockIdx.x * 3 + i] = counts[i];
    }
}

// y [6] from what the blocks found. A tile of channels at a time, a lane for every so many chunks. Geometry: block 256; grid 1.
GB_KERNEL(signal_measure_f32, 256, (SignalMeasureArgs args)) {
    int t = (int)threadIdx.x;
    int tile = channel_tile(args.channels);
    u32 magnitude = 0;
    u32 dead = 0;
    for (int tileStart = 0; tileStart < args.channels; tileStart += tile) {
        int channel = tileStart + t % tile;
        u32 ofChannel = 0;
        if (channel < args.channels) {
            for (int chunk = t / tile; chunk < args.chunks; chunk += 256 / tile) ofChannel = largest(ofChannel, args.magnitudes[chunk * args.channels + channel]);
        }
        ofChannel = largest_of_lanes(ofChannel, tile);
        magnitude = largest(magnitude, ofChannel);
        dead += t < tile && channel < args.channels && ofChannel == 0;
    }
    // Behind lane 0 stand maxima of fewer chunks, which change nothing.
    magnitude = largest_of_lanes(magnitude, 1);
    u32 deadCounts[3] = {dead, 0, 0};
    sum_counts(deadCounts);
    double squares = 0;
    u32 counts[3] = {0, 0, 0};
    for (int i = t; i < args.blocks; i += 256) {
        squares += args.squares[i];
        GB_UNROLL
        for (int j = 0; j < 3; j++) counts[j] += args.counts[i * 3 + j];
    }
    squares = block_sum(squares);
    sum_counts(counts);
    if (t != 0) return;
    double elements = (double)args.rows * args.channels;
    args.y[0] = (float)square_root(squares / elements);
    args.y[1] = gb_bits_float(magnitude);
    args.y[2] = (float)(counts[0] / elements);
    args.y[3] = (float)(counts[1] / elements);
    args.y[4] = gb_div((float)deadCounts[0], (float)args.channels);
    args.y[5] = (float)counts[2];
}
