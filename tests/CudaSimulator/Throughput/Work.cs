using Gimbal.Trainer.Cuda;

namespace Gimbal.CudaSimulator.Throughput;

/// <summary>One kernel on operands of a fixed shape. The argument structs are those of native/cuda/README.md.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Shape">Of the operands.</param>
/// <param name="Units">What a launch gets done.</param>
/// <param name="Unit">What that counts.</param>
/// <param name="Emit">Appends the launch.</param>
internal sealed record Work(string Kernel, string Shape, long Units, string Unit, Action<CudaLaunches, Memory> Emit)
{
    private const int Rows = 4096;
    private const int Channels = 32;
    private const int Elements = Rows * Channels;

    // Elements of one segment of an update.
    private const int Piece = 4096;

    /// <summary>All that is measured.</summary>
    public static IReadOnlyList<Work> All { get; } =
    [
        new("conv_forward_n32_f32", "2 images of 32x16x16, 32 filters of 3x3", 2L * 32 * 16 * 16 * 32 * 9, "multiply-adds", Convolve),
        new("batch_normalization_moments_f32", $"{Rows} rows of {Channels} channels", Elements, "elements", AddUp),
        new("batch_normalization_forward_f32", $"{Rows} rows of {Channels} channels", Elements, "elements", Normalize),
        new("adam_update_f32", $"{Elements} parameters", Elements, "elements", Update),
    ];

    private static void Convolve(CudaLaunches launches, Memory memory)
    {
        CudaConvGeometry g = new(2, 32, 16, 16, 32, 3, 3, 16, 16, 1, 1, 1, 1, 1, 1, 1);
        CudaConvolution.Forward(launches, g, memory.Numbers(2 * 32 * 16 * 16), memory.Numbers(32 * 32 * 9), 0, memory.Numbers(2 * 32 * 16 * 16));
    }

    private static void AddUp(CudaLaunches launches, Memory memory)
    {
        CudaChannels sums = new(Rows, Channels);
        launches.Add(
            "batch_normalization_moments_f32",
            sums.Partials,
            new MomentsArgs(memory.Numbers(Elements), memory.Numbers(2 * sums.Chunks * Channels), Rows, Channels, sums.RowsPerChunk, 0));
    }

    private static void Normalize(CudaLaunches launches, Memory memory) => launches.Add(
        "batch_normalization_forward_f32",
        new CudaChannels(Rows, Channels).Map,
        new NormalizeArgs(memory.Numbers(Elements), memory.Numbers(3 * Channels), memory.Numbers(Elements), Elements, Channels));

    private static void Update(CudaLaunches launches, Memory memory)
    {
        ulong[] operands = [.. Enumerable.Range(0, 4).Select(_ => memory.Numbers(Elements))];
        UpdateSegment[] segments = [.. Enumerable.Range(0, Elements / Piece).Select(i => (ulong)(i * Piece * sizeof(float)))
            .Select(offset => new UpdateSegment(operands[0] + offset, operands[1] + offset, operands[2] + offset, operands[3] + offset, Piece, 0))];
        launches.Add(
            "adam_update_f32",
            new Blocks(segments.Length),
            new AdamArgs(memory.Holding(segments), memory.Holding(1f), memory.Holding(1e-3f), memory.Holding(1e-3f, 1f), 0, 0, 0.9f, 0.999f, 1e-8f, 0));
    }

    private readonly record struct MomentsArgs(ulong X, ulong Partial, int Rows, int Channels, int RowsPerChunk, int Padding);

    private readonly record struct NormalizeArgs(ulong X, ulong Coefficients, ulong Y, int Count, int Channels);

    private readonly record struct UpdateSegment(ulong Parameter, ulong Gradient, ulong First, ulong Second, int Count, float Decay);

    private readonly record struct AdamArgs(
        ulong Segments, ulong Norm, ulong LearningRate, ulong Scalars, int ClipMode, float ClipLimit, float Beta1, float Beta2, float Epsilon, int IsDecoupled);
}
