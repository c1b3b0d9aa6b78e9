// convolution_bf16.cu: convolution and its gradients with operands rounded to bfloat16, on tensor cores (tile_bf16.cuh); tensors in
// memory, sums and bias are float32 (convolution_tiles.cuh has maths, shapes, grids, cost and limits).
//
// tile      the suffix is the number of columns: n16 256x16, n32 128x32, n64 64x64, n128 128x128
// geometry  block 256
#include "convolution_tiles.cuh"
#include "tile_bf16.cuh"

GB_KERNEL(conv_forward_n16_bf16, GB_TILE_THREADS, (ConvForwardArgs args)) { conv_forward<TilesBf16<256, 16, 32>>(args); }

GB_KERNEL(conv_forward_n32_bf16, GB_TILE_THREADS, (ConvForwardArgs args)) { conv_forward<TilesBf16<128, 32, 32>>(args); }

GB_KERNEL(conv_forward_n64_bf16, GB_TILE_THREADS, (ConvForwardArgs args)) { conv_forward<TilesBf16<64, 64, 32>>(args); }

GB_KERNEL(conv_forward_n128_bf16, kThreads, (ConvForwardArgs args)) { conv_forward<TilesBf16<128, 128, 64>>(args); }

GB_KERNEL(conv_grad_input_n16_bf16, GB_TILE_THREADS, (ConvGradInputArgs args)) { conv_grad_input<TilesBf16<256, 16, 32>>(args); }

GB_KERNEL(conv_grad_input_n32_bf16, GB_TILE_THREADS, (ConvGradInputArgs args)) { conv_grad_input<TilesBf16<128, 32, 32>>(args); }

GB_KERNEL(conv_grad_input_n64_bf16, GB_TILE_THREADS, (ConvGradInputArgs args)) { conv_grad_input<TilesBf16<64, 64, 32>>(args); }

GB_KERNEL(conv_grad_input_n128_bf16, kThreads, (ConvGradInputArgs args)) { conv_grad_input<TilesBf16<128, 128, 64>>(args); }

GB_KERNEL(conv_grad_weight_n16_bf16, GB_TILE_THREADS, (ConvGradWeightArgs args)) { conv_grad_weight<TilesBf16<256, 16, 32>>(args); }

GB_KERNEL(conv_grad_weight_n32_bf16, GB_TILE_THREADS, (ConvGradWeightArgs args)) { conv_grad_weight<TilesBf16<128, 32, 32>>(args); }

GB_KERNEL(conv_grad_weight_n64_bf16, GB_TILE_THREADS, (ConvGradWeightArgs args)) { conv_grad_weight<TilesBf16<64, 64, 32>>(args); }

GB_KERNEL(conv_grad_weight_n128_bf16, kThreads, (ConvGradWeightArgs args)) { conv_grad_weight<TilesBf16<128, 128, 64>>(args); }
