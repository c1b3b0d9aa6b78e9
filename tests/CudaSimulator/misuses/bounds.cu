#include "misuse.cuh"

GB_KERNEL(read_past_device_memory_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    args.output[i] = args.input[i + 1];  // misuse: out of bounds: a read of 4 bytes at offset 1024 of an allocation of 1024 bytes
}

GB_KERNEL(read_past_device_memory_right, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    args.output[i] = args.input[i ^ 63];
}

GB_KERNEL(write_past_device_memory_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    if (i <= args.n) args.output[i + 1] = args.input[i];  // misuse: out of bounds: a write of 4 bytes at offset 1024 of an allocation of 1024 bytes
}

GB_KERNEL(write_past_device_memory_right, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    if (i < args.n) args.output[i] = args.input[i ^ 63];
}

GB_KERNEL(write_before_device_memory_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    args.output[i - 1] = args.input[i];  // misuse: out of bounds: a write of 4 bytes, 4 before an allocation of 1024 bytes
}

GB_KERNEL(read_past_shared_array_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    tile[threadIdx.x] = args.input[i];
    __syncthreads();
    args.output[i] = tile[threadIdx.x + args.block];  // misuse: out of bounds: a read of 4 bytes at offset
}

GB_KERNEL(write_past_shared_array_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    tile[threadIdx.x + args.block] = args.input[i];  // misuse: out of bounds: a write of 4 bytes at offset
    __syncthreads();
    args.output[i] = tile[threadIdx.x];
}

GB_KERNEL(past_dynamic_shared_memory_wrong, 64, (MisuseArgs args)) {
    GB_DYNAMIC_SHARED(float, tile);
    int i = blockIdx.x * 64 + threadIdx.x;
    tile[threadIdx.x + args.block] = args.input[i];  // misuse: out of bounds: a write of 4 bytes at offset
}

GB_KERNEL(past_dynamic_shared_memory_right, 64, (MisuseArgs args)) {
    GB_DYNAMIC_SHARED(float, tile);
    int i = blockIdx.x * 64 + threadIdx.x;
    tile[threadIdx.x] = args.input[i];
    __syncthreads();
    args.output[i] = tile[threadIdx.x ^ 63];
}

GB_KERNEL(misaligned_vector_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    if (i < 32) args.output[i] = reinterpret_cast<const float4*>(args.input + 1)[i].x;  // misuse: misaligned: 
}

GB_KERNEL(misaligned_vector_right, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    float4 four = gb_load_cached(reinterpret_cast<const float4*>(args.input) + (i ^ 63) / 4);
    args.output[i] = (i & 3) == 3 ? four.x : (i & 3) == 2 ? four.y : (i & 3) == 1 ? four.z : four.w;
}

GB_KERNEL(wild_address_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    args.output[i] = *reinterpret_cast<const float*>(16ull + args.block);  // misuse: out of bounds: a
}

// Half a MiB of local memory would be slow on a GPU, too.
GB_KERNEL(stack_overflow_wrong, 64, (MisuseArgs args)) {  // misuse: stack overflow: a thread uses more than 64 KiB
    volatile float local[1 << 17];
    for (int k = (1 << 17) - 1; k >= 0; k--) local[k] = args.input[threadIdx.x];
    args.output[threadIdx.x] = local[args.block];
}

GB_KERNEL(too_many_shared_arrays_wrong, 64, (MisuseArgs args)) {  // misuse: too much shared memory
    GB_SHARED(float, large, [12289]);
    large[threadIdx.x] = args.input[threadIdx.x];
    args.output[threadIdx.x] = large[threadIdx.x];
}
