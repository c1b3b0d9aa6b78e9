// convolution.cu: convolution and its gradients in float32 (convolution_tiles.cuh has maths, shapes, grids, cost and limits).
//
// tile      the suffix is the number of columns: n16 256x16, n32 128x32, n64 64x64
// geometry  block 256
#include "convolution_tiles.cuh"
#include "tile_f32.cuh"

GB_KERNEL(conv_forward_n16_f32, GB_TILE_THREADS, (ConvForwardArgs args)) { conv_forward<TilesF32<256>>(args); }

GB_KERNEL(conv_forward_n32_f32, GB_TILE_THREADS, (ConvForwardArgs args)) { conv_forward<TilesF32<128>>(args); }

GB_KERNEL(conv_forward_n64_f32, GB_TILE_THREADS, (ConvForwardArgs args)) { conv_forward<TilesF32<64>>(args); }

GB_KERNEL(conv_grad_input_n16_f32, GB_TILE_THREADS, (ConvGradInputArgs args)) { conv_grad_input<TilesF32<256>>(args); }

GB_KERNEL(conv_grad_input_n32_f32, GB_TILE_THREADS, (ConvGradInputArgs args)) { conv_grad_input<TilesF32<128>>(args); }

GB_KERNEL(conv_grad_input_n64_f32, GB_TILE_THREADS, (ConvGradInputArgs args)) { conv_grad_input<TilesF32<64>>(args); }

GB_KERNEL(conv_grad_weight_n16_f32, GB_TILE_THREADS, (ConvGradWeightArgs args)) { conv_grad_weight<TilesF32<256>>(args); }

GB_KERNEL(conv_grad_weight_n32_f32, GB_TILE_THREADS, (ConvGradWeightArgs args)) { conv_grad_weight<TilesF32<128>>(args); }

GB_KERNEL(conv_grad_weight_n64_f32, GB_TILE_THREADS, (ConvGradWeightArgs args)) { conv_grad_weight<TilesF32<64>>(args); }
