using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Gimbal.Oracle.Tests;

/// <summary>Pooling and its gradients against max_pool2d and avg_pool2d.</summary>
public sealed class PoolingTests
{
    // A mean of at most 25 float32 numbers and a sum of at most 25 shares.
    private const double AverageLimit = 1e-6;

    // Values are copied; gradients that meet in a pixel are at most 25 and added in another order.
    private const double MaximumLimit = 5e-7;

    private sealed record Configuration(TensorType Type, Size2 Window, Size2 Stride, Size2 Pad);

    [TorchFact]
    public void Average_pooling_agrees_whichever_way_padding_counts()
    {
        Compare(60, Average(PadCounting.Included), AveragePool(countsPadding: true)).Within(AverageLimit);
        Compare(60, Average(PadCounting.Excluded), AveragePool(countsPadding: false)).Within(AverageLimit);
    }

    [TorchFact]
    public void Padding_counted_the_other_way_would_be_noticed() =>
        Compare(20, Average(PadCounting.Included), AveragePool(countsPadding: false)).Exceeds(AverageLimit);

    [TorchFact]
    public void Max_pooling_agrees_with_and_without_ties()
    {
        Compare(60, Maximum, MaxPool).Within(MaximumLimit);
        Compare(60, Maximum, MaxPool, hasTies: true).Within(MaximumLimit);
    }

    [TorchFact]
    public void The_last_of_equal_maxima_would_be_noticed() => Compare(20, Maximum, LastMaximum, hasTies: true).Exceeds(MaximumLimit);

    [TorchFact]
    public void Global_average_pooling_agrees() =>
        Compare(40, _ => new GlobalAveragePool(), (x, _) => x.mean([2, 3], keepdim: true)).Within(AverageLimit);

    private static Op Maximum(Configuration c) => new MaxPool(c.Window, c.Stride, Pad(c));

    private static Func<Configuration, Op> Average(PadCounting counting) => c => new AveragePool(c.Window, c.Stride, Pad(c), counting);

    private static Tensor MaxPool(Tensor x, Configuration c) => nn.functional.max_pool2d(x, Sizes(c.Window), Sizes(c.Stride), Sizes(c.Pad));

    private static Func<Tensor, Configuration, Tensor> AveragePool(bool countsPadding) => (x, c) =>
        nn.functional.avg_pool2d(x, Sizes(c.Window), Sizes(c.Stride), Sizes(c.Pad), count_include_pad: countsPadding);

    // Turned by 180 degrees, the last maximum comes first; windows meet the same pixels because the image is cut to what they cover.
    private static Tensor LastMaximum(Tensor x, Configuration c)
    {
        Tensor padded = nn.functional.pad(x, [c.Pad.W, c.Pad.W, c.Pad.H, c.Pad.H], value: double.NegativeInfinity);
        long rows = padded.shape[2] - ((padded.shape[2] - c.Window.H) % c.Stride.H);
        long columns = padded.shape[3] - ((padded.shape[3] - c.Window.W) % c.Stride.W);
        Tensor turned = padded.narrow(2, 0, rows).narrow(3, 0, columns).flip(2, 3);
        return nn.functional.max_pool2d(turned, Sizes(c.Window), Sizes(c.Stride)).flip(2, 3);
    }

    private static Agreement Compare(int configurations, Func<Configuration, Op> op, Func<Tensor, Configuration, Tensor> oracle, bool hasTies = false)
    {
        Agreement agreement = new();
        Random random = new(61);
        for (int i = 0; i < configurations; i++)
        {
            using var scope = NewDisposeScope();
            CompareOne(agreement, RandomConfiguration(random), random, op, oracle, hasTies);
        }

        return agreement;
    }

    private static void CompareOne(
        Agreement agreement, Configuration configuration, Random random, Func<Configuration, Op> op, Func<Tensor, Configuration, Tensor> oracle, bool hasTies)
    {
        Shape shape = configuration.Type.Shape;
        float[] x = random.Normal(shape);
        if (hasTies)
        {
            // Three different values, so that nearly every window has several maxima.
            x = [.. x.Select(v => MathF.Round(Math.Clamp(v, -1, 1)))];
        }

        ProductGraph product = new();
        Value input = product.Input("x", configuration.Type, x);
        Value y = product.Builder.Add(op(configuration), input);
        float[] gradY = random.Normal(y.Shape);
        Value gradX = Autodiff.Differentiate(product.Builder, y, product.Input("gradY", y.Type, gradY), [input], new Add())[input];
        float[][] results = product.Run(y, gradX);

        Tensor torchX = x.Torch(shape).requires_grad_();
        Tensor torchY = oracle(torchX, configuration);
        torchY.backward([gradY.Torch(y.Shape)]);
        agreement.Compare("y", results[0], torchY, configuration, scaleAtLeast: 0.1);
        agreement.Compare("gradX", results[1], torchX.grad!, configuration, scaleAtLeast: 0.1);
    }

    private static Pad2 Pad(Configuration c) => new(c.Pad.H, c.Pad.W, c.Pad.H, c.Pad.W);

    private static long[] Sizes(Size2 size) => [size.H, size.W];

    private static Configuration RandomConfiguration(Random random)
    {
        Size2 window = new(random.Between(1, 5), random.Between(1, 5));
        return new(
            TensorType.Image(random.Between(1, 3), random.Between(1, 40), random.Between(5, 14), random.Between(5, 14)),
            window,
            new Size2(random.Between(1, 4), random.Between(1, 4)),
            // libtorch allows at most half a window.
            new Size2(random.Between(0, window.H / 2), random.Between(0, window.W / 2)));
    }
}
