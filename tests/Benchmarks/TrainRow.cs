using Gimbal.Trainer.Cpu;

namespace Gimbal.Benchmarks;

/// <summary>One line of the comparison: a model, a batch, a rival's setting. Times in milliseconds; the ratio is the rival's median over ours, none where the rival computes something else.</summary>
internal sealed record TrainRow(
    string Model,
    int Batch,
    int Threads,
    string Device,
    double OursMs,
    double OursMinMs,
    string Rival,
    double RivalMs,
    double RivalMinMs,
    double? Ratio,
    double ImagesPerSecond,
    double Gflops,
    double ShareOfFmaPeak,
    double? ShareOfMemoryPeak,
    double OursFirstStepMs,
    double RivalFirstStepMs,
    long OursPeakBytes,
    long RivalPeakBytes,
    string? Objection,
    MachinePeaks Peaks,
    IReadOnlyList<float> OursLosses,
    IReadOnlyList<float> RivalLosses)
{
    /// <summary>Puts the measurements of a line together.</summary>
    public static TrainRow Of(TrainSettings settings, RivalSetting rival, Pair pair, Footprint ours, Footprint theirs)
    {
        double seconds = pair.OursMs / 1000;
        MachinePeaks peaks = pair.Peaks;
        // Where arithmetic alone would take longer than the traffic, a share of the memory's peak says nothing.
        bool isMemoryBound = pair.Cost.Bytes / peaks.MemoryBytesPerSecond > pair.Cost.Flop / peaks.FlopPerSecond;
        return new TrainRow(
            settings.Model,
            settings.Batch,
            settings.Threads,
            pair.Device,
            pair.OursMs,
            pair.OursMinMs,
            rival.Name,
            pair.RivalMs,
            pair.RivalMinMs,
            pair.Objection is null ? pair.RivalMs / pair.OursMs : null,
            settings.Batch / seconds,
            pair.Cost.Flop / seconds / 1e9,
            pair.Cost.Flop / seconds / peaks.FlopPerSecond,
            isMemoryBound ? pair.Cost.Bytes / seconds / peaks.MemoryBytesPerSecond : null,
            ours.FirstStepMs,
            theirs.FirstStepMs,
            ours.PeakBytes,
            theirs.PeakBytes,
            pair.Objection,
            peaks,
            pair.OursLosses,
            pair.RivalLosses);
    }
}
