using System.Diagnostics;
using Gimbal.SideBySide;
using TorchSharp;

namespace Gimbal.Benchmarks;

/// <summary>One side alone in a fresh process.</summary>
/// <param name="FirstStepMs">From nothing but a batch in memory to the end of the first step: libraries loaded, network built and planned, kernels compiled.</param>
/// <param name="PeakBytes">Most memory the process ever had resident: the system's VmHWM on Linux.</param>
internal sealed record Footprint(double FirstStepMs, long PeakBytes)
{
    /// <summary>Name of our side on the command line; the rival's settings have theirs.</summary>
    public const string Ours = "ours";

    // Past the first step nothing new is allocated by us; libtorch's pools settle within a few.
    private const int Steps = 4;

    /// <summary>Trains a few steps.</summary>
    /// <param name="settings">Model, batch and threads.</param>
    /// <param name="side"><see cref="Ours"/> or the key of a rival's setting.</param>
    public static Footprint Measure(TrainSettings settings, string side)
    {
        PairedModel model = PairedModel.Of(settings.Model);
        Batches batches = new(model, 1, settings.Batch);
        long start = Stopwatch.GetTimestamp();
        using TrainingStep step = side == Ours ? new GimbalStep(model, settings.Threads, batches, new Dictionary<string, torch.Tensor>()) : Rival(settings, model, batches, side);
        step.Run(0);
        double first = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        for (int i = 1; i < Steps; i++)
        {
            step.Run(0);
        }

        using Process self = Process.GetCurrentProcess();
        return new Footprint(first, self.PeakWorkingSet64);
    }

    private static TorchStep Rival(TrainSettings settings, PairedModel model, Batches batches, string side)
    {
        torch.set_num_threads(settings.Threads);
        return new TorchStep(model, RivalSetting.Of(side).Layout, batches);
    }
}
