using Gimbal.Inference;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Export;

/// <summary>Compares a model file, run by ONNX Runtime the way an app runs it, with the network it came from, on real pictures.</summary>
/// <remarks>
/// The reference is the unfolded forward pass of the exported weights on the trainer's own device, fed by the trainer's own loader. The file
/// gets raw pixels through Gimbal.Inference, in batches of 1, of an odd size and full. It passes when no output differs by more than
/// 1e-4·max(1, rms) and every class agrees, but for ties within twice that.
/// </remarks>
internal sealed class ParityGate
{
    private const double RelativeTolerance = 1e-4;
    private const int OddBatch = 7;
    private const int FullBatch = 64;

    private readonly TrainedModel _model;
    private readonly ImageSource _samples;
    private readonly float[] _reference;

    /// <summary>Computes the reference.</summary>
    /// <param name="model">Network and weights.</param>
    /// <param name="samples">Pictures, one or more.</param>
    /// <param name="device">The trainer's device.</param>
    /// <param name="output">Form of the file's output.</param>
    public ParityGate(TrainedModel model, ImageSource samples, Device device, OutputForm output)
    {
        (_model, _samples) = (model, samples);
        _reference = Reference(model, samples, device);
        if (output == OutputForm.Probabilities)
        {
            ToProbabilities(_reference, model.Classes.Count);
        }

        double rms = Math.Sqrt(_reference.Average(v => (double)v * v));
        (Rms, Tolerance) = (rms, RelativeTolerance * Math.Max(1, rms));
    }

    /// <summary>Root mean square of the reference.</summary>
    public double Rms { get; }

    /// <summary>Largest difference that passes.</summary>
    public double Tolerance { get; }

    /// <summary>The reference outputs of one sample.</summary>
    public float[] ReferenceOf(int sample) => _reference[(sample * _model.Classes.Count)..((sample + 1) * _model.Classes.Count)];

    /// <summary>Runs the file and compares. The first divergent node is not looked for.</summary>
    public ParityReport Compare(ImageClassifier file)
    {
        int classes = _model.Classes.Count;
        List<int> batches = [];
        double largest = 0;
        int agreeing = 0;
        int ties = 0;
        byte[] pixels = new byte[FullBatch * _samples.PixelBytes];
        float[] outputs = new float[FullBatch * classes];
        for (int start = 0; start < _samples.Count;)
        {
            int wanted = batches.Count switch { 0 => 1, 1 => OddBatch, _ => FullBatch };
            int count = Math.Min(wanted, _samples.Count - start);
            for (int i = 0; i < count; i++)
            {
                _samples.Read(start + i, pixels.AsSpan(i * _samples.PixelBytes, _samples.PixelBytes));
            }

            file.RunPixels(pixels.AsSpan(0, count * _samples.PixelBytes), outputs.AsSpan(0, count * classes));
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> expected = _reference.AsSpan((start + i) * classes, classes);
                ReadOnlySpan<float> actual = outputs.AsSpan(i * classes, classes);
                largest = Math.Max(largest, Difference(expected, actual));
                bool isSame = ArgMax(expected) == ArgMax(actual);
                agreeing += isSame ? 1 : 0;
                ties += !isSame && Margin(expected) < 2 * Tolerance ? 1 : 0;
            }

            batches.Add(count);
            start += count;
        }

        bool passed = largest <= Tolerance && agreeing + ties == _samples.Count;
        return new ParityReport(
            largest, Tolerance, Rms, (double)agreeing / _samples.Count, ties, _samples.Count, [.. batches.Distinct()], file.Provider.ToString().ToLowerInvariant(), passed, null);
    }

    private static float[] Reference(TrainedModel model, ImageSource samples, Device device)
    {
        int classes = model.Classes.Count;
        using Evaluator evaluator = new(model.Network, device, Math.Min(FullBatch, samples.Count));
        evaluator.Load(model.Weights);
        OrderedBatches batches = new(samples, model.Normalization, evaluator.Batch);
        float[] images = new float[evaluator.Batch * samples.PixelBytes];
        int[] labels = new int[evaluator.Batch];
        float[] logits = new float[evaluator.Batch * classes];
        float[] all = new float[samples.Count * classes];
        for (int i = 0; i < batches.Count; i++)
        {
            int held = batches.Load(i, images, labels);
            evaluator.Logits(images, logits);
            logits.AsSpan(0, held * classes).CopyTo(all.AsSpan(i * evaluator.Batch * classes));
        }

        return all;
    }

    private static void ToProbabilities(float[] logits, int classes)
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

    // A difference that is not a number must not compare as small.
    private static double Difference(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double largest = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = Math.Abs((double)a[i] - b[i]);
            largest = difference <= largest ? largest : double.IsNaN(difference) ? double.PositiveInfinity : difference;
        }

        return largest;
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
