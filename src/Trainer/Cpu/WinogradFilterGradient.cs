namespace Gimbal.Trainer.Cpu;

/// <summary>The gradient of a 3x3 filter: the adjoint of the Winograd convolution, dw = Gᵀ·(Σ over tiles of (Bᵀ·d·B) ⊙ (A·dy·Aᵀ))·G.</summary>
/// <remarks>
/// Small filters: a chunk adds up the 36 matrices of one slice of the tiles, and a last step adds the slices in order. Large filters: the planes of all tiles of
/// a round lie in memory, and a chunk adds one block of one matrix over all of them.
/// </remarks>
internal static unsafe class WinogradFilterGradient
{
    private const int Planes = WinogradTransforms.Planes;

    // A block of a matrix where planes lie in memory.
    private const int BlockRows = 32;
    private const int BlockColumns = 64;

    private const int FinishElements = 256;

    // Tiles whose products are added one after the other.
    private const int SumTiles = 128;

    /// <summary>Appends the steps.</summary>
    /// <param name="steps">Where they go.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="x">Its input.</param>
    /// <param name="gradY">Gradient of its output.</param>
    /// <param name="gradW">Gradient of its filter, [3, 3, C/groups, M].</param>
    public static void Emit(CpuSteps steps, in ConvGeometry g, in PixelSource x, in PixelSource gradY, float* gradW)
    {
        MicroKernels kernels = MicroKernels.Best;
        var plan = WinogradPlan.GradWeight(g);
        int tiles = plan.IsFused ? plan.Grid.BlockTiles : plan.RoundTiles;
        var args = new Args
        {
            Plan = plan,
            Pixels = WinogradSource.Pixels(plan.Grid, x, g.H, g.W, -g.PadTop, -g.PadLeft, g.GroupC),
            Gradients = WinogradSource.Gradients(plan.Grid, gradY, g.GroupM, tiles),
            GradW = gradW,
            M = g.M,
            Slices = plan.IsFused ? plan.Grid.Chunks : 1,
        };
        args.Prefetches = g.Groups == 1 && plan.Grid.HasRuns && args.Pixels.HasExtent(plan.Grid);
        args.PlaneV = (int)CpuMemory.Aligned((tiles * args.Pixels.PaddedChannels) + kernels.ShortRows) + 16;
        args.PlaneZ = (int)CpuMemory.Aligned(tiles * args.Gradients.PaddedChannels) + 16;
        args.PlaneU = (int)CpuMemory.Aligned(kernels.PaddedRows(g.GroupC) * args.Gradients.PaddedChannels) + 16;
        args.Partials = steps.Scratch((long)g.Groups * args.Slices * Planes * args.PlaneU);
        if (plan.IsFused)
        {
            int strip = Math.Max(args.Pixels.StripFloats, args.Gradients.StripFloats);
            steps.Add("winograd_grad_filter", &SliceChunk, args, plan.Chunks, (Planes * (args.PlaneV + args.PlaneZ)) + strip);
        }
        else
        {
            EmitRounds(steps, args);
        }

        int finish = (Planes + 9) * args.FinishRows * args.Gradients.PaddedChannels;
        steps.Add("conv_grad_weight", &FinishChunk, args, g.Groups * args.FinishParts, finish);
    }

    private static void EmitRounds(CpuSteps steps, Args args)
    {
        ref readonly WinogradPlan plan = ref args.Plan;
        args.V = steps.Scratch((long)plan.Groups * Planes * args.PlaneV);
        args.Z = steps.Scratch((long)plan.Groups * Planes * args.PlaneZ);
        for (int round = 0; round < plan.Rounds; round++)
        {
            args.Round = round;
            steps.Add("winograd_source", &PixelChunk, args, plan.Groups * args.RoundChunks, args.Pixels.StripFloats);
            steps.Add("winograd_gradient", &GradientChunk, args, plan.Groups * args.RoundChunks, args.Gradients.StripFloats);
            steps.Add("winograd_grad_filter", &BlockChunk, args, plan.Groups * Planes * args.Down * args.Across, (BlockRows + 1) * BlockColumns);
        }
    }

    private static void SliceChunk(Args* args, int chunk, float* scratch)
    {
        MicroKernels kernels = MicroKernels.Best;
        ref readonly WinogradPlan plan = ref args->Plan;
        WinogradGrid grid = plan.Grid;
        int group = chunk / grid.Chunks;
        float* v = scratch;
        float* z = scratch + (Planes * args->PlaneV);
        float* strip = z + (Planes * args->PlaneZ);
        float* sums = args->Partials + ((nint)chunk * Planes * args->PlaneU);
        new Span<float>(sums, Planes * args->PlaneU).Clear();
        int end = plan.FirstBlock((chunk % grid.Chunks) + 1);
        for (int block = plan.FirstBlock(chunk % grid.Chunks); block < end; block++)
        {
            int first = grid.FirstTile(block);
            int tiles = grid.FirstTile(block + 1) - first;
            args->Pixels.Transform(grid, block, group, strip, v, args->PlaneV, first);
            args->Gradients.Transform(grid, block, group, strip, z, args->PlaneZ, first);
            // While this block is multiplied the memory fetches the next one.
            nint next = grid.FirstPixel(block + 1);
            nint last = block + 1 < end ? grid.FirstPixel(block + 2) : next;
            for (int i = 0; i < Planes; i++)
            {
                if (args->Prefetches)
                {
                    args->Pixels.Prefetch(next, last - next, i, Planes);
                    args->Gradients.Prefetch(next, last - next, i, Planes);
                }

                float* u = sums + ((nint)i * args->PlaneU);
                kernels.Multiply(
                    args->Pixels.Channels,
                    args->Gradients.Channels,
                    tiles,
                    v + ((nint)i * args->PlaneV),
                    1,
                    args->Pixels.PaddedChannels,
                    z + ((nint)i * args->PlaneZ),
                    grid.BlockTiles,
                    0,
                    u,
                    args->Gradients.PaddedChannels,
                    u,
                    args->Gradients.PaddedChannels);
            }
        }
    }

    private static void PixelChunk(Args* args, int chunk, float* scratch)
    {
        int group = chunk / args->RoundChunks;
        Transform(args, args->Pixels, group, chunk % args->RoundChunks, scratch, args->V + ((nint)group * Planes * args->PlaneV), args->PlaneV);
    }

    private static void GradientChunk(Args* args, int chunk, float* scratch)
    {
        int group = chunk / args->RoundChunks;
        Transform(args, args->Gradients, group, chunk % args->RoundChunks, scratch, args->Z + ((nint)group * Planes * args->PlaneZ), args->PlaneZ);
    }

    private static void Transform(Args* args, in WinogradSource source, int group, int chunk, float* strip, float* planes, int plane)
    {
        ref readonly WinogradPlan plan = ref args->Plan;
        int first = plan.FirstChunk(args->Round) + chunk;
        for (int block = plan.FirstBlock(first); block < plan.FirstBlock(first + 1); block++)
        {
            source.Transform(plan.Grid, block, group, strip, planes, plane, plan.FirstTile(args->Round));
        }
    }

    // A block of one of the 36 matrices, summed over all tiles of the round: short sums first, because a long one loses digits.
    private static void BlockChunk(Args* args, int chunk, float* scratch)
    {
        MicroKernels kernels = MicroKernels.Best;
        int column = chunk % args->Across * BlockColumns;
        int row = chunk / args->Across % args->Down * BlockRows;
        int matrix = chunk / (args->Across * args->Down);
        int rows = Math.Min(BlockRows, args->Pixels.Channels - row);
        int columns = Math.Min(BlockColumns, args->Gradients.Channels - column);
        int tiles = args->Plan.FirstTile(args->Round + 1) - args->Plan.FirstTile(args->Round);
        int all = args->Plan.RoundTiles;
        int rowU = args->Gradients.PaddedChannels;
        int padded = kernels.PaddedColumns(columns);
        float* v = args->V + ((nint)matrix * args->PlaneV) + row;
        float* z = args->Z + ((nint)matrix * args->PlaneZ) + ((nint)column * all);
        float* u = args->Partials + ((nint)matrix * args->PlaneU) + ((nint)row * rowU) + column;
        float* zeros = scratch + (BlockRows * BlockColumns);
        Floats.Clear(zeros, padded);
        for (int tile = 0; tile < tiles; tile += SumTiles)
        {
            int count = Math.Min(SumTiles, tiles - tile);
            float* a = v + ((nint)tile * args->Pixels.PaddedChannels);
            if (tile == 0 && args->Round == 0)
            {
                kernels.Multiply(rows, columns, count, a, 1, args->Pixels.PaddedChannels, z, all, 0, zeros, 0, u, rowU);
                continue;
            }

            kernels.Multiply(rows, columns, count, a, 1, args->Pixels.PaddedChannels, z, all, tile, zeros, 0, scratch, padded);
            for (int i = 0; i < rows; i++)
            {
                Floats.Add(scratch + (i * padded), u + ((nint)i * rowU), padded);
            }
        }
    }

    // A few input channels of one group: all output channels, all taps.
    private static void FinishChunk(Args* args, int chunk, float* scratch)
    {
        int groupC = args->Pixels.Channels;
        int columns = args->Gradients.Channels;
        int padded = args->Gradients.PaddedChannels;
        int group = chunk / args->FinishParts;
        int first = chunk % args->FinishParts * args->FinishRows;
        int rows = Math.Min(args->FinishRows, groupC - first);
        int length = rows * padded;
        float* taps = scratch + (Planes * length);
        float* partial = args->Partials + ((nint)group * args->Slices * Planes * args->PlaneU) + ((nint)first * padded);
        for (int i = 0; i < Planes; i++, partial += args->PlaneU)
        {
            float* sum = scratch + (i * length);
            Floats.Copy(partial, sum, length);
            for (int slice = 1; slice < args->Slices; slice++)
            {
                Floats.Add(partial + ((nint)slice * Planes * args->PlaneU), sum, length);
            }
        }

        WinogradTransforms.Best.FilterGradient(scratch, length, length, taps, length);
        for (int tap = 0; tap < 9; tap++)
        {
            float* to = args->GradW + ((((nint)tap * groupC) + first) * args->M) + (group * columns);
            for (int row = 0; row < rows; row++, to += args->M)
            {
                Floats.Copy(taps + (((tap * rows) + row) * padded), to, columns);
            }
        }
    }

    private struct Args
    {
        public WinogradPlan Plan;
        public WinogradSource Pixels;
        public WinogradSource Gradients;
        public float* GradW;
        public float* Partials;
        public float* V;
        public float* Z;
        public int M;
        public int Slices;
        public bool Prefetches;
        public int PlaneV;
        public int PlaneZ;
        public int PlaneU;
        public int Round;

        // Input channels that are finished together: a few hundred elements of each plane.
        public readonly int FinishRows => Math.Clamp(FinishElements / Gradients.PaddedChannels, 1, Pixels.Channels);

        public readonly int FinishParts => Tiling.Parts(Pixels.Channels, FinishRows);

        public readonly int Down => Tiling.Parts(Pixels.Channels, BlockRows);

        public readonly int Across => Tiling.Parts(Gradients.Channels, BlockColumns);

        public readonly int RoundChunks => Plan.FirstChunk(Round + 1) - Plan.FirstChunk(Round);
    }
}
