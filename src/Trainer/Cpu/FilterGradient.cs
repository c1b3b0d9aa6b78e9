namespace Gimbal.Trainer.Cpu;

/// <summary>The gradient of a convolution's filter: patches transposed times the gradient of the output.</summary>
/// <remarks>
/// The sum runs over all output pixels of the batch. They are cut into slices; for each slice and block of the filter one
/// chunk adds up a partial sum, and a following step adds the partial sums in order. Few blocks get many slices and many
/// blocks few, so that there is work for several threads and the partial sums stay small.
/// </remarks>
internal static unsafe class FilterGradient
{
    // A block, the patches and the output gradients behind it take at most about 700 KB: most of a second-level cache.
    private const int MostRows = 576;
    private const int MostColumns = 128;
    private const int MostPixels = 128;

    // Chunks to aim at, and the least work worth a partial sum.
    private const int ManyChunks = 32;
    private const int FewestBlocksOfPixels = 4;

    /// <summary>Appends the gradient of a filter [R, S, C/groups, M].</summary>
    public static void Emit(CpuSteps steps, in ConvGeometry g, in Patches patches, float* gradY, float* gradW)
    {
        MicroKernels kernels = MicroKernels.Best;
        var args = new Args
        {
            Patches = patches,
            GradY = gradY,
            GradW = gradW,
            M = g.M,
            Groups = g.Groups,
            GroupM = g.GroupM,
            Pixels = g.N * patches.Pixels,
            BlockRows = Tiling.EvenPart(patches.Inner, MostRows, kernels.ShortRows),
            BlockColumns = Tiling.EvenPart(g.GroupM, MostColumns, kernels.WideColumns),
        };
        args.BlockPixels = Tiling.EvenPart(args.Pixels, MostPixels, 1);
        args.PaddedColumns = kernels.PaddedColumns(Math.Min(args.BlockColumns, g.GroupM));
        args.RowA = (int)CpuMemory.Aligned(args.BlockRows) + 16;
        int blocksOfPixels = Tiling.Parts(args.Pixels, args.BlockPixels);
        int slices = Math.Min(Tiling.Parts(blocksOfPixels, FewestBlocksOfPixels), Tiling.Parts(ManyChunks, args.Blocks));
        args.SlicePixels = Tiling.Parts(blocksOfPixels, slices) * args.BlockPixels;
        args.Slices = Tiling.Parts(args.Pixels, args.SlicePixels);
        args.Partials = steps.Scratch((long)args.Slices * args.Blocks * args.BlockLength);
        steps.Add("conv_grad_weight", &PartialChunk, args, args.Slices * args.Blocks, args.PanelsPlace + (args.BlockPixels * args.PaddedColumns));
        steps.Add("conv_sum_partials", &SumChunk, args, g.Groups * patches.Inner);
    }

    private static void PartialChunk(Args* args, int chunk, float* scratch)
    {
        MicroKernels kernels = MicroKernels.Best;
        TilePlace place = args->Place(chunk % args->Blocks);
        int begin = chunk / args->Blocks * args->SlicePixels;
        int end = Math.Min(begin + args->SlicePixels, args->Pixels);
        int paddedRows = kernels.PaddedRows(place.Rows);
        float* partial = args->Partials + ((nint)chunk * args->BlockLength);
        float* panels = scratch + args->PanelsPlace;
        // With as many channels as a panel has columns, the output gradients are a panel already.
        bool isPanel = args->Groups == 1 && args->M == kernels.PanelColumns(args->M);
        new Span<float>(partial, args->BlockLength).Clear();
        for (int pixel = begin; pixel < end; pixel += args->BlockPixels)
        {
            int count = Math.Min(args->BlockPixels, end - pixel);
            args->Patches.Copy(place.Group, pixel, count, place.Row, place.Row + place.Rows, scratch, args->RowA);
            for (int i = 0; place.Rows < paddedRows && i < count; i++)
            {
                Floats.Clear(scratch + ((nint)i * args->RowA) + place.Rows, paddedRows - place.Rows);
            }

            float* gradY = args->GradY + ((nint)pixel * args->M) + (place.Group * args->GroupM) + place.Column;
            if (!isPanel)
            {
                Panels.Pack(kernels, gradY, args->M, Transpose.No, count, place.Columns, panels, count, 0);
            }

            kernels.Multiply(
                place.Rows, place.Columns, count, scratch, 1, args->RowA, isPanel ? gradY : panels, count, 0, partial, args->PaddedColumns, partial, args->PaddedColumns);
        }
    }

    // One row of one group's filter: all columns for a (tap row, tap column, channel).
    private static void SumChunk(Args* args, int chunk, float* scratch)
    {
        int group = chunk / args->Patches.Inner;
        int row = chunk % args->Patches.Inner;
        int across = Tiling.Parts(args->GroupM, args->BlockColumns);
        int block = ((group * Tiling.Parts(args->Patches.Inner, args->BlockRows)) + (row / args->BlockRows)) * across;
        for (int column = 0; column < args->GroupM; column += args->BlockColumns, block++)
        {
            float* target = args->GradW + ((nint)row * args->M) + (group * args->GroupM) + column;
            float* partial = args->Partials + ((nint)block * args->BlockLength) + (row % args->BlockRows * args->PaddedColumns);
            int columns = Math.Min(args->BlockColumns, args->GroupM - column);
            Floats.Copy(partial, target, columns);
            for (int slice = 1; slice < args->Slices; slice++)
            {
                partial += (nint)args->Blocks * args->BlockLength;
                Floats.Add(partial, target, columns);
            }
        }
    }

    private struct Args
    {
        public Patches Patches;
        public float* GradY;
        public float* GradW;
        public float* Partials;
        public int M;
        public int Groups;
        public int GroupM;
        public int Pixels;
        public int BlockRows;
        public int BlockColumns;
        public int BlockPixels;
        public int SlicePixels;
        public int Slices;
        public int PaddedColumns;
        public int RowA;

        public readonly int Blocks => Groups * Tiling.Parts(Patches.Inner, BlockRows) * Tiling.Parts(GroupM, BlockColumns);

        public readonly int BlockLength => BlockRows * PaddedColumns;

        public readonly int PanelsPlace => BlockPixels * RowA;

        public readonly TilePlace Place(int block)
        {
            int across = Tiling.Parts(GroupM, BlockColumns);
            int down = Tiling.Parts(Patches.Inner, BlockRows);
            int row = block / across % down * BlockRows;
            int column = block % across * BlockColumns;
            return new TilePlace(
                block / (across * down), row, column, Math.Min(BlockRows, Patches.Inner - row), Math.Min(BlockColumns, GroupM - column));
        }
    }
}
