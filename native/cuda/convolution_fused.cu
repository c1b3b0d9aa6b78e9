// convolution_fused.cu: convolution and the gradient of its input with what follows them, in float32 (convolution_fused.cuh has maths, shapes
// and sums).
//
// tile      as in convolution.cu
// geometry  block 256
#include "convolution_fused.cuh"
#include "tile_f32.cuh"

GB_KERNEL(conv_forward_fused_n16_f32, GB_TILE_THREADS, (ConvForwardFusedArgs args)) { conv_forward_fused<TilesF32<256>>(args); }

GB_KERNEL(conv_forward_fused_n32_f32, GB_TILE_THREADS, (ConvForwardFusedArgs args)) { conv_forward_fused<TilesF32<128>>(args); }

GB_KERNEL(conv_forward_fused_n64_f32, GB_TILE_THREADS, (ConvForwardFusedArgs args)) { conv_forward_fused<TilesF32<64>>(args); }

GB_KERNEL(conv_forward_pool_n16_f32, GB_TILE_THREADS, (ConvForwardPoolArgs args)) { conv_forward_pool<TilesF32<256>>(args); }

GB_KERNEL(conv_forward_pool_n32_f32, GB_TILE_THREADS, (ConvForwardPoolArgs args)) { conv_forward_pool<TilesF32<128>>(args); }

GB_KERNEL(conv_forward_pool_n64_f32, GB_TILE_THREADS, (ConvForwardPoolArgs args)) { conv_forward_pool<TilesF32<64>>(args); }

GB_KERNEL(conv_grad_input_fused_n16_f32, GB_TILE_THREADS, (ConvGradInputFusedArgs args)) { conv_grad_input_fused<TilesF32<256>>(args); }

GB_KERNEL(conv_grad_input_fused_n32_f32, GB_TILE_THREADS, (ConvGradInputFusedArgs args)) { conv_grad_input_fused<TilesF32<128>>(args); }

GB_KERNEL(conv_grad_input_fused_n64_f32, GB_TILE_THREADS, (ConvGradInputFusedArgs args)) { conv_grad_input_fused<TilesF32<64>>(args); }
