using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>What became of one patient.</summary>
/// <param name="Name">The patient.</param>
/// <param name="IsHeldOut">Whether its architecture took no part in choosing thresholds.</param>
/// <param name="IsHealthy">Whether it is sound.</param>
/// <param name="Expected">The cause that is to be named.</param>
/// <param name="Signals">What the doctor says.</param>
/// <param name="IsRight">Whether that is right, in verdict and cause.</param>
/// <param name="Weights">What a doctor says who sees the weights' gradients alone.</param>
/// <param name="IsRightByWeights">Whether that is right.</param>
public sealed record TrialResult(
    string Name, bool IsHeldOut, bool IsHealthy, Cause Expected, Diagnosis Signals, bool IsRight, Diagnosis Weights, bool IsRightByWeights);

/// <summary>Tries the doctor on networks whose illness is known.</summary>
public sealed class Trial
{
    private const int Pictures = 1024;
    private readonly Device _device;
    private readonly BatchLoader _loader;
    private readonly Examination _examination;
    private readonly int _steps;

    /// <summary>Draws the pictures.</summary>
    /// <param name="device">Where the networks are trained.</param>
    /// <param name="steps">Steps each takes.</param>
    public Trial(Device device, int steps = Examination.UsualSteps)
    {
        (ImageSource train, _) = ProceduralImages.Splits(seed: 1, Pictures, test: 10);
        _device = device;
        _loader = new BatchLoader(train, Normalization.Of(train), new TrainingOptions().Batch / 4, new Augmentation(0, false, 0), seed: 1);
        _examination = new Examination(device);
        _steps = steps;
    }

    /// <summary>Names of all patients, in order.</summary>
    public static IEnumerable<string> Names => Patients.All.Select(patient => patient.Name);

    /// <summary>Examines one patient.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public TrialResult Run(string name)
    {
        Patient patient = Patients.All.Single(patient => patient.Name == name);
        Observation seen = Observe(patient, patient.Options);
        Diagnosis signals = new GradientDoctor().Examine(seen);
        Diagnosis weights = new GradientDoctor(Instrument.WeightGradients).Examine(seen);
        return new(patient.Name, patient.IsHeldOut, patient.IsHealthy, patient.Cause, signals, IsRight(signals), weights, IsRight(weights));

        bool IsRight(Diagnosis diagnosis) => diagnosis.Cause == patient.Cause && patient.Verdicts.Contains(diagnosis.Verdict);
    }

    /// <summary>Ill patients of five kinds, for <see cref="Treat"/>.</summary>
    public static IReadOnlyList<string> Treatable { get; } =
        ["mlp 20x64, normal:0.01", "conv 16x12, he-normal:3.5", "tanh, mlp 10x64, normal:0.5", "tutorial 8, sgd 1", "4 blocks of 12, clip norm:0.001"];

    /// <summary>Trains an ill patient as it is, with the remedy the doctor recommends, and with the remedy of another illness; each from its own start, on the same batches.</summary>
    /// <param name="name">One of <see cref="Treatable"/>.</param>
    /// <returns>The losses of every step.</returns>
    public (IReadOnlyList<float> AsItIs, IReadOnlyList<float> Remedied, IReadOnlyList<float> OtherRemedy) Treat(string name)
    {
        Patient patient = Patients.All.Single(patient => patient.Name == name);
        Observation seen = Observe(patient, patient.Options);
        Remedy remedy = new GradientDoctor().Examine(seen).Remedy!;
        // Of another illness: a smaller step where weights are to blame, other weights where steps are.
        Remedy other = remedy.Changed!.Init != patient.Options.Init ? Remedies.Slower(seen) : Remedies.Init(seen);
        return (seen.Losses, Observe(patient, remedy.Changed).Losses, Observe(patient, other.Changed!).Losses);
    }

    private Observation Observe(Patient patient, TrainingOptions options)
    {
        options = options.Resolve();
        return _examination.Of(
            patient.Network(),
            options,
            start: null,
            _ => options.Lr!.Value,
            _loader.NewBatch(),
            (step, batch) =>
            {
                _loader.Load(step / _loader.BatchesPerEpoch, step % _loader.BatchesPerEpoch, batch);
                Feed(patient.Diet, step, batch);
            },
            _steps);
    }

    private static void Feed(Diet diet, int step, ImageBatch batch)
    {
        Random random = new(step);
        switch (diet)
        {
            case Diet.RandomLabels:
                Relabel(batch, _ => random.Next(10));
                break;
            case Diet.OneLabel:
                Relabel(batch, label => random.Next(10) == 0 ? label : 0);
                break;
            case Diet.NaN:
                batch.Images[batch.Images.Length / 2] = float.NaN;
                break;
            case Diet.Infinity:
                batch.Images[batch.Images.Length / 2] = float.PositiveInfinity;
                break;
            case Diet.Constant:
                batch.Images.Clear();
                break;
        }
    }

    private static void Relabel(ImageBatch batch, Func<int, int> label)
    {
        foreach (ref int target in batch.Labels)
        {
            target = label(target);
        }
    }
}
