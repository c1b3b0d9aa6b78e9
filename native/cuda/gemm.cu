// gemm.cu: products of matrices in float32 (gemm.cuh has maths, shapes, grids, cost and limits), and the sums of split products.
#include "gemm.cuh"
#include "tile_f32.cuh"

struct SplitSumArgs {
    const float* partial;
    const float* bias;
    float* y;
    int count;
    int splits;
    int columns;
    int padding;
};

GB_KERNEL(gemm_nn_f32, GB_TILE_THREADS, (GemmArgs args)) { Gemm<TilesF32<64>>::nn(args); }

GB_KERNEL(gemm_nt_f32, GB_TILE_THREADS, (GemmArgs args)) { Gemm<TilesF32<64>>::nt(args); }

GB_KERNEL(gemm_tn_f32, GB_TILE_THREADS, (GemmArgs args)) { Gemm<TilesF32<64>>::tn(args); }

GB_KERNEL(gemm_tt_f32, GB_TILE_THREADS, (GemmArgs args)) { Gemm<TilesF32<64>>::tt(args); }

// y[i] = partial[0][i] + partial[1][i] + ... + bias[i mod columns], in that order; partial [splits][count], bias may be null.
// For Gemm count = rows columns; weight gradients of convolutions end here too. Geometry: block 256; grid ceil(count / 256).
GB_KERNEL(split_sum_f32, 256, (SplitSumArgs args)) {
    int i = (int)(blockIdx.x * 256 + threadIdx.x);
    if (i >= args.count) return;
    float sum = 0;
    for (int split = 0; split < args.splits; split++) sum += args.partial[split * args.count + i];
    args.y[i] = args.bias == nullptr ? sum : sum + args.bias[i % args.columns];
}
