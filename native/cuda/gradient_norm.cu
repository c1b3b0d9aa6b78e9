// gradient_norm.cu: the Euclidean norms of gradients, clipping of each unit by its norm, and the count of updates.
#include "reduce.cuh"

// A piece of one tensor, 4096 floats at most; x is aligned to 16 bytes.
struct NormSegment {
    const float* x;
    int count;
    int padding;
};

// segments: a table in device memory, tensor after tensor. squares: scratch, one double a segment (2 floats).
struct NormSquaresArgs {
    const NormSegment* segments;
    double* squares;
};

// starts[t] is the first segment of tensor t, starts[tensors] the number of segments.
struct NormArgs {
    const double* squares;
    const int* starts;
    float* norm;
    float* norms;
    int tensors;
    int padding;
};

// squares[s] = the sum of squares of segment s, whatever the size of its elements (SquareSum). A thread adds 16 elements of 4096.
// Geometry: block 256; grid segments. Cost: one read of the gradients; bound by memory.
GB_KERNEL(gradient_norm_squares_f32, 256, (NormSquaresArgs args)) {
    const NormSegment& segment = args.segments[blockIdx.x];
    const float* x = segment.x;
    int count = segment.count;
    SquareSum sum;
    for (int i = (int)threadIdx.x * 4; i < count; i += 1024) {
        if (i + 4 <= count) {
            float4 four = *reinterpret_cast<const float4*>(x + i);
            sum.add(four.x);
            sum.add(four.y);
            sum.add(four.z);
            sum.add(four.w);
        } else {
            for (int j = i; j < count; j++) sum.add(x[j]);
        }
    }
    double total = block_sum(sum.total());
    if (threadIdx.x == 0) args.squares[blockIdx.x] = total;
}

// norms[t] = the norm of tensor t, norm = that of all tensors: not a number or infinite if any element is.
// Geometry: block 256; grid tensors + 1: a block a tensor, and one for all.
GB_KERNEL(gradient_norm_f32, 256, (NormArgs args)) {
    int tensor = (int)blockIdx.x;
    bool isAll = tensor == args.tensors;
    int end = args.starts[isAll ? tensor : tensor + 1];
    double sum = 0;
    for (int i = (isAll ? 0 : args.starts[tensor]) + (int)threadIdx.x; i < end; i += 256) sum += args.squares[i];
    sum = block_sum(sum);
    if (threadIdx.x == 0) *(isAll ? args.norm : args.norms + tensor) = (float)square_root(sum);
}

struct AdaptiveClipArgs {
    const float* weight;
    const float* gradient;
    float* clipped;
    int perUnit;
    float limit;
};

// Adaptive gradient clipping: clipped = gradient min(1, limit max(|w|, 1e-3) / |g|) for each unit. A unit is what feeds one output; it is
// contiguous: [units][perUnit]. In place is allowed. Source: Brock, De, Smith, Simonyan 2021.
// Geometry: block 256; grid units. Cost: two reads of the gradient, one of the weight, one write.
GB_KERNEL(adaptive_clip_f32, 256, (AdaptiveClipArgs args)) {
    int first = (int)blockIdx.x * args.perUnit;
    SquareSum weight;
    SquareSum gradient;
    for (int i = (int)threadIdx.x; i < args.perUnit; i += 256) {
        weight.add(args.weight[first + i]);
        gradient.add(args.gradient[first + i]);
    }
    double weightSquares = block_sum(weight.total());
    double gradientSquares = block_sum(gradient.total());
    double largest = (double)args.limit * args.limit * (weightSquares < 1e-6 ? 1e-6 : weightSquares);
    float scale = gradientSquares > largest ? (float)square_root(largest / gradientSquares) : 1;
    for (int i = (int)threadIdx.x; i < args.perUnit; i += 256) args.clipped[first + i] = args.gradient[first + i] * scale;
}

struct StepCountArgs {
    const float* count;
    const float* norm;
    float* next;
};

// next = count + 1, or count where the norm is not finite. Geometry: block 32; grid 1; one thread works.
GB_KERNEL(step_count_f32, 32, (StepCountArgs args)) {
    if (threadIdx.x == 0) *args.next = *args.count + (gb_is_finite(*args.norm) ? 1.0f : 0.0f);
}
