namespace Gimbal.Trainer.Cpu;

/// <summary>Sums that the chunks of a step keep apart, in the temporaries of its node, until a later step joins them in order.</summary>
/// <param name="Address">The first chunk's sums.</param>
/// <param name="Chunks">Number of chunks.</param>
/// <param name="ChunkFloats">Floats per chunk.</param>
internal readonly unsafe record struct ChunkSums(nint Address, int Chunks, int ChunkFloats)
{
    private const int ChunksPerClear = 64;

    /// <summary>The first chunk's sums, or null where none are kept.</summary>
    public float* Pointer => (float*)Address;

    /// <summary>The sums of one chunk.</summary>
    public float* Of(int chunk) => Pointer + ((nint)chunk * ChunkFloats);

    /// <summary>Appends a step that zeroes the sums of all chunks.</summary>
    public static ChunkSums Reserve(CpuSteps steps, int chunks, int chunkFloats)
    {
        if (chunkFloats == 0)
        {
            return new ChunkSums(0, chunks, 0);
        }

        var sums = new ChunkSums((nint)steps.Scratch((long)chunks * chunkFloats), chunks, chunkFloats);
        steps.Add("clear_sums", &Clear, sums, (chunks + ChunksPerClear - 1) / ChunksPerClear);
        return sums;
    }

    private static void Clear(ChunkSums* sums, int chunk, float* scratch)
    {
        int first = chunk * ChunksPerClear;
        int count = Math.Min(ChunksPerClear, sums->Chunks - first);
        new Span<float>(sums->Of(first), count * sums->ChunkFloats).Clear();
    }
}
