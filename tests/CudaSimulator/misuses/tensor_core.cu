#include "misuse.cuh"

// D = A B for one tile: A 16x16 and B 16x8, both bf16 in shared memory, by ldmatrix and mma.
GB_KERNEL(tile_product_right, 32, (MisuseArgs args)) {
    GB_SHARED(u32, a, [16][8]);
    GB_SHARED(u32, b, [16][4]);
    int lane = threadIdx.x;
    for (int k = lane; k < 128; k += 32) a[k / 8][k % 8] = gb_pack_bf16(args.input[2 * k], args.input[2 * k + 1]);
    for (int k = lane; k < 64; k += 32) b[k / 4][k % 4] = gb_pack_bf16(args.workspace[2 * k], args.workspace[2 * k + 1]);
    __syncthreads();
    u32 left[4], right[2];
    gb_ldmatrix_x4(left, &a[lane % 16][lane / 16 * 4]);
    gb_ldmatrix_x2_trans(right, b[lane % 16]);
    float d[4] = {0, 0, 0, 0};
    gb_mma_bf16(d, left, right);
    for (int part = 0; part < 4; part++) args.output[(lane / 4 + part / 2 * 8) * 8 + lane % 4 * 2 + part % 2] = d[part];
}

// Columns of a 32x32 tile: 32-way conflicts without padding, none with a 33rd column.
template <int Pitch> GB_DEVICE void read_column(const MisuseArgs& args) {
    GB_SHARED(float, tile, [32][Pitch]);
    for (int row = 0; row < 32; row++) tile[row][threadIdx.x] = args.input[threadIdx.x];
    __syncthreads();
    args.output[threadIdx.x] = tile[threadIdx.x][5];
}

GB_KERNEL(column_without_padding_right, 32, (MisuseArgs args)) { read_column<32>(args); }
GB_KERNEL(column_with_padding_right, 32, (MisuseArgs args)) { read_column<33>(args); }
