using Gimbal.Inference;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Export;

/// <summary>Compares a model file, run by ONNX Runtime the way an app runs it, with the network it came from, on real pictures.</summary>
/// <remarks>
/// The reference is the unfolded forward pass of the exported weights on the trainer's own device, fed by the trainer's own loader. The file
/// gets raw pixels through Gimbal.Inference, in batches of 1, of an odd size and full. It passes when no output differs by more than
/// 1e-4·max(1, rms of the logits) and every class agrees, but for ties within twice that. Probabilities are compared as they are and as the
/// logits they stand for, up to the constant that softmax loses: a confident network would hide a fault behind values near 0 and 1.
/// </remarks>
internal sealed class ParityGate
{
    private const double RelativeTolerance = 1e-4;
    private const int OddBatch = 7;
    private const int FullBatch = 64;

    // exp(−60) is far inside float32's range; what is less likely is as good as impossible.
    private const double LeastLogit = -60;

    private readonly TrainedModel _model;
    private readonly ImageSource _samples;
    private readonly OutputForm _output;
    private readonly float[] _logits;
    private readonly float[] _outputs;

    /// <summary>Computes the reference.</summary>
    /// <param name="model">Network and weights.</param>
    /// <param name="samples">Pictures, one or more.</param>
    /// <param name="device">The trainer's device.</param>
    /// <param name="output">Form of the file's output.</param>
    public ParityGate(TrainedModel model, ImageSource samples, Device device, OutputForm output)
    {
        (_model, _samples, _output) = (model, samples, output);
        _logits = Reference(model, samples, device);
        _outputs = [.. _logits];
        if (output == OutputForm.Probabilities)
        {
            ToProbabilities(_outputs, model.Classes.Count);
        }

        Rms = Math.Sqrt(_logits.Average(v => (double)v * v));
        Tolerance = RelativeTolerance * Math.Max(1, Rms);
        GoldenTolerance = output == OutputForm.Probabilities ? RelativeTolerance : Tolerance;
    }

    /// <summary>Root mean square of the reference's logits.</summary>
    public double Rms { get; }

    /// <summary>Whether the reference is a number everywhere; without it nothing can be compared.</summary>
    public bool IsFinite => double.IsFinite(Rms);

    /// <summary>Largest difference that passes.</summary>
    public double Tolerance { get; }

    /// <summary>Largest difference of an output that passes where the file runs later.</summary>
    public double GoldenTolerance { get; }

    /// <summary>The reference outputs of one sample, in the file's form.</summary>
    public float[] ReferenceOf(int sample) => _outputs[(sample * _model.Classes.Count)..((sample + 1) * _model.Classes.Count)];

    /// <summary>Runs the file and compares. The first divergent node is not looked for.</summary>
    public ParityReport Compare(ImageClassifier file)
    {
        int classes = _model.Classes.Count;
        List<int> batches = [];
        double largest = 0;
        int worst = 0;
        int agreeing = 0;
        int ties = 0;
        byte[] pixels = new byte[FullBatch * _samples.PixelBytes];
        float[] outputs = new float[FullBatch * classes];
        int compared = 0;
        while (compared < _samples.Count || batches.Count < 2)
        {
            // The first two batches are what they are: where there are fewer pictures, some are repeated.
            int count = batches.Count switch { 0 => 1, 1 => OddBatch, _ => Math.Min(FullBatch, _samples.Count - compared) };
            for (int i = 0; i < count; i++)
            {
                _samples.Read((compared + i) % _samples.Count, pixels.AsSpan(i * _samples.PixelBytes, _samples.PixelBytes));
            }

            file.RunPixels(pixels.AsSpan(0, count * _samples.PixelBytes), outputs.AsSpan(0, count * classes));
            for (int i = 0; i < count; i++)
            {
                int sample = (compared + i) % _samples.Count;
                ReadOnlySpan<float> expected = _logits.AsSpan(sample * classes, classes);
                ReadOnlySpan<float> actual = outputs.AsSpan(i * classes, classes);
                double difference = Difference(_outputs.AsSpan(sample * classes, classes), actual);
                if (_output == OutputForm.Probabilities)
                {
                    difference = Math.Max(difference, LogitDifference(expected, actual));
                }

                (largest, worst) = difference > largest ? (difference, sample) : (largest, worst);
                bool isSame = ArgMax(expected) == ArgMax(actual);
                agreeing += isSame ? 1 : 0;
                ties += !isSame && Margin(expected) < 2 * Tolerance ? 1 : 0;
            }

            batches.Add(count);
            compared += count;
        }

        bool passed = largest <= Tolerance && agreeing + ties == compared;
        return new ParityReport(
            largest, Tolerance, Rms, (double)agreeing / compared, ties, _samples.Count, [.. batches.Distinct()], file.Provider.ToString().ToLowerInvariant(), passed, worst, null);
    }

    private static float[] Reference(TrainedModel model, ImageSource samples, Device device)
    {
        using Evaluator evaluator = new(model.Network, device, Math.Min(FullBatch, samples.Count), isFused: false);
        evaluator.Load(model.Weights);
        return evaluator.Logits(samples, model.Normalization);
    }

    /// <summary>Replaces each row of logits by its softmax, computed in double.</summary>
    public static void ToProbabilities(float[] logits, int classes)
    {
        for (int start = 0; start < logits.Length; start += classes)
        {
            Span<float> row = logits.AsSpan(start, classes);
            double max = row[ArgMax(row)];
            double sum = 0;
            foreach (float logit in row)
            {
                sum += Math.Exp(logit - max);
            }

            foreach (ref float logit in row)
            {
                logit = (float)(Math.Exp(logit - max) / sum);
            }
        }
    }

    /// <summary>Largest difference of two vectors; infinite where one is not a number, which must not compare as small.</summary>
    public static double Difference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double largest = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = Math.Abs((double)a[i] - b[i]);
            largest = difference <= largest ? largest : double.IsNaN(difference) ? double.PositiveInfinity : difference;
        }

        return largest;
    }

    // Both rows are taken relative to the likeliest class.
    private static double LogitDifference(ReadOnlySpan<float> logits, ReadOnlySpan<float> probabilities)
    {
        int best = ArgMax(logits);
        float[] expected = new float[logits.Length];
        float[] actual = new float[logits.Length];
        for (int i = 0; i < logits.Length; i++)
        {
            expected[i] = (float)Math.Max(LeastLogit, (double)logits[i] - logits[best]);
            actual[i] = (float)Math.Max(LeastLogit, Math.Log(probabilities[i]) - Math.Log(probabilities[best]));
        }

        return Difference(expected, actual);
    }

    private static int ArgMax(ReadOnlySpan<float> row) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(row);

    private static double Margin(ReadOnlySpan<float> row)
    {
        int best = ArgMax(row);
        double second = double.NegativeInfinity;
        for (int i = 0; i < row.Length; i++)
        {
            second = i == best ? second : Math.Max(second, row[i]);
        }

        return row[best] - second;
    }
}
