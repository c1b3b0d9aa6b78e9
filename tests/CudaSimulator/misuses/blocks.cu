#include "misuse.cuh"

GB_KERNEL(two_blocks_write_wrong, 64, (MisuseArgs args)) {
    args.output[threadIdx.x] = args.input[blockIdx.x * 64 + threadIdx.x];  // misuse: race between blocks: a write of device memory that block
}

GB_KERNEL(read_of_other_block_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    args.workspace[i] = args.input[i];  // misuse: race between blocks: a write of device memory that block
    __syncthreads();
    args.output[i] = args.workspace[(i + 64) % args.n];  // misuse: race between blocks: a read of device memory that block
}

// Every block mirrors its part into the workspace; the last one to draw a ticket copies it all.
template <bool Fenced, bool Coherent> GB_DEVICE void last_block_copies(const MisuseArgs& args) {
    GB_SHARED(u32, ticket, [1]);
    int i = blockIdx.x * 64 + threadIdx.x;
    args.workspace[i] = args.input[i ^ 63];
    if (Fenced) gb_fence();
    __syncthreads();
    if (threadIdx.x == 0) ticket[0] = gb_ticket(args.counter, gridDim.x - 1);
    __syncthreads();
    if (ticket[0] != gridDim.x - 1) return;
    gb_fence();
    for (int j = threadIdx.x; j < args.n; j += 64) {
        if (Coherent) args.output[j] = gb_load_global(args.workspace + j);  // misuse (ticket_without_fence_wrong): race between blocks: a read of device memory that block
        else args.output[j] = args.workspace[j];  // misuse (ticket_with_plain_load_wrong): stale read: block
    }
}

GB_KERNEL(ticket_without_fence_wrong, 64, (MisuseArgs args)) { last_block_copies<false, true>(args); }
GB_KERNEL(ticket_with_plain_load_wrong, 64, (MisuseArgs args)) { last_block_copies<true, false>(args); }
GB_KERNEL(ticket_right, 64, (MisuseArgs args)) { last_block_copies<true, true>(args); }

GB_KERNEL(wait_for_other_block_wrong, 64, (MisuseArgs args)) {
    if (threadIdx.x == 0) gb_ticket(args.counter, 100);
    int* drawn = reinterpret_cast<int*>(args.counter);
    while (gb_load_global(drawn) < (int)gridDim.x) {}  // misuse: endless: a thread read one address
    args.output[blockIdx.x * 64 + threadIdx.x] = args.input[blockIdx.x * 64 + threadIdx.x];
}

GB_KERNEL(uninitialised_shared_memory_wrong, 64, (MisuseArgs args)) {
    GB_SHARED(float, tile, [64]);
    int i = blockIdx.x * 64 + threadIdx.x;
    if (threadIdx.x < 60) tile[threadIdx.x] = args.input[i];
    __syncthreads();
    args.output[i] = tile[threadIdx.x ^ 63];  // misuse: uninitialised: a read of tile, which nobody wrote
}

GB_KERNEL(uninitialised_device_memory_wrong, 64, (MisuseArgs args)) {
    int i = blockIdx.x * 64 + threadIdx.x;
    args.output[i] = args.workspace[i];  // misuse: uninitialised: a read of device memory at offset
}

GB_KERNEL(matrix_row_outside_wrong, 32, (MisuseArgs args)) {
    GB_SHARED(u16, tile, [8][8]);
    tile[threadIdx.x / 4][threadIdx.x % 4 * 2] = 0;
    tile[threadIdx.x / 4][threadIdx.x % 4 * 2 + 1] = 0;
    __syncthreads();
    u32 fragments[4];
    gb_ldmatrix_x4(fragments, tile[threadIdx.x]);  // misuse: out of bounds: the row of an ldmatrix lies outside
    args.output[threadIdx.x] = (float)fragments[0];
}
