// gemm_bf16.cu: products of matrices rounded to bfloat16, on tensor cores (tile_bf16.cuh); matrices in memory, sums and bias are float32
// (gemm.cuh has maths, shapes, grids, cost and limits).
#include "gemm.cuh"
#include "tile_bf16.cuh"

GB_KERNEL(gemm_nn_bf16, GB_TILE_THREADS, (GemmArgs args)) { Gemm<TilesBf16<64, 64, 32>>::nn(args); }

GB_KERNEL(gemm_nt_bf16, GB_TILE_THREADS, (GemmArgs args)) { Gemm<TilesBf16<64, 64, 32>>::nt(args); }

GB_KERNEL(gemm_tn_bf16, GB_TILE_THREADS, (GemmArgs args)) { Gemm<TilesBf16<64, 64, 32>>::tn(args); }

GB_KERNEL(gemm_tt_bf16, GB_TILE_THREADS, (GemmArgs args)) { Gemm<TilesBf16<64, 64, 32>>::tt(args); }
