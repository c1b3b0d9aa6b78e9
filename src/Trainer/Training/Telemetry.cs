using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gimbal.Trainer.Health;

namespace Gimbal.Trainer.Training;

/// <summary>What .NET's own listeners (OpenTelemetry, dotnet-counters) can follow: a meter and an activity source of one name.</summary>
/// <remarks>
/// After each step the meter has <c>train.loss</c>, <c>train.gradient_norm</c>, <c>train.gradient_norm_score</c> and <c>train.images_per_second</c>; after each
/// step that measures the health of its layers <c>train.layer.activation_rms</c>, <c>train.layer.gradient_norm</c> and <c>train.layer.update_ratio</c> with
/// the tag <c>layer</c>; after each epoch <c>train.accuracy</c>, 0 to 1, with the tag <c>set</c> (train, validation, test). The activities are <c>run</c> and, inside it, <c>epoch</c>.
/// </remarks>
public static class Telemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Gimbal.Trainer";

    private static readonly ActivitySource s_source = new(Name);
    private static readonly Meter s_meter = new(Name);
    private static readonly Gauge<double> s_loss = s_meter.CreateGauge<double>("train.loss", description: "mean loss of a step's batch");
    private static readonly Gauge<double> s_norm = s_meter.CreateGauge<double>("train.gradient_norm", description: "norm of all gradients before clipping");
    private static readonly Gauge<double> s_score = s_meter.CreateGauge<double>("train.gradient_norm_score", description: "deviations of the gradient's norm above those before");
    private static readonly Gauge<double> s_activation = s_meter.CreateGauge<double>("train.layer.activation_rms", description: "root of the mean square of what a layer hands on");
    private static readonly Gauge<double> s_gradient = s_meter.CreateGauge<double>("train.layer.gradient_norm", description: "mean norm of the gradient that arrives at a layer, per image");
    private static readonly Gauge<double> s_ratio = s_meter.CreateGauge<double>("train.layer.update_ratio", description: "norm of a weight's change beside the weight's");
    private static readonly Gauge<double> s_speed = s_meter.CreateGauge<double>("train.images_per_second", "{image}/s", "training images per second since the epoch began");
    private static readonly Gauge<double> s_accuracy = s_meter.CreateGauge<double>("train.accuracy", description: "share of images classified right in an epoch");

    /// <summary>Whether anyone listens to the health of the layers.</summary>
    internal static bool IsHealthHeard => s_activation.Enabled || s_gradient.Enabled || s_ratio.Enabled;

    internal static Activity? StartRun(TrainingRun run) => s_source.StartActivity("run")?
        .SetTag("model", run.Network.Name).SetTag("data", run.Data.Name).SetTag("epochs", run.Options.Epochs).SetTag("seed", run.Options.Seed);

    internal static Activity? StartEpoch(int epoch) => s_source.StartActivity("epoch")?.SetTag("epoch", epoch);

    internal static void Record(StepReport step)
    {
        s_loss.Record(step.Loss);
        s_norm.Record(step.GradientNorm);
        if (step.GradientScore is { } score)
        {
            s_score.Record(score);
        }

        s_speed.Record(step.ImagesPerSecond);
    }

    internal static void Record(HealthReading reading)
    {
        foreach (LayerHealth layer in reading.Layers)
        {
            KeyValuePair<string, object?> tag = new("layer", layer.Layer);
            s_activation.Record(layer.Activation.Rms, tag);
            s_gradient.Record(layer.Gradient.Norm, tag);
            s_ratio.Record(layer.UpdateRatio, tag);
        }
    }

    internal static void Record(Activity? activity, EpochResult epoch)
    {
        Record("train", epoch.TrainAccuracy);
        Record("validation", epoch.ValidationAccuracy);
        Record("test", epoch.TestAccuracy);
        activity?.SetTag("train.loss", epoch.TrainLoss).SetTag("test.accuracy", epoch.TestAccuracy).SetTag("skipped_steps", epoch.SkippedSteps);

        static void Record(string set, double? accuracy)
        {
            if (accuracy is { } share)
            {
                s_accuracy.Record(share, new KeyValuePair<string, object?>("set", set));
            }
        }
    }
}
