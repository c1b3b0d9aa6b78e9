// convolution_fused_bf16.cu: convolution and the gradient of its input with what follows them, operands rounded to bfloat16 (convolution_fused.cuh has maths, shapes
// and sums).
//
// tile      as in convolution_bf16.cu
// geometry  block 256
#include "convolution_fused.cuh"
#include "tile_bf16.cuh"

GB_KERNEL(conv_forward_fused_n16_bf16, GB_TILE_THREADS, (ConvForwardFusedArgs args)) { conv_forward_fused<TilesBf16<256, 16, 32>>(args); }

GB_KERNEL(conv_forward_fused_n32_bf16, GB_TILE_THREADS, (ConvForwardFusedArgs args)) { conv_forward_fused<TilesBf16<128, 32, 32>>(args); }

GB_KERNEL(conv_forward_fused_n64_bf16, GB_TILE_THREADS, (ConvForwardFusedArgs args)) { conv_forward_fused<TilesBf16<64, 64, 32>>(args); }

GB_KERNEL(conv_forward_fused_n128_bf16, kThreads, (ConvForwardFusedArgs args)) { conv_forward_fused<TilesBf16<128, 128, 64>>(args); }

GB_KERNEL(conv_forward_pool_n16_bf16, GB_TILE_THREADS, (ConvForwardPoolArgs args)) { conv_forward_pool<TilesBf16<256, 16, 32>>(args); }

GB_KERNEL(conv_forward_pool_n32_bf16, GB_TILE_THREADS, (ConvForwardPoolArgs args)) { conv_forward_pool<TilesBf16<128, 32, 32>>(args); }

GB_KERNEL(conv_forward_pool_n64_bf16, GB_TILE_THREADS, (ConvForwardPoolArgs args)) { conv_forward_pool<TilesBf16<64, 64, 32>>(args); }

GB_KERNEL(conv_forward_pool_n128_bf16, kThreads, (ConvForwardPoolArgs args)) { conv_forward_pool<TilesBf16<128, 128, 64>>(args); }

GB_KERNEL(conv_grad_input_fused_n16_bf16, GB_TILE_THREADS, (ConvGradInputFusedArgs args)) { conv_grad_input_fused<TilesBf16<256, 16, 32>>(args); }

GB_KERNEL(conv_grad_input_fused_n32_bf16, GB_TILE_THREADS, (ConvGradInputFusedArgs args)) { conv_grad_input_fused<TilesBf16<128, 32, 32>>(args); }

GB_KERNEL(conv_grad_input_fused_n64_bf16, GB_TILE_THREADS, (ConvGradInputFusedArgs args)) { conv_grad_input_fused<TilesBf16<64, 64, 32>>(args); }

GB_KERNEL(conv_grad_input_fused_n128_bf16, kThreads, (ConvGradInputFusedArgs args)) { conv_grad_input_fused<TilesBf16<128, 128, 64>>(args); }
