// spectral.cu: weights over their largest singular value, found by power iteration (Miyato et al. 2018), and the gradient.
//
// A weight is a matrix w [outputs][inputs], a filter's taps and channels being its inputs; u [outputs] and v [inputs] are its singular vectors.
#include "reduce.cuh"

struct SpectralProductArgs {
    const float* w;
    const float* x;
    float* y;
    int outputs;
    int inputs;
};

// y[i] = sum over o of w[o][i] x[o]. Geometry: block 256; grid ceil(inputs / 256). Cost: one read of w; bound by memory.
GB_KERNEL(spectral_columns_f32, 256, (SpectralProductArgs args)) {
    int input = (int)(blockIdx.x * 256 + threadIdx.x);
    if (input >= args.inputs) return;
    float sum = 0;
    for (int output = 0; output < args.outputs; output++) sum += args.w[output * args.inputs + input] * args.x[output];
    args.y[input] = sum;
}

// y[o] = sum over i of w[o][i] x[i]. Geometry: block 256; grid outputs. Cost: one read of w; bound by memory.
GB_KERNEL(spectral_rows_f32, 256, (SpectralProductArgs args)) {
    int output = (int)blockIdx.x;
    float sum = 0;
    for (int input = (int)threadIdx.x; input < args.inputs; input += 256) sum += args.w[output * args.inputs + input] * args.x[input];
    double total = block_sum(sum);
    if (threadIdx.x == 0) args.y[output] = (float)total;
}

struct SpectralNormalizeArgs {
    const float* x;
    float* y;
    int count;
    float epsilon;
};

// y = x / max(|x|, epsilon). Geometry: block 256; grid 1.
GB_KERNEL(spectral_normalize_f32, 256, (SpectralNormalizeArgs args)) {
    SquareSum sum;
    for (int i = (int)threadIdx.x; i < args.count; i += 256) sum.add(args.x[i]);
    float norm = (float)square_root(block_sum(sum.total()));
    float divisor = norm < args.epsilon ? args.epsilon : norm;
    for (int i = (int)threadIdx.x; i < args.count; i += 256) args.y[i] = args.x[i] / divisor;
}

struct SpectralSigmaArgs {
    const float* product;
    const float* u;
    const float* v;
    float* sigma;
    float* nextU;
    float* nextV;
    int outputs;
    int inputs;
};

// sigma = sum of product u; nextU = u and nextV = v, which may be the same memory. Geometry: block 256; grid 1.
GB_KERNEL(spectral_sigma_f32, 256, (SpectralSigmaArgs args)) {
    float sum = 0;
    for (int i = (int)threadIdx.x; i < args.outputs; i += 256) sum += args.product[i] * args.u[i];
    double total = block_sum(sum);
    if (threadIdx.x == 0) *args.sigma = (float)total;
    for (int i = (int)threadIdx.x; i < args.outputs; i += 256) args.nextU[i] = args.u[i];
    for (int i = (int)threadIdx.x; i < args.inputs; i += 256) args.nextV[i] = args.v[i];
}

struct SpectralDivideArgs {
    const float* w;
    const float* sigma;
    float* y;
    int count;
    int padding;
};

// y = w / sigma. Geometry: block 256; grid ceil(count / 256).
GB_KERNEL(spectral_divide_f32, 256, (SpectralDivideArgs args)) {
    int i = (int)(blockIdx.x * 256 + threadIdx.x);
    if (i < args.count) args.y[i] = args.w[i] / *args.sigma;
}

// products: scratch, one double an output (2 floats).
struct SpectralGradArgs {
    const float* y;
    const float* u;
    const float* v;
    const float* sigma;
    const float* gradY;
    double* products;
    float* gradW;
    int outputs;
    int inputs;
};

// products[o] = sum over i of gradY[o][i] y[o][i]. Geometry: block 256; grid outputs.
GB_KERNEL(spectral_grad_products_f32, 256, (SpectralGradArgs args)) {
    int first = (int)blockIdx.x * args.inputs;
    float sum = 0;
    for (int i = (int)threadIdx.x; i < args.inputs; i += 256) sum += args.gradY[first + i] * args.y[first + i];
    double total = block_sum(sum);
    if (threadIdx.x == 0) args.products[blockIdx.x] = total;
}

// gradW[o][i] = (gradY[o][i] - u[o] v[i] sum of products) / sigma. Geometry: block 256; grid outputs. Every block adds up the products.
GB_KERNEL(spectral_grad_f32, 256, (SpectralGradArgs args)) {
    int output = (int)blockIdx.x;
    double sum = 0;
    for (int i = (int)threadIdx.x; i < args.outputs; i += 256) sum += args.products[i];
    float factor = (float)block_sum(sum) * args.u[output];
    float sigma = *args.sigma;
    int first = output * args.inputs;
    for (int i = (int)threadIdx.x; i < args.inputs; i += 256) args.gradW[first + i] = (args.gradY[first + i] - factor * args.v[i]) / sigma;
}
