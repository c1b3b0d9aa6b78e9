// reshape.cu: flattening and padding.
#include "prelude.cuh"

struct TransposeImagesArgs {
    const float* x;
    float* y;
    int images;
    int rows;
    int columns;
    int padding;
};

// y[n, column, row] = x[n, row, column]. Flatten: rows = H W, columns = C, from storage order H, W, C to C, H, W; its gradient: rows = C,
// columns = H W. A block turns a tile of 32x32 in shared memory, whose rows are 33 apart so that columns meet no bank twice.
// Geometry: block 256; grid images ceil(rows / 32) ceil(columns / 32), the columns' tiles innermost. Cost: one read, one write.
GB_KERNEL(flatten_forward_f32, 256, (TransposeImagesArgs args)) {
    GB_SHARED(float, tile, [32][33]);
    int columnTiles = (args.columns + 31) / 32;
    int rowTiles = (args.rows + 31) / 32;
    int firstColumn = (int)blockIdx.x % columnTiles * 32;
    int firstRow = (int)blockIdx.x / columnTiles % rowTiles * 32;
    int image = (int)blockIdx.x / columnTiles / rowTiles * args.rows * args.columns;
    int lane = (int)threadIdx.x % 32;
    for (int i = (int)threadIdx.x / 32; i < 32; i += 8) {
        int row = firstRow + i;
        int column = firstColumn + lane;
        if (row < args.rows && column < args.columns) tile[i][lane] = args.x[image + row * args.columns + column];
    }
    __syncthreads();
    for (int i = (int)threadIdx.x / 32; i < 32; i += 8) {
        int row = firstRow + lane;
        int column = firstColumn + i;
        if (row < args.rows && column < args.columns) args.y[image + column * args.rows + row] = tile[lane][i];
    }
}

// A smaller image [N, h, w, c] in a larger one [N, outerH, outerW, outerC], at row top, column left, channel before.
struct PadArgs {
    const float* x;
    float* y;
    int n, c, h, w;
    int outerC, outerH, outerW;
    int top, left, before;
};

// y [N, outerH, outerW, outerC] = x [N, h, w, c] with zeros around it. A thread forms one element of y.
// Geometry: block 256; grid ceil(N outerH outerW outerC / 256).
GB_KERNEL(pad_forward_f32, 256, (PadArgs args)) {
    u32 i = blockIdx.x * 256 + threadIdx.x;
    if (i >= (u32)(args.n * args.outerH * args.outerW * args.outerC)) return;
    int pixel = (int)i / args.outerC;
    int c = (int)i % args.outerC - args.before;
    int w = pixel % args.outerW - args.left;
    int h = pixel / args.outerW % args.outerH - args.top;
    int n = pixel / args.outerW / args.outerH;
    bool isInside = (u32)c < (u32)args.c && (u32)w < (u32)args.w && (u32)h < (u32)args.h;
    args.y[i] = isInside ? args.x[((n * args.h + h) * args.w + w) * args.c + c] : 0;
}

// y [N, h, w, c] = the part of x [N, outerH, outerW, outerC] that pad_forward filled. A thread copies one element of y.
// Geometry: block 256; grid ceil(N h w c / 256).
GB_KERNEL(pad_grad_f32, 256, (PadArgs args)) {
    u32 i = blockIdx.x * 256 + threadIdx.x;
    if (i >= (u32)(args.n * args.h * args.w * args.c)) return;
    int pixel = (int)i / args.c;
    int c = (int)i % args.c + args.before;
    int w = pixel % args.w + args.left;
    int h = pixel / args.w % args.h + args.top;
    int n = pixel / args.w / args.h;
    args.y[i] = args.x[((n * args.outerH + h) * args.outerW + w) * args.outerC + c];
}
