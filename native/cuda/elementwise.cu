// elementwise.cu: activations, sums and products, element by element, and their gradients.
//
// shapes    tensors of args.count elements, any shape, any layout (all operands share it)
// geometry  block 256; grid ceil(count / 1024); a thread takes four neighbours with 16-byte loads, the last one the rest
// cost      one read per operand, one write; bound by memory
// limits    count < 2^31; pointers aligned to 16 bytes; y may be the same tensor as an operand
#include "prelude.cuh"

// y = f(x). alpha is read by leaky_relu only.
struct MapArgs {
    const float* x;
    float* y;
    int count;
    float alpha;
};

// y = f(a, b). alpha is read by leaky_relu_grad only.
struct BinaryMapArgs {
    const float* a;
    const float* b;
    float* y;
    int count;
    float alpha;
};

template <class Map> GB_DEVICE void map_one(const MapArgs& args) {
    u32 i = (blockIdx.x * 256 + threadIdx.x) * 4;
    u32 count = (u32)args.count;
    if (i + 4 <= count) {
        float4 x = *reinterpret_cast<const float4*>(args.x + i);
        *reinterpret_cast<float4*>(args.y + i) =
            float4{Map::of(x.x, args.alpha), Map::of(x.y, args.alpha), Map::of(x.z, args.alpha), Map::of(x.w, args.alpha)};
    } else {
        for (; i < count; i++) args.y[i] = Map::of(args.x[i], args.alpha);
    }
}

template <class Map> GB_DEVICE void map_two(const BinaryMapArgs& args) {
    u32 i = (blockIdx.x * 256 + threadIdx.x) * 4;
    u32 count = (u32)args.count;
    if (i + 4 <= count) {
        float4 a = *reinterpret_cast<const float4*>(args.a + i);
        float4 b = *reinterpret_cast<const float4*>(args.b + i);
        *reinterpret_cast<float4*>(args.y + i) = float4{
            Map::of(a.x, b.x, args.alpha), Map::of(a.y, b.y, args.alpha), Map::of(a.z, b.z, args.alpha), Map::of(a.w, b.w, args.alpha)};
    } else {
        for (; i < count; i++) args.y[i] = Map::of(args.a[i], args.b[i], args.alpha);
    }
}

// A comparison with NaN is false, so NaN stays NaN.
struct ReluMap { GB_DEVICE static float of(float x, float) { return x < 0 ? 0 : x; } };
struct ReluGradMap { GB_DEVICE static float of(float y, float g, float) { return y > 0 ? g : 0; } };
struct LeakyReluMap { GB_DEVICE static float of(float x, float alpha) { return x < 0 ? alpha * x : x; } };
struct LeakyReluGradMap { GB_DEVICE static float of(float x, float g, float alpha) { return x > 0 ? g : alpha * g; } };
struct SigmoidMap { GB_DEVICE static float of(float x, float) { return gb_div(1, 1 + gb_exp(-x)); } };
struct SigmoidGradMap { GB_DEVICE static float of(float y, float g, float) { return g * y * (1 - y); } };
struct TanhMap { GB_DEVICE static float of(float x, float) { return gb_tanh(x); } };
struct TanhGradMap { GB_DEVICE static float of(float y, float g, float) { return g * (1 - y * y); } };
struct AddMap { GB_DEVICE static float of(float a, float b, float) { return a + b; } };
struct AddReluMap { GB_DEVICE static float of(float a, float b, float) { return ReluMap::of(a + b, 0); } };
struct MulMap { GB_DEVICE static float of(float a, float b, float) { return a * b; } };

// y = max(x, 0).
GB_KERNEL(relu_forward_f32, 256, (MapArgs args)) { map_one<ReluMap>(args); }

// gradX = gradY where y > 0, else 0; a is y, b gradY.
GB_KERNEL(relu_grad_f32, 256, (BinaryMapArgs args)) { map_two<ReluGradMap>(args); }

// y = x where x >= 0, else alpha x.
GB_KERNEL(leaky_relu_forward_f32, 256, (MapArgs args)) { map_one<LeakyReluMap>(args); }

// gradX = gradY where x > 0, else alpha gradY; a is x, b gradY.
GB_KERNEL(leaky_relu_grad_f32, 256, (BinaryMapArgs args)) { map_two<LeakyReluGradMap>(args); }

// y = 1 / (1 + exp(-x)).
GB_KERNEL(sigmoid_forward_f32, 256, (MapArgs args)) { map_one<SigmoidMap>(args); }

// gradX = gradY y (1 - y); a is y, b gradY.
GB_KERNEL(sigmoid_grad_f32, 256, (BinaryMapArgs args)) { map_two<SigmoidGradMap>(args); }

// y = tanh x.
GB_KERNEL(tanh_forward_f32, 256, (MapArgs args)) { map_one<TanhMap>(args); }

// gradX = gradY (1 - y^2); a is y, b gradY.
GB_KERNEL(tanh_grad_f32, 256, (BinaryMapArgs args)) { map_two<TanhGradMap>(args); }

// y = a + b.
GB_KERNEL(add_forward_f32, 256, (BinaryMapArgs args)) { map_two<AddMap>(args); }

// y = a b.
GB_KERNEL(mul_forward_f32, 256, (BinaryMapArgs args)) { map_two<MulMap>(args); }

// y = max(a + b, 0): the end of a residual block.
GB_KERNEL(add_relu_forward_f32, 256, (BinaryMapArgs args)) { map_two<AddReluMap>(args); }
