// normalization.cu: batch normalisation and its gradients, with the statistics of the batch or with given ones.
//
// math      y = (x - mean) / sqrt(variance + epsilon) gamma + beta for each channel
// shapes    x, y, gradients [rows, channels], which is [N, H, W, C] or [N, C]; everything else [channels]
// passes    the sums of a pass over the matrix meet in two levels (channels.cuh: rowsPerChunk, chunks, tiles); a finishing kernel turns
//           them into coefficients; a map applies the coefficients
//             training   moments, statistics, forward                     scratch 2 chunks channels + 3 channels
//             gradient   grad_sums, grad_channels, grad_input             scratch 2 chunks channels + 4 channels
//             frozen     frozen channels, forward                         scratch 3 channels
//             frozen     grad_sums, frozen grad_channels, frozen grad_input    scratch 2 chunks channels + channels
//           a fused convolution leaves the moments of its result, or the sums of its gradient, tile by tile (tile_sums.cuh): then the
//           first pass is missing. normalize_relu and normalize_add_relu do the work of the ReLU behind the map, and of the sum between
// cost      training reads x twice and writes y; the gradient reads x and gradY twice and writes gradX; bound by memory
#include "channels.cuh"
#include "reduce.cuh"

// Mean and sum of squared differences from it, of `count` values.
struct Moments {
    float count;
    float mean;
    float squares;

    // Chan, Golub and LeVeque's rule for joining two samples.
    GB_DEVICE void join(const Moments& other) {
        if (other.count == 0) return;
        float total = count + other.count;
        float share = other.count / total;
        float difference = other.mean - mean;
        squares += other.squares + difference * difference * count * share;
        mean += difference * share;
        count = total;
    }
};

struct MomentsArgs {
    const float* x;
    float* partial;
    int rows;
    int channels;
    int rowsPerChunk;
    int padding;
};

// partial[chunk][0][channel] = mean of x - x[0][channel] over one chunk, partial[chunk][1][channel] = squares about that mean.
// Taking the first row off costs no digits where the mean is large, and eight values at a time are centred before they are squared.
// Geometry: block 256; grid chunks ceil(channels / channel_tile(channels)).
GB_KERNEL(batch_normalization_moments_f32, 256, (MomentsArgs args)) {
    GB_SHARED(float, counts, [256]);
    GB_SHARED(float, means, [256]);
    GB_SHARED(float, squares, [256]);
    ChannelPlace place(args.channels);
    bool isInside = place.channel < args.channels;
    float shift = isInside ? args.x[place.channel] : 0;
    int first = place.chunk * args.rowsPerChunk;
    int end = isInside ? gb_min(args.rows, first + args.rowsPerChunk) : 0;
    Moments sum = {0, 0, 0};
    for (int row = first + place.lane; row < end; row += 8 * place.lanes) {
        float value[8];
        Moments eight = {0, 0, 0};
        GB_UNROLL
        for (int j = 0; j < 8; j++) {
            int at = row + j * place.lanes;
            value[j] = at < end ? args.x[at * args.channels + place.channel] - shift : 0;
            eight.count += at < end ? 1.0f : 0.0f;
            eight.mean += value[j];
        }
        eight.mean = eight.mean / eight.count;
        GB_UNROLL
        for (int j = 0; j < 8; j++) {
            float difference = row + j * place.lanes < end ? value[j] - eight.mean : 0;
            eight.squares += difference * difference;
        }
        sum.join(eight);
    }
    int t = (int)threadIdx.x;
    counts[t] = sum.count;
    means[t] = sum.mean;
    squares[t] = sum.squares;
    for (int half = place.lanes / 2; half > 0; half /= 2) {
        __syncthreads();
        if (place.lane < half) {
            int other = t + half * place.tile;
            sum.join(Moments{counts[other], means[other], squares[other]});
            counts[t] = sum.count;
            means[t] = sum.mean;
            squares[t] = sum.squares;
        }
    }
    if (place.lane == 0 && isInside) {
        float* partial = args.partial + place.chunk * 2 * args.channels + place.channel;
        partial[0] = sum.mean;
        partial[args.channels] = sum.squares;
    }
}

struct StatisticsArgs {
    const float* x;
    const float* partial;
    const float* gamma;
    const float* beta;
    const float* oldMean;
    const float* oldVariance;
    float* mean;
    float* inverseDeviation;
    float* nextMean;
    float* nextVariance;
    float* coefficients;
    int rows;
    int channels;
    int rowsPerChunk;
    int chunks;
    float epsilon;
    float momentum;
};

GB_DEVICE void set_statistics(const StatisticsArgs& args, int c, double mean, double squares) {
    double count = args.rows;
    // Squares that overflow leave no deviation to divide by: NaN says so, where infinity would make every value beta in silence.
    squares += squares - squares;
    double inverse = 1 / square_root(squares / count + args.epsilon);
    float rounded = (float)mean;
    args.mean[c] = rounded;
    args.inverseDeviation[c] = (float)inverse;
    float nextMean = (float)((1.0 - args.momentum) * args.oldMean[c] + args.momentum * mean);
    float nextVariance = (float)((1.0 - args.momentum) * args.oldVariance[c] + args.momentum * squares / (count - 1));
    // A step that overflows is skipped, and must not leave its mark here: no later step could wipe it out.
    bool isFinite = gb_is_finite(nextMean) && gb_is_finite(nextVariance);
    args.nextMean[c] = isFinite ? nextMean : args.oldMean[c];
    args.nextVariance[c] = isFinite ? nextVariance : args.oldVariance[c];
    double scale = args.gamma[c] * inverse;
    args.coefficients[c] = rounded;
    args.coefficients[args.channels + c] = (float)scale;
    // What the mean lost by rounding goes into the shift.
    args.coefficients[2 * args.channels + c] = (float)(args.beta[c] - (mean - rounded) * scale);
}

// mean, 1 / sqrt(variance + epsilon), the running statistics (1 - momentum) old + momentum batch with the unbiased variance, and the
// coefficients [3][channels] of the map: a, b, c of y = (x - a) b + c. The running statistics may be updated in place.
// partial is that of the moments kernel, whose means are about the first row of x, or of a convolution, whose means are as they are: then
// x is null. Means first, squares about their mean second: no chunk waits for a division of the one ahead.
// Geometry: block 256; grid ceil(channels / 8).
GB_KERNEL(batch_normalization_statistics_f32, 256, (StatisticsArgs args)) {
    FinishPlace place;
    bool isInside = place.channel < args.channels;
    double sum = 0;
    double within = 0;
    for (int chunk = place.lane; isInside && chunk < args.chunks; chunk += kFinishLanes) {
        const float* partial = args.partial + chunk * 2 * args.channels + place.channel;
        sum += (double)gb_min(args.rowsPerChunk, args.rows - chunk * args.rowsPerChunk) * partial[0];
        within += partial[args.channels];
    }
    double mean = finish_lanes(sum) / args.rows;
    double between = 0;
    for (int chunk = place.lane; isInside && chunk < args.chunks; chunk += kFinishLanes) {
        double difference = args.partial[chunk * 2 * args.channels + place.channel] - mean;
        between += (double)gb_min(args.rowsPerChunk, args.rows - chunk * args.rowsPerChunk) * difference * difference;
    }
    double squares = finish_lanes(within + between);
    if (place.lane != 0 || !isInside) return;
    set_statistics(args, place.channel, (args.x == nullptr ? 0 : args.x[place.channel]) + mean, squares);
}

struct NormalizeArgs {
    const float* x;
    const float* coefficients;
    float* y;
    int count;
    int channels;
};

// What happens to a normalised value on its way out.
struct Kept { GB_DEVICE static float of(float x) { return x; } };
// A comparison with NaN is false, so NaN stays NaN.
struct Rectified { GB_DEVICE static float of(float x) { return x < 0 ? 0 : x; } };

template <class Result> struct NormalizeMap {
    const NormalizeArgs& args;

    GB_DEVICE static float of(float x, float a, float b, float c) { return Result::of(gb_fma(x - a, b, c)); }

    GB_DEVICE void one(int i, int c) const {
        const float* k = args.coefficients + c;
        args.y[i] = of(args.x[i], k[0], k[args.channels], k[2 * args.channels]);
    }

    GB_DEVICE void four(int i, int channel) const {
        const float* k = args.coefficients + channel;
        float4 x = read4(args.x + i);
        float4 a = read4(k);
        float4 b = read4(k + args.channels);
        float4 c = read4(k + 2 * args.channels);
        write4(args.y + i, float4{of(x.x, a.x, b.x, c.x), of(x.y, a.y, b.y, c.y), of(x.z, a.z, b.z, c.z), of(x.w, a.w, b.w, c.w)});
    }
};

// y = (x - a) b + c, coefficients [3][channels] = a, b, c: subtracting first keeps the digits a large mean would cost.
// Geometry: block 256; grid ceil(count / 1024), count = rows channels.
GB_KERNEL(batch_normalization_forward_f32, 256, (NormalizeArgs args)) { map_channels(NormalizeMap<Kept>{args}, args.count, args.channels); }

// The same and max(y, 0).
GB_KERNEL(normalize_relu_forward_f32, 256, (NormalizeArgs args)) { map_channels(NormalizeMap<Rectified>{args}, args.count, args.channels); }

struct NormalizeAddArgs {
    const float* x;
    const float* skip;
    const float* coefficients;
    float* y;
    int count;
    int channels;
};

struct NormalizeAddMap {
    const NormalizeAddArgs& args;

    GB_DEVICE static float of(float x, float skip, float a, float b, float c) { return Rectified::of(gb_fma(x - a, b, c) + skip); }

    GB_DEVICE void one(int i, int c) const {
        const float* k = args.coefficients + c;
        args.y[i] = of(args.x[i], args.skip[i], k[0], k[args.channels], k[2 * args.channels]);
    }

    GB_DEVICE void four(int i, int channel) const {
        const float* k = args.coefficients + channel;
        float4 x = read4(args.x + i);
        float4 s = read4(args.skip + i);
        float4 a = read4(k);
        float4 b = read4(k + args.channels);
        float4 c = read4(k + 2 * args.channels);
        write4(args.y + i, float4{of(x.x, s.x, a.x, b.x, c.x), of(x.y, s.y, a.y, b.y, c.y), of(x.z, s.z, a.z, b.z, c.z), of(x.w, s.w, a.w, b.w, c.w)});
    }
};

// y = max((x - a) b + c + skip, 0): the end of a residual block. Geometry: as above.
GB_KERNEL(normalize_add_relu_forward_f32, 256, (NormalizeAddArgs args)) { map_channels(NormalizeAddMap{args}, args.count, args.channels); }

struct GradSumsArgs {
    const float* x;
    const float* gradY;
    const float* mean;
    float* partial;
    int rows;
    int channels;
    int rowsPerChunk;
    int padding;
};

// partial[chunk][0][channel] = sum of gradY, partial[chunk][1][channel] = sum of gradY (x - mean), over one chunk.
// Geometry: block 256; grid chunks ceil(channels / channel_tile(channels)).
GB_KERNEL(batch_normalization_grad_sums_f32, 256, (GradSumsArgs args)) {
    ChannelPlace place(args.channels);
    int first = place.chunk * args.rowsPerChunk;
    int end = gb_min(args.rows, first + args.rowsPerChunk);
    float sums[2] = {0, 0};
    if (place.channel < args.channels) {
        float mean = args.mean[place.channel];
        for (int row = first + place.lane; row < end; row += place.lanes) {
            float gradient = args.gradY[row * args.channels + place.channel];
            sums[0] += gradient;
            sums[1] += gradient * (args.x[row * args.channels + place.channel] - mean);
        }
    }
    sum_lanes(place, sums);
    if (place.lane == 0 && place.channel < args.channels) {
        float* partial = args.partial + place.chunk * 2 * args.channels + place.channel;
        partial[0] = sums[0];
        partial[args.channels] = sums[1];
    }
}

struct GradChannelsArgs {
    const float* partial;
    const float* gamma;
    const float* mean;
    const float* inverseDeviation;
    float* gradGamma;
    float* gradBeta;
    float* coefficients;
    int rows;
    int channels;
    int chunks;
    int padding;
};

// gradBeta = sum of gradY, gradGamma = sum of gradY (x - mean) s, s = 1 / sqrt(variance + epsilon), and the coefficients [4][channels]
// of the map: mean, a, b, c of gradX = gradY a + (x - mean) b + c, which is gamma s (gradY - gradBeta / n - (x - mean) s gradGamma / n).
// Geometry: block 256; grid ceil(channels / 8).
GB_KERNEL(batch_normalization_grad_channels_f32, 256, (GradChannelsArgs args)) {
    FinishPlace place;
    double sums[2];
    sum_chunks(place, args.partial, args.chunks, args.channels, sums);
    if (place.lane != 0 || place.channel >= args.channels) return;
    int c = place.channel;
    double inverse = args.inverseDeviation[c];
    double scale = args.gamma[c] * inverse;
    args.gradBeta[c] = (float)sums[0];
    args.gradGamma[c] = (float)(sums[1] * inverse);
    args.coefficients[c] = args.mean[c];
    args.coefficients[args.channels + c] = (float)scale;
    args.coefficients[2 * args.channels + c] = (float)(-scale * inverse * inverse * sums[1] / args.rows);
    args.coefficients[3 * args.channels + c] = (float)(-scale * sums[0] / args.rows);
}

struct NormalizeGradArgs {
    const float* x;
    const float* gradY;
    const float* coefficients;
    float* gradX;
    int count;
    int channels;
};

struct NormalizeGradMap {
    const NormalizeGradArgs& args;

    GB_DEVICE static float of(float x, float g, float mean, float a, float b, float c) { return gb_fma(g, a, gb_fma(x - mean, b, c)); }

    GB_DEVICE void one(int i, int c) const {
        const float* k = args.coefficients + c;
        args.gradX[i] = of(args.x[i], args.gradY[i], k[0], k[args.channels], k[2 * args.channels], k[3 * args.channels]);
    }

    GB_DEVICE void four(int i, int channel) const {
        const float* k = args.coefficients + channel;
        float4 x = read4(args.x + i);
        float4 g = read4(args.gradY + i);
        float4 m = read4(k);
        float4 a = read4(k + args.channels);
        float4 b = read4(k + 2 * args.channels);
        float4 c = read4(k + 3 * args.channels);
        write4(args.gradX + i, float4{of(x.x, g.x, m.x, a.x, b.x, c.x), of(x.y, g.y, m.y, a.y, b.y, c.y), of(x.z, g.z, m.z, a.z, b.z, c.z),
                                      of(x.w, g.w, m.w, a.w, b.w, c.w)});
    }
};

// gradX = gradY a + (x - mean) b + c. Geometry: block 256; grid ceil(count / 1024), count = rows channels.
GB_KERNEL(batch_normalization_grad_input_f32, 256, (NormalizeGradArgs args)) { map_channels(NormalizeGradMap{args}, args.count, args.channels); }
