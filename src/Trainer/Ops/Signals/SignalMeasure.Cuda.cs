using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

public sealed partial record SignalMeasure
{
    private const int CountsPerBlock = 3;

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        Shape whole = call.InputShape(0);
        Shape x = Measured(whole);
        CudaChannels sums = new(x.Count / x[1], x[1]);
        ulong first = call.Input(0) + ((ulong)(whole.Count - x.Count) * sizeof(float));
        Blocks grid = sums.Partials;
        ulong magnitudes = call.Launches.Scratch((long)sums.Chunks * x[1]);
        ulong squares = call.Launches.Scratch(2L * grid.X);
        ulong counts = call.Launches.Scratch((long)CountsPerBlock * grid.X);
        call.Launches.Add(
            "signal_measure_chunks_f32", grid, new ChunksArgs(call.Launches.Part(first, x.Count), magnitudes, squares, counts, sums.Rows, sums.Channels, sums.RowsPerChunk, 0));
        call.Launches.Add(
            "signal_measure_f32", new Blocks(1), new MeasureArgs(magnitudes, squares, counts, call.Output(0), sums.Rows, sums.Channels, sums.Chunks, grid.X));
    }

    private readonly record struct ChunksArgs(ulong X, ulong Magnitudes, ulong Squares, ulong Counts, int Rows, int Channels, int RowsPerChunk, int Padding);

    private readonly record struct MeasureArgs(ulong Magnitudes, ulong Squares, ulong Counts, ulong Y, int Rows, int Channels, int Chunks, int Blocks);
}
