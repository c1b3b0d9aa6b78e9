// channel_sum.cu: the sum over everything but the channel, [rows, channels] -> [channels]: the gradient of a bias.
//
// order     two launches, two levels (channels.cuh); scratch chunks channels
// cost      rows channels reads; bound by memory
#include "channels.cuh"

struct ChannelSumPartialsArgs {
    const float* x;
    float* partial;
    int rows;
    int channels;
    int rowsPerChunk;
    int padding;
};

struct ChannelSumArgs {
    const float* partial;
    float* y;
    int channels;
    int chunks;
};

// partial[chunk][channel] = the sum of one chunk of rows.
// Geometry: block 256; grid chunks ceil(channels / channel_tile(channels)).
GB_KERNEL(channel_sum_partials_f32, 256, (ChannelSumPartialsArgs args)) {
    ChannelPlace place(args.channels);
    int first = place.chunk * args.rowsPerChunk;
    int end = gb_min(args.rows, first + args.rowsPerChunk);
    float sum[1] = {0};
    if (place.channel < args.channels) {
        for (int row = first + place.lane; row < end; row += place.lanes) sum[0] += args.x[row * args.channels + place.channel];
    }
    sum_lanes(place, sum);
    if (place.lane == 0 && place.channel < args.channels) args.partial[place.chunk * args.channels + place.channel] = sum[0];
}

// y[channel] = the sum of the chunks. Geometry: block 256; grid ceil(channels / 8).
GB_KERNEL(channel_sum_forward_f32, 256, (ChannelSumArgs args)) {
    FinishPlace place;
    double sum[1];
    sum_chunks(place, args.partial, args.chunks, args.channels, sum);
    if (place.lane == 0 && place.channel < args.channels) args.y[place.channel] = (float)sum[0];
}
