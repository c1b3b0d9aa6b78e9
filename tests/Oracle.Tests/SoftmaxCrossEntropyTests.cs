using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Gimbal.Oracle.Tests;

/// <summary>The loss and its gradient against cross_entropy.</summary>
public sealed class SoftmaxCrossEntropyTests
{
    private const int Ignored = -1;

    // exp and the results are rounded to float32; everything between is double. Losses are judged by the size of the log-probabilities they
    // are made of, which is at least 1, gradients by the largest possible one, 1 / rows (measured: 1.1e-7).
    private const double Limit = 5e-7;

    private sealed record Configuration(int N, int K, float Smoothing, bool Weighted, bool SomeIgnored);

    /// <summary>What cross_entropy is asked to do differently.</summary>
    private enum Convention
    {
        Pytorch,
        MeanOverRows,
        SmoothingOverOtherClasses,
        CountingIgnoredRows,
    }

    [TorchFact]
    public void Smoothing_class_weights_and_ignored_labels_agree() => Compare(Convention.Pytorch).Within(Limit);

    [TorchFact]
    public void Dividing_by_rows_instead_of_weights_would_be_noticed() => Compare(Convention.MeanOverRows).Exceeds(Limit);

    [TorchFact]
    public void Smoothing_over_the_wrong_classes_only_would_be_noticed() => Compare(Convention.SmoothingOverOtherClasses).Exceeds(Limit);

    [TorchFact]
    public void Counting_ignored_rows_would_be_noticed() => Compare(Convention.CountingIgnoredRows).Exceeds(Limit);

    private static Agreement Compare(Convention convention)
    {
        Agreement agreement = new();
        Random random = new(11);
        for (int i = 0; i < 200; i++)
        {
            using var scope = NewDisposeScope();
            Configuration configuration = new(
                random.Between(1, 150), random.Between(2, 30), random.OneOf(0, 0.1f, 0.37f), random.Next(2) == 0, random.Next(2) == 0);
            CompareOne(agreement, configuration, random, convention);
        }

        return agreement;
    }

    private static void CompareOne(Agreement agreement, Configuration configuration, Random random, Convention convention)
    {
        (int n, int k, float smoothing, bool isWeighted, bool someIgnored) = configuration;
        TensorType type = TensorType.Matrix(n, k);
        float[] logits = random.Normal(type.Shape, scale: random.OneOf(0.1, 1, 10));
        // The first row always counts: what a batch without labels is worth is a convention of its own.
        int[] labels = [.. Enumerable.Range(0, n).Select(row => row > 0 && someIgnored && random.Next(3) == 0 ? Ignored : random.Next(k))];
        float[] weights = [.. Enumerable.Range(0, k).Select(_ => isWeighted ? 0.2f + random.NextSingle() : 1)];

        ProductGraph product = new();
        List<Value> inputs = [product.Input("logits", type, logits), product.Input("labels", TensorType.Vector(n), labels)];
        if (isWeighted)
        {
            inputs.Add(product.Input("weights", TensorType.Vector(k), weights));
        }

        IReadOnlyList<Value> outputs = product.Builder.AddAll(new SoftmaxCrossEntropy(smoothing), inputs);
        float[][] results = product.Run(outputs);

        Tensor torchLogits = logits.Torch(type.Shape).requires_grad_();
        Tensor loss = Loss(torchLogits, labels, weights.Torch(new Shape(k)), smoothing, convention);
        loss.backward();
        agreement.Compare("loss", results[0], loss, configuration, scaleAtLeast: 1);
        agreement.Compare("gradLogits", results[1], torchLogits.grad!, configuration, scaleAtLeast: 1.0 / n);
    }

    private static Tensor Loss(Tensor logits, int[] labels, Tensor weights, float smoothing, Convention convention)
    {
        Tensor target = tensor(labels.Select(label => (long)label).ToArray());
        int classes = (int)weights.shape[0];
        Tensor Sum(double share) => nn.functional.cross_entropy(logits, target, weights, Ignored, nn.Reduction.Sum, share);
        return convention switch
        {
            Convention.MeanOverRows => Sum(smoothing) / labels.Count(label => label != Ignored),
            Convention.CountingIgnoredRows => Sum(smoothing) / labels.Length,
            // s/(K - 1) on every other class is what s' = s·K/(K - 1) over all classes gives.
            Convention.SmoothingOverOtherClasses => nn.functional.cross_entropy(
                logits, target, weights, Ignored, nn.Reduction.Mean, (double)smoothing * classes / (classes - 1)),
            _ => nn.functional.cross_entropy(logits, target, weights, Ignored, nn.Reduction.Mean, smoothing),
        };
    }
}
