namespace Gimbal.Trainer.Cpu;

/// <summary>The forward pass of a 3x3 convolution and the gradient of its input in 36 products in place of 144.</summary>
/// <remarks>
/// Where the transformed filter stays near a core, a chunk carries one block of tiles after the other from pixels to outputs. A larger filter is read by
/// larger products instead: all blocks of a round are transformed first, and their planes lie in memory.
/// </remarks>
internal static unsafe class WinogradCorrelation
{
    // Columns of a product where planes lie in memory.
    private const int MostColumns = 64;

    /// <summary>Appends the steps.</summary>
    /// <param name="steps">Where they go.</param>
    /// <param name="name">Name of the step that stores the result.</param>
    /// <param name="plan">How the work is cut.</param>
    /// <param name="filter">The transformed filter.</param>
    /// <param name="source">The operand.</param>
    /// <param name="target">The result.</param>
    /// <returns>The sums the target asked for.</returns>
    public static ChunkSums Emit(
        CpuSteps steps, string name, in WinogradPlan plan, in WinogradFilter filter, in WinogradSource source, in WinogradTarget target)
    {
        ChunkSums sums = ChunkSums.Reserve(steps, plan.Chunks, target.ChunkFloats);
        int tiles = plan.IsFused ? plan.Grid.BlockTiles : plan.RoundTiles;
        var args = new Args
        {
            Plan = plan,
            Filter = filter,
            Source = source,
            Target = target,
            Sums = sums.Pointer,
            PlaneV = Plane(tiles, source.PaddedChannels),
            PlaneM = Plane(tiles, target.PaddedChannels),
            Zeros = steps.Scratch(target.PaddedChannels),
            Prefetches = plan.Groups == 1 && plan.Grid.HasRuns && source.HasExtent(plan.Grid),
        };
        steps.Add("winograd_zeros", &ZeroChunk, args, 1);
        if (plan.IsFused)
        {
            steps.Add(name, &FusedChunk, args, plan.Chunks, args.Strip + Math.Max(source.StripFloats, target.StripFloats));
            return sums;
        }

        args.V = steps.Scratch(plan.Groups * (long)args.LengthV);
        args.M = steps.Scratch(plan.Groups * (long)args.LengthM);
        for (int round = 0; round < plan.Rounds; round++)
        {
            args.Round = round;
            steps.Add("winograd_source", &SourceChunk, args, plan.Groups * args.RoundChunks, source.StripFloats);
            steps.Add("winograd_product", &ProductChunk, args, plan.Groups * WinogradTransforms.Planes * args.Across);
            steps.Add(name, &TargetChunk, args, plan.Groups * args.RoundChunks, target.StripFloats);
        }

        return sums;
    }

    // Planes a power of two apart would push each other out of the cache.
    private static int Plane(int tiles, int channels) => (int)CpuMemory.Aligned(MicroKernels.Best.PaddedRows(tiles) * channels) + 16;

    private static void ZeroChunk(Args* args, int chunk, float* scratch) => Floats.Clear(args->Zeros, args->Target.PaddedChannels);

    private static void FusedChunk(Args* args, int chunk, float* scratch)
    {
        MicroKernels kernels = MicroKernels.Best;
        ref readonly WinogradPlan plan = ref args->Plan;
        WinogradGrid grid = plan.Grid;
        int group = chunk / grid.Chunks;
        int inner = args->Filter.Inner;
        float* v = scratch;
        float* m = scratch + args->LengthV;
        float* strip = scratch + args->Strip;
        float* sums = args->ChunkSums(chunk);
        int end = plan.FirstBlock((chunk % grid.Chunks) + 1);
        for (int block = plan.FirstBlock(chunk % grid.Chunks); block < end; block++)
        {
            int first = grid.FirstTile(block);
            int tiles = grid.FirstTile(block + 1) - first;
            args->Source.Transform(grid, block, group, strip, v, args->PlaneV, first);
            // While this block is multiplied the memory fetches what storing it needs, and the next block.
            nint here = grid.FirstPixel(block);
            nint next = grid.FirstPixel(block + 1);
            nint last = block + 1 < end ? grid.FirstPixel(block + 2) : next;
            for (int i = 0; i < WinogradTransforms.Planes; i++)
            {
                if (args->Prefetches)
                {
                    args->Source.Prefetch(next, last - next, i, WinogradTransforms.Planes);
                    args->Target.Prefetch(here, next - here, i, WinogradTransforms.Planes);
                }

                kernels.Multiply(
                    tiles,
                    args->Filter.Columns,
                    inner,
                    v + (i * args->PlaneV),
                    args->Source.PaddedChannels,
                    1,
                    args->Filter.Matrix(group, i),
                    inner,
                    0,
                    args->Zeros,
                    0,
                    m + (i * args->PlaneM),
                    args->Target.PaddedChannels);
            }

            args->Target.Store(grid, block, group, m, args->PlaneM, first, strip, sums);
        }
    }

    private static void SourceChunk(Args* args, int chunk, float* scratch)
    {
        ref readonly WinogradPlan plan = ref args->Plan;
        int group = chunk / args->RoundChunks;
        int first = plan.FirstChunk(args->Round) + (chunk % args->RoundChunks);
        float* v = args->V + (group * (nint)args->LengthV);
        for (int block = plan.FirstBlock(first); block < plan.FirstBlock(first + 1); block++)
        {
            args->Source.Transform(plan.Grid, block, group, scratch, v, args->PlaneV, plan.FirstTile(args->Round));
        }
    }

    private static void ProductChunk(Args* args, int chunk, float* scratch)
    {
        int column = chunk % args->Across * MostColumns;
        int plane = chunk / args->Across % WinogradTransforms.Planes;
        int group = chunk / (args->Across * WinogradTransforms.Planes);
        int inner = args->Filter.Inner;
        MicroKernels.Best.Multiply(
            args->Plan.FirstTile(args->Round + 1) - args->Plan.FirstTile(args->Round),
            Math.Min(MostColumns, args->Filter.Columns - column),
            inner,
            args->V + (group * (nint)args->LengthV) + (plane * (nint)args->PlaneV),
            args->Source.PaddedChannels,
            1,
            args->Filter.Matrix(group, plane) + ((nint)column * inner),
            inner,
            0,
            args->Zeros,
            0,
            args->M + (group * (nint)args->LengthM) + (plane * (nint)args->PlaneM) + column,
            args->Target.PaddedChannels);
    }

    private static void TargetChunk(Args* args, int chunk, float* scratch)
    {
        ref readonly WinogradPlan plan = ref args->Plan;
        int group = chunk / args->RoundChunks;
        int first = plan.FirstChunk(args->Round) + (chunk % args->RoundChunks);
        float* m = args->M + (group * (nint)args->LengthM);
        float* sums = args->ChunkSums((group * plan.Grid.Chunks) + first);
        for (int block = plan.FirstBlock(first); block < plan.FirstBlock(first + 1); block++)
        {
            args->Target.Store(plan.Grid, block, group, m, args->PlaneM, plan.FirstTile(args->Round), scratch, sums);
        }
    }

    private struct Args
    {
        public WinogradPlan Plan;
        public WinogradFilter Filter;
        public WinogradSource Source;
        public WinogradTarget Target;
        public float* Sums;
        public float* Zeros;
        public float* V;
        public float* M;
        public int PlaneV;
        public int PlaneM;
        public int Round;
        public bool Prefetches;

        public readonly int LengthV => WinogradTransforms.Planes * PlaneV;

        public readonly int LengthM => WinogradTransforms.Planes * PlaneM;

        public readonly int Strip => LengthV + LengthM;

        public readonly int Across => Tiling.Parts(Filter.Columns, MostColumns);

        public readonly int RoundChunks => Plan.FirstChunk(Round + 1) - Plan.FirstChunk(Round);

        public readonly float* ChunkSums(int chunk) => Sums + ((nint)chunk * Target.ChunkFloats);
    }
}
