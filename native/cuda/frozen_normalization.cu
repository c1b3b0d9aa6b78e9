// frozen_normalization.cu: batch normalisation with given statistics, which its gradient takes for constants.
//
// The order of launches, the shapes and the scratch stand in normalization.cu, whose moments, sums and map are used here too.
#include "channels.cuh"
#include "reduce.cuh"

struct FrozenChannelsArgs {
    const float* gamma;
    const float* beta;
    const float* mean;
    const float* variance;
    float* coefficients;
    int channels;
    float epsilon;
};

// Coefficients [3][channels] of batch_normalization_forward_f32: mean, gamma / sqrt(variance + epsilon), beta.
// Geometry: block 256; grid ceil(channels / 256).
GB_KERNEL(frozen_batch_normalization_channels_f32, 256, (FrozenChannelsArgs args)) {
    int c = (int)(blockIdx.x * 256 + threadIdx.x);
    if (c >= args.channels) return;
    args.coefficients[c] = args.mean[c];
    args.coefficients[args.channels + c] = (float)(args.gamma[c] / square_root((double)args.variance[c] + args.epsilon));
    args.coefficients[2 * args.channels + c] = args.beta[c];
}

struct FrozenGradChannelsArgs {
    const float* partial;
    const float* gamma;
    const float* variance;
    float* gradGamma;
    float* gradBeta;
    float* coefficients;
    int channels;
    int chunks;
    float epsilon;
    int padding;
};

// gradBeta = sum of gradY, gradGamma = sum of gradY (x - mean) s, coefficients [channels] = gamma s, s = 1 / sqrt(variance + epsilon);
// partial comes from batch_normalization_grad_sums_f32. Geometry: block 256; grid ceil(channels / 8).
GB_KERNEL(frozen_batch_normalization_grad_channels_f32, 256, (FrozenGradChannelsArgs args)) {
    FinishPlace place;
    double sums[2];
    sum_chunks(place, args.partial, args.chunks, args.channels, sums);
    if (place.lane != 0 || place.channel >= args.channels) return;
    int c = place.channel;
    double inverse = 1 / square_root((double)args.variance[c] + args.epsilon);
    args.gradBeta[c] = (float)sums[0];
    args.gradGamma[c] = (float)(sums[1] * inverse);
    args.coefficients[c] = (float)(args.gamma[c] * inverse);
}

struct FrozenGradInputArgs {
    const float* gradY;
    const float* coefficients;
    float* gradX;
    int count;
    int channels;
};

struct FrozenGradMap {
    const FrozenGradInputArgs& args;

    GB_DEVICE void one(int i, int c) const { args.gradX[i] = args.gradY[i] * args.coefficients[c]; }

    GB_DEVICE void four(int i, int c) const {
        float4 g = read4(args.gradY + i);
        float4 k = read4(args.coefficients + c);
        write4(args.gradX + i, float4{g.x * k.x, g.y * k.y, g.z * k.z, g.w * k.w});
    }
};

// gradX = gradY coefficient. Geometry: block 256; grid ceil(count / 1024), count = rows channels.
GB_KERNEL(frozen_batch_normalization_grad_input_f32, 256, (FrozenGradInputArgs args)) { map_channels(FrozenGradMap{args}, args.count, args.channels); }
