// optimizer.cu: clip, decay and update of all parameters in one launch, and the moving average of weights.
//
// math      as PyTorch; each kernel says its own. The gradient is first scaled by min(1, limit / (norm + 1e-6)) (clipMode 2) or held
//           between -limit and limit (clipMode 1); decay is that of the segment, 0 for tensors of rank 1. Where the norm is not finite
//           nothing changes: the device decides, nobody asks the host
// shapes    segments: a table in device memory of pieces of 4096 elements at most, each within one tensor, all pointers aligned to 16 bytes
// geometry  block 256; grid segments; a thread takes 16 elements, four at a time
// cost      reads gradient, parameter and states once and writes parameter and states; bound by memory
// norms     the kernels named ..._norms_... are those of a step that measures: each segment also leaves the sums of squares of its parameters
//           before the update and of their changes (SquareSum), which update_norms_f32 joins. The update is the same to the bit
// scalars   count [1], norm [1], learningRate [1] lie in device memory, so that a captured graph follows them
#include "reduce.cuh"

struct UpdateSegment {
    float* parameter;
    const float* gradient;
    float* first;
    float* second;
    int count;
    float decay;
};

// What every rule needs. clipMode: 0 none, 1 by value, 2 by norm. squares: two doubles a segment, not read by kernels that take no norms.
struct UpdateInputs {
    const UpdateSegment* segments;
    const float* norm;
    const float* learningRate;
    double* squares;
};

struct SgdArgs {
    UpdateInputs inputs;
    int clipMode;
    float clipLimit;
    float momentum;
    int isNesterov;
};

struct AdamPrepareArgs {
    const float* count;
    const float* learningRate;
    float* scalars;
    float beta1;
    float beta2;
};

struct AdamArgs {
    UpdateInputs inputs;
    const float* scalars;
    int clipMode;
    float clipLimit;
    float beta1;
    float beta2;
    float epsilon;
    int isDecoupled;
};

struct RmspropArgs {
    UpdateInputs inputs;
    int clipMode;
    float clipLimit;
    float alpha;
    float epsilon;
    float momentum;
    int padding;
};

// One element of a parameter and of its states.
struct UpdateElement {
    float parameter;
    float gradient;
    float first;
    float second;
};

// v <- momentum v + g (v starts at 0); w <- w - lr v, or w - lr (g + momentum v) after Nesterov.
struct SgdRule {
    static constexpr int kStates = 1;
    float decay, learningRate, momentum;
    bool isNesterov;

    GB_DEVICE SgdRule(const SgdArgs& args, float decay)
        : decay(decay), learningRate(*args.inputs.learningRate), momentum(args.momentum), isNesterov(args.isNesterov != 0) {}

    GB_DEVICE void update(UpdateElement& e) const {
        float g = e.gradient + e.parameter * decay;
        e.first = e.first * momentum + g;
        e.parameter -= (isNesterov ? g + e.first * momentum : e.first) * learningRate;
    }
};

// m <- beta1 m + (1 - beta1) g; v <- beta2 v + (1 - beta2) g^2; w <- w - step m / (sqrt(v) rootScale + epsilon). Decay is added to g, or,
// decoupled (AdamW), takes w to w (1 - lr decay) first.
struct AdamRule {
    static constexpr int kStates = 2;
    float added, kept, step, rootScale, beta1, beta2, epsilon;

    GB_DEVICE AdamRule(const AdamArgs& args, float decay)
        : added(args.isDecoupled ? 0 : decay), kept(args.isDecoupled ? gb_fma(-*args.inputs.learningRate, decay, 1) : 1), step(args.scalars[0]),
          rootScale(args.scalars[1]), beta1(args.beta1), beta2(args.beta2), epsilon(args.epsilon) {}

    GB_DEVICE void update(UpdateElement& e) const {
        float g = e.gradient + e.parameter * added;
        e.first = e.first * beta1 + g * (1 - beta1);
        e.second = e.second * beta2 + g * g * (1 - beta2);
        e.parameter = e.parameter * kept - gb_div(e.first * step, gb_sqrt(e.second) * rootScale + epsilon);
    }
};

// s <- alpha s + (1 - alpha) g^2; b <- momentum b + g / (sqrt(s) + epsilon); w <- w - lr b.
struct RmspropRule {
    static constexpr int kStates = 2;
    float decay, learningRate, alpha, epsilon, momentum;

    GB_DEVICE RmspropRule(const RmspropArgs& args, float decay)
        : decay(decay), learningRate(*args.inputs.learningRate), alpha(args.alpha), epsilon(args.epsilon), momentum(args.momentum) {}

    GB_DEVICE void update(UpdateElement& e) const {
        float g = e.gradient + e.parameter * decay;
        e.first = e.first * alpha + g * g * (1 - alpha);
        e.second = e.second * momentum + gb_div(g, gb_sqrt(e.first) + epsilon);
        e.parameter -= e.second * learningRate;
    }
};

struct ClipRule {
    float scale;
    float bound;

    GB_DEVICE ClipRule(int mode, float limit, float norm)
        : scale(mode == 2 ? gb_min(1.0f, gb_div(limit, norm + 1e-6f)) : 1), bound(mode == 1 ? limit : gb_infinity()) {}

    GB_DEVICE float of(float gradient) const { return gb_min(gb_max(gradient * scale, -bound), bound); }
};

struct NoSquares {
    static constexpr bool kAreTaken = false;

    GB_DEVICE void add(float, float) {}
    GB_DEVICE void store(double*) const {}
};

struct TakenSquares {
    static constexpr bool kAreTaken = true;
    SquareSum parameter;
    SquareSum change;

    GB_DEVICE void add(float before, float after) {
        parameter.add(before);
        change.add(after - before);
    }

    // All threads of the block call it.
    GB_DEVICE void store(double* squares) const {
        double ofParameter = block_sum(parameter.total());
        double ofChange = block_sum(change.total());
        if (threadIdx.x == 0) {
            squares[0] = ofParameter;
            squares[1] = ofChange;
        }
    }
};

template <class Rule, class Squares> GB_DEVICE void update_one(const Rule& rule, const ClipRule& clip, const UpdateSegment& s, int i, Squares& squares) {
    UpdateElement e = {s.parameter[i], clip.of(s.gradient[i]), s.first[i], Rule::kStates > 1 ? s.second[i] : 0};
    float before = e.parameter;
    rule.update(e);
    squares.add(before, e.parameter);
    s.parameter[i] = e.parameter;
    s.first[i] = e.first;
    if (Rule::kStates > 1) s.second[i] = e.second;
}

template <class Rule, class Squares> GB_DEVICE void update_four(const Rule& rule, const ClipRule& clip, const UpdateSegment& s, int i, Squares& squares) {
    float4* parameter = reinterpret_cast<float4*>(s.parameter + i);
    float4* first = reinterpret_cast<float4*>(s.first + i);
    float4* second = reinterpret_cast<float4*>(Rule::kStates > 1 ? s.second + i : s.first + i);
    float4 p = *parameter;
    float4 g = *reinterpret_cast<const float4*>(s.gradient + i);
    float4 a = *first;
    float4 b = *second;
    UpdateElement e[4] = {{p.x, clip.of(g.x), a.x, b.x}, {p.y, clip.of(g.y), a.y, b.y}, {p.z, clip.of(g.z), a.z, b.z}, {p.w, clip.of(g.w), a.w, b.w}};
    GB_UNROLL
    for (int j = 0; j < 4; j++) {
        float before = e[j].parameter;
        rule.update(e[j]);
        squares.add(before, e[j].parameter);
    }
    *parameter = float4{e[0].parameter, e[1].parameter, e[2].parameter, e[3].parameter};
    *first = float4{e[0].first, e[1].first, e[2].first, e[3].first};
    if (Rule::kStates > 1) *second = float4{e[0].second, e[1].second, e[2].second, e[3].second};
}

template <class Rule, class Squares, class Args> GB_DEVICE void update_finite(const Args& args, const UpdateSegment& segment, float norm, Squares& squares) {
    Rule rule(args, segment.decay);
    ClipRule clip(args.clipMode, args.clipLimit, norm);
    for (int i = (int)threadIdx.x * 4; i < segment.count; i += 1024) {
        if (i + 4 <= segment.count) {
            update_four(rule, clip, segment, i, squares);
        } else {
            for (int j = i; j < segment.count; j++) update_one(rule, clip, segment, j, squares);
        }
    }
}

template <class Rule, class Squares, class Args> GB_DEVICE void update_segment(const Args& args) {
    float norm = *args.inputs.norm;
    UpdateSegment segment = args.inputs.segments[blockIdx.x];
    Squares squares;
    if (gb_is_finite(norm)) {
        update_finite<Rule>(args, segment, norm, squares);
    } else if (Squares::kAreTaken) {
        for (int i = (int)threadIdx.x; i < segment.count; i += 256) squares.add(segment.parameter[i], segment.parameter[i]);
    }
    squares.store(args.inputs.squares + blockIdx.x * 2);
}

// Stochastic gradient descent; `first` is the velocity, `second` is not read.
GB_KERNEL(sgd_update_f32, 256, (SgdArgs args)) { update_segment<SgdRule, NoSquares>(args); }

// The same with norms.
GB_KERNEL(sgd_update_norms_f32, 256, (SgdArgs args)) { update_segment<SgdRule, TakenSquares>(args); }

// b^count by squaring, in double: count is a whole number.
GB_DEVICE double power(double base, float count) {
    double result = 1;
    for (u32 n = (u32)count; n != 0; n >>= 1) {
        if (n & 1) result *= base;
        base *= base;
    }
    return result;
}

// scalars [2] = learningRate / (1 - beta1^count), 1 / sqrt(1 - beta2^count): Adam's bias corrections, which every segment reads.
// Geometry: block 32; grid 1; one thread works. It goes ahead of adam_update_f32.
GB_KERNEL(adam_prepare_f32, 32, (AdamPrepareArgs args)) {
    if (threadIdx.x != 0) return;
    args.scalars[0] = (float)(*args.learningRate / (1 - power(args.beta1, *args.count)));
    args.scalars[1] = (float)(1 / square_root(1 - power(args.beta2, *args.count)));
}

// Adam and AdamW; `first` is the mean, `second` the mean square.
GB_KERNEL(adam_update_f32, 256, (AdamArgs args)) { update_segment<AdamRule, NoSquares>(args); }

// The same with norms.
GB_KERNEL(adam_update_norms_f32, 256, (AdamArgs args)) { update_segment<AdamRule, TakenSquares>(args); }

// RMSprop; `first` is the mean square, `second` the momentum buffer.
GB_KERNEL(rmsprop_update_f32, 256, (RmspropArgs args)) { update_segment<RmspropRule, NoSquares>(args); }

// The same with norms.
GB_KERNEL(rmsprop_update_norms_f32, 256, (RmspropArgs args)) { update_segment<RmspropRule, TakenSquares>(args); }

// starts[t] is the first segment of parameter t, starts[tensors] the number of segments.
struct UpdateNormsArgs {
    const double* squares;
    const int* starts;
    float* norms;
    int tensors;
    int padding;
};

// norms [2, tensors]: of each parameter before the update, and of its change. Geometry: block 256; grid tensors.
GB_KERNEL(update_norms_f32, 256, (UpdateNormsArgs args)) {
    int tensor = (int)blockIdx.x;
    double parameter = 0;
    double change = 0;
    for (int i = args.starts[tensor] + (int)threadIdx.x; i < args.starts[tensor + 1]; i += 256) {
        parameter += args.squares[i * 2];
        change += args.squares[i * 2 + 1];
    }
    parameter = block_sum(parameter);
    change = block_sum(change);
    if (threadIdx.x == 0) {
        args.norms[tensor] = (float)square_root(parameter);
        args.norms[args.tensors + tensor] = (float)square_root(change);
    }
}

// A piece of 4096 elements at most of one weight and its average.
struct AverageSegment {
    const float* value;
    float* average;
    int count;
    int padding;
};

struct EmaArgs {
    const AverageSegment* segments;
    const float* count;
    float decay;
    int padding;
};

// a <- a + (1 - d)(w - a), d = min(decay, (1 + t) / (10 + t)), t = count. Geometry: block 256; grid segments.
GB_KERNEL(ema_update_f32, 256, (EmaArgs args)) {
    const AverageSegment& segment = args.segments[blockIdx.x];
    float count = *args.count;
    float share = 1 - gb_min(args.decay, gb_div(1 + count, 10 + count));
    for (int i = (int)threadIdx.x; i < segment.count; i += 256) {
        float average = segment.average[i];
        segment.average[i] = average + (segment.value[i] - average) * share;
    }
}
