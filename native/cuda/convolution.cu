// convolution.cu: two-dimensional convolution and its gradients as products of tiles (implicit GEMM): no patch matrix is stored.
//
// math      y = w * x + bias; gradX = w^T * gradY; gradW = gradY * x (convolution.cuh has the formula)
// shapes    x, gradX [N, H, W, C]; y, gradY [N, P, Q, M]; w, gradW [M, R, S, C / groups]; bias [M] or null. Any stride, padding,
//           dilation and groups; where a group has few channels the kernels of convolution_direct.cu do less work
// tile      the suffix is the number of columns: n16 256x16, n32 128x32, n64 64x64. Rows and columns are
//             forward      pixels of y       x output channels of a group        inner: r, s, c
//             grad_input   pixels of x       x input channels of a group         inner: r, s, m
//             grad_weight  r, s, c           x output channels of a group        inner: pixels of y
// geometry  block 256; grid: see each kernel
// cost      2 N P Q M (C / groups) R S FLOP each (grad_input skips the taps a stride leaves out)
// limits    fewer than 2^31 elements in each tensor, the scratch included
#include "convolution.cuh"

template <int TileRows> GB_DEVICE void conv_forward(const ConvForwardArgs& args) {
    const ConvGeometry& g = args.g;
    TileSum<TileRows> sums;
    int filters = g.m / g.groups;
    int channels = g.c / g.groups;
    int inner = g.r * g.s * channels;
    int pixels = g.n * g.p * g.q;
    int columnTiles = (filters + sums.kColumns - 1) / sums.kColumns;
    int rowTiles = (pixels + TileRows - 1) / TileRows;
    int firstColumn = (int)blockIdx.x % columnTiles * sums.kColumns;
    int firstRow = (int)blockIdx.x / columnTiles % rowTiles * TileRows;
    int group = (int)blockIdx.x / columnTiles / rowTiles;
    ImagePatches patches{args.x, g, group * channels, channels};
    FilterRows filterRows{args.w + group * filters * inner, filters, inner};
    InnerTile<TileRows, ImagePatches> rows;
    InnerTile<4096 / TileRows, FilterRows> columns;
    rows.start(patches, firstRow);
    columns.start(filterRows, firstColumn);
    multiply_tiles(sums, rows, patches, columns, filterRows, EveryStep{}, 0, (inner + kStep - 1) / kStep);
    int column = firstColumn + sums.column();
    int left = filters - column;
    int first = group * filters + column;
    float4 bias = args.bias != nullptr && left > 0 ? load4(args.bias + first, left, false) : zero4();
    GB_UNROLL
    for (int i = 0; i < 4; i++) {
        int pixel = firstRow + sums.row() + i;
        if (pixel < pixels) {
            float4 value = {sums.sum[i][0] + bias.x, sums.sum[i][1] + bias.y, sums.sum[i][2] + bias.z, sums.sum[i][3] + bias.w};
            store4(args.y + pixel * g.m + first, value, left, filters % 4 == 0);
        }
    }
}

// Grid ceil(N P Q / rows of the tile) ceil((M / groups) / columns of the tile) groups; columns' tiles innermost, groups outermost.
GB_KERNEL(conv_forward_n16_f32, GB_TILE_THREADS, (ConvForwardArgs args)) { conv_forward<256>(args); }

GB_KERNEL(conv_forward_n32_f32, GB_TILE_THREADS, (ConvForwardArgs args)) { conv_forward<128>(args); }

GB_KERNEL(conv_forward_n64_f32, GB_TILE_THREADS, (ConvForwardArgs args)) { conv_forward<64>(args); }

template <int TileRows> GB_DEVICE void conv_grad_input(const ConvGradInputArgs& args) {
    const ConvGeometry& g = args.g;
    TileSum<TileRows> sums;
    int filters = g.m / g.groups;
    int channels = g.c / g.groups;
    int taps = g.r * g.s;
    int mostPixels = g.n * ((g.h + g.strideH - 1) / g.strideH) * ((g.w + g.strideW - 1) / g.strideW);
    int columnTiles = (channels + sums.kColumns - 1) / sums.kColumns;
    int rowTiles = (mostPixels + TileRows - 1) / TileRows;
    int firstColumn = (int)blockIdx.x % columnTiles * sums.kColumns;
    int firstRow = (int)blockIdx.x / columnTiles % rowTiles * TileRows;
    int rest = (int)blockIdx.x / columnTiles / rowTiles;
    int phaseH = rest % g.strideH;
    int phaseW = rest / g.strideH % g.strideW;
    int group = rest / g.strideH / g.strideW;
    GradientPatches patches{args.gradY, g, group * filters, filters, phaseH, phaseW};
    FilterChannels filterChannels{args.w + group * filters * taps * channels, channels, filters, taps};
    InnerTile<TileRows, GradientPatches> rows;
    OuterTile<4096 / TileRows, FilterChannels> columns;
    rows.start(patches, firstRow);
    columns.start(filterChannels, firstColumn);
    multiply_tiles(sums, rows, patches, columns, filterChannels, patches, 0, (taps * filters + kStep - 1) / kStep);
    int column = firstColumn + sums.column();
    GB_UNROLL
    for (int i = 0; i < 4; i++) {
        int target = patches.target(firstRow + sums.row() + i);
        if (target >= 0) {
            float4 value = {sums.sum[i][0], sums.sum[i][1], sums.sum[i][2], sums.sum[i][3]};
            store4(args.gradX + target + group * channels + column, value, channels - column, channels % 4 == 0);
        }
    }
}

// Grid ceil(N ceil(H / strideH) ceil(W / strideW) / rows of the tile) ceil((C / groups) / columns of the tile) strideH strideW groups.
// Pixels are sorted into strideH strideW phases, each of which only some taps reach; a phase with fewer pixels leaves blocks idle.
GB_KERNEL(conv_grad_input_n16_f32, GB_TILE_THREADS, (ConvGradInputArgs args)) { conv_grad_input<256>(args); }

GB_KERNEL(conv_grad_input_n32_f32, GB_TILE_THREADS, (ConvGradInputArgs args)) { conv_grad_input<128>(args); }

GB_KERNEL(conv_grad_input_n64_f32, GB_TILE_THREADS, (ConvGradInputArgs args)) { conv_grad_input<64>(args); }

template <int TileRows> GB_DEVICE void conv_grad_weight(const ConvGradWeightArgs& args) {
    const ConvGeometry& g = args.g;
    TileSum<TileRows> sums;
    int filters = g.m / g.groups;
    int channels = g.c / g.groups;
    int inner = g.r * g.s * channels;
    int pixels = g.n * g.p * g.q;
    int columnTiles = (filters + sums.kColumns - 1) / sums.kColumns;
    int rowTiles = (inner + TileRows - 1) / TileRows;
    int firstColumn = (int)blockIdx.x % columnTiles * sums.kColumns;
    int firstRow = (int)blockIdx.x / columnTiles % rowTiles * TileRows;
    int rest = (int)blockIdx.x / columnTiles / rowTiles;
    int group = rest % g.groups;
    int split = rest / g.groups;
    PatchTaps taps{ImagePatches{args.x, g, group * channels, channels}, pixels};
    GradientColumns gradients{args.gradY + group * filters, filters, g.m, pixels};
    OuterTile<TileRows, PatchTaps> rows;
    OuterTile<4096 / TileRows, GradientColumns> columns;
    rows.start(taps, firstRow);
    columns.start(gradients, firstColumn);
    int steps = (pixels + kStep - 1) / kStep;
    int firstStep = split * args.stepsPerSplit;
    multiply_tiles(sums, rows, taps, columns, gradients, EveryStep{}, firstStep, gb_min(steps, firstStep + args.stepsPerSplit));
    int k = firstRow + sums.row();
    GB_UNROLL
    for (int j = 0; j < 4; j++) {
        int column = firstColumn + sums.column() + j;
        if (column < filters) {
            float4 value = {sums.sum[0][j], sums.sum[1][j], sums.sum[2][j], sums.sum[3][j]};
            store4(args.gradW + (split * g.m + group * filters + column) * inner + k, value, inner - k, inner % 4 == 0);
        }
    }
}

// Grid ceil(R S (C / groups) / rows of the tile) ceil((M / groups) / columns of the tile) groups splits. The pixels are cut into
// splits of stepsPerSplit steps of 16; with splits > 1 gradW is scratch [splits][M][R][S][C / groups] and split_sum_f32 (gemm.cu)
// adds it up in order, with no bias.
GB_KERNEL(conv_grad_weight_n16_f32, GB_TILE_THREADS, (ConvGradWeightArgs args)) { conv_grad_weight<256>(args); }

GB_KERNEL(conv_grad_weight_n32_f32, GB_TILE_THREADS, (ConvGradWeightArgs args)) { conv_grad_weight<128>(args); }

GB_KERNEL(conv_grad_weight_n64_f32, GB_TILE_THREADS, (ConvGradWeightArgs args)) { conv_grad_weight<64>(args); }
