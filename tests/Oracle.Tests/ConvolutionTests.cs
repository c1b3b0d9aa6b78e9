using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Gimbal.Oracle.Tests;

/// <summary>Convolution and its gradients against conv2d.</summary>
public sealed class ConvolutionTests
{
    // Each result is a float32 dot product of at most 600 terms of either sign. Rounding errors of 2^-24 per addition then come to some
    // sqrt(600) * 2^-24 = 1.5e-6 of the typical term at most; measured 4e-7, as libtorch's own float32 kernels.
    private const double DirectLimit = 2e-6;

    // Winograd F(4x4,3x3) adds and subtracts transformed values that are larger than the result; measured on these shapes up to 1e-5.
    private const double WinogradLimit = 3e-5;

    private sealed record Configuration(int N, int C, int H, int W, int M, int R, int S, Conv Conv);

    [TorchFact]
    public void Strides_pads_dilations_and_groups_agree()
    {
        Agreement agreement = Compare(RandomConfigurations(240), seed: 1, FlipNothing);
        agreement.Within(DirectLimit);
    }

    [TorchFact]
    public void Three_by_three_filters_with_many_channels_agree()
    {
        Agreement agreement = Compare(WideConfigurations(30), seed: 2, FlipNothing);
        agreement.Within(WinogradLimit);
    }

    [TorchFact]
    public void True_convolution_with_flipped_filters_would_be_noticed() =>
        Compare(RandomConfigurations(20), seed: 1, filter => filter.flip(2, 3)).Exceeds(WinogradLimit);

    private static Tensor FlipNothing(Tensor filter) => filter;

    private static Agreement Compare(IEnumerable<Configuration> configurations, int seed, Func<Tensor, Tensor> convention)
    {
        Agreement agreement = new();
        Random random = new(seed);
        foreach (Configuration configuration in configurations)
        {
            using var scope = NewDisposeScope();
            CompareOne(agreement, configuration, random, convention);
        }

        return agreement;
    }

    private static void CompareOne(Agreement agreement, Configuration configuration, Random random, Func<Tensor, Tensor> convention)
    {
        (int n, int c, int h, int w, int m, int r, int s, Conv conv) = configuration;
        TensorType imageType = TensorType.Image(n, c, h, w);
        TensorType filterType = TensorType.Filter(m, c / conv.Groups, r, s);
        TensorType outputType = conv.Infer([imageType, filterType])[0];
        float[] image = random.Normal(imageType.Shape);
        float[] filter = random.Normal(filterType.Shape);
        float[] bias = random.Normal(new Shape(m));
        float[] gradient = random.Normal(outputType.Shape);

        ProductGraph product = new();
        Value x = product.Input("x", imageType, image);
        Value weight = product.Input("w", filterType, filter);
        Value gradY = product.Input("gradY", outputType, gradient);
        float[][] results = product.Run(
            product.Builder.Add(conv, x, weight, product.Input("bias", TensorType.Vector(m), bias)),
            product.Builder.Add(new ConvGradInput(conv, h, w), weight, gradY),
            product.Builder.Add(new ConvGradWeight(conv, r, s), x, gradY));

        Tensor torchImage = image.Torch(imageType.Shape).requires_grad_();
        Tensor torchFilter = filter.Torch(filterType.Shape).requires_grad_();
        Tensor output = nn.functional.conv2d(
            Pad(torchImage, conv.Pad),
            convention(torchFilter),
            bias.Torch(new Shape(m)),
            strides: [conv.Stride.H, conv.Stride.W],
            dilation: [conv.Dilation.H, conv.Dilation.W],
            groups: conv.Groups);
        output.backward([gradient.Torch(outputType.Shape)]);
        agreement.Compare("y", results[0], output, configuration);
        agreement.Compare("gradX", results[1], torchImage.grad!, configuration);
        agreement.Compare("gradW", results[2], torchFilter.grad!, configuration);
    }

    // conv2d itself takes the same padding on opposite sides only.
    private static Tensor Pad(Tensor image, Pad2 pad) => nn.functional.pad(image, [pad.Left, pad.Right, pad.Top, pad.Bottom]);

    private static IEnumerable<Configuration> RandomConfigurations(int count)
    {
        Random random = new(3);
        while (count > 0)
        {
            int groups = random.Between(1, 3);
            Conv conv = new(
                new Size2(random.Between(1, 3), random.Between(1, 3)),
                new Pad2(random.Between(0, 2), random.Between(0, 2), random.Between(0, 2), random.Between(0, 2)),
                new Size2(random.Between(1, 2), random.Between(1, 2)),
                groups);
            Configuration configuration = new(
                random.Between(1, 3),
                groups * random.Between(1, 6),
                random.Between(3, 12),
                random.Between(3, 12),
                groups * random.Between(1, 6),
                random.Between(1, 5),
                random.Between(1, 5),
                conv);
            if (Fits(configuration))
            {
                count--;
                yield return configuration;
            }
        }
    }

    private static bool Fits(Configuration c) =>
        c.H + c.Conv.Pad.Top + c.Conv.Pad.Bottom > c.Conv.Dilation.H * (c.R - 1)
        && c.W + c.Conv.Pad.Left + c.Conv.Pad.Right > c.Conv.Dilation.W * (c.S - 1);

    private static IEnumerable<Configuration> WideConfigurations(int count)
    {
        Random random = new(4);
        for (int i = 0; i < count; i++)
        {
            Conv conv = new(random.Between(1, 2), random.Between(0, 1), 1);
            yield return new(
                random.Between(1, 3), random.OneOf(3, 16, 24, 48, 64), random.Between(4, 20), random.Between(4, 20), random.OneOf(16, 32, 40, 64), 3, 3, conv);
        }
    }
}
