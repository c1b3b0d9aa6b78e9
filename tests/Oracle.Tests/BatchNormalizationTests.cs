using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Gimbal.Oracle.Tests;

/// <summary>Batch normalisation against batch_norm: results, gradients and running statistics, in training and at inference.</summary>
public sealed class BatchNormalizationTests
{
    // Statistics are summed in double or in short float32 runs; what is left are some ten roundings of 2^-24 per element, multiplied by the
    // ratio of mean and deviation, which is up to 10 here (measured: 1e-6).
    private const double Limit = 5e-6;

    private sealed record Configuration(TensorType Type, float Mean, float Epsilon, float Momentum);

    /// <summary>What is asked of batch_norm.</summary>
    private enum Convention
    {
        Pytorch,
        BiasedRunningVariance,
        ComplementaryMomentum,
        EpsilonOutsideTheRoot,
    }

    [TorchFact]
    public void Training_agrees() => Compare(Convention.Pytorch, 200).Within(Limit);

    [TorchFact]
    public void Wrong_conventions_would_be_noticed()
    {
        Compare(Convention.BiasedRunningVariance, 20).Exceeds(Limit);
        Compare(Convention.ComplementaryMomentum, 20).Exceeds(Limit);
        Compare(Convention.EpsilonOutsideTheRoot, 20).Exceeds(Limit);
    }

    [TorchFact]
    public void Inference_agrees()
    {
        Agreement agreement = new();
        Agreement epsilonOutside = new();
        Random random = new(52);
        for (int i = 0; i < 100; i++)
        {
            using var scope = NewDisposeScope();
            Configuration configuration = RandomConfiguration(random);
            float[] x = random.Normal(configuration.Type.Shape, mean: configuration.Mean);
            State state = new(configuration.Type.Shape[1], random);
            ProductGraph product = new();
            Value[] inputs = [product.Input("x", configuration.Type, x), .. state.Declare(product)];
            float[][] results = product.Run(product.Builder.Add(new FrozenBatchNormalization(configuration.Epsilon), inputs));
            foreach ((Agreement comparison, Convention convention) in new[] { (agreement, Convention.Pytorch), (epsilonOutside, Convention.EpsilonOutsideTheRoot) })
            {
                Tensor y = nn.functional.batch_norm(
                    x.Torch(configuration.Type.Shape), state.TorchMean, Variance(state.TorchVariance, configuration.Epsilon, convention), state.TorchGamma, state.TorchBeta, false, 0, configuration.Epsilon);
                comparison.Compare("y", results[0], y, configuration);
            }
        }

        agreement.Within(Limit);
        epsilonOutside.Exceeds(Limit);
    }

    private static Agreement Compare(Convention convention, int configurations)
    {
        Agreement agreement = new();
        Random random = new(51);
        for (int i = 0; i < configurations; i++)
        {
            using var scope = NewDisposeScope();
            CompareOne(agreement, RandomConfiguration(random), random, convention);
        }

        return agreement;
    }

    private static void CompareOne(Agreement agreement, Configuration configuration, Random random, Convention convention)
    {
        (TensorType type, float centre, float epsilon, float momentum) = configuration;
        float[] x = random.Normal(type.Shape, mean: centre);
        float[] gradY = random.Normal(type.Shape);
        State state = new(type.Shape[1], random);
        ProductGraph product = new();
        Value[] inputs = [product.Input("x", type, x), .. state.Declare(product)];
        IReadOnlyList<Value> outputs = product.Builder.AddAll(new BatchNormalization(epsilon, momentum), inputs, [null, null, null, inputs[3], inputs[4]]);
        IReadOnlyDictionary<Value, Value> gradients = Autodiff.Differentiate(
            product.Builder, outputs[0], product.Input("gradY", type, gradY), [inputs[0], inputs[1], inputs[2]], new Add());
        float[][] results = product.Run(
            outputs[0], gradients[inputs[0]], gradients[inputs[1]], gradients[inputs[2]], inputs[3], inputs[4]);

        Tensor torchX = x.Torch(type.Shape).requires_grad_();
        Tensor gamma = state.TorchGamma.requires_grad_();
        Tensor beta = state.TorchBeta.requires_grad_();
        Tensor torchGradY = gradY.Torch(type.Shape);
        Tensor y = Normalize(torchX, gamma, beta, epsilon, convention);
        y.backward([torchGradY]);
        Tensor mean = state.TorchMean;
        Tensor variance = state.TorchVariance;
        UpdateStatistics(torchX.detach(), mean, variance, momentum, convention);
        // gradX is a difference of terms of this size, nearly all of which cancels in a batch of two or three.
        double terms = (torchGradY * gamma.detach().reshape(Along(type)) / torchX.detach().std(Others(type), unbiased: false, keepdim: true)).abs().max().item<double>();
        // What as many terms of size 1 and either sign come to as a rule; a single channel may be luckier.
        double typicalSum = Math.Sqrt(type.Shape.Count / type.Shape[1]);
        agreement.Compare("y", results[0], y, configuration);
        agreement.Compare("gradX", results[1], torchX.grad!, configuration, terms);
        agreement.Compare("gradGamma", results[2], gamma.grad!, configuration, typicalSum);
        agreement.Compare("gradBeta", results[3], beta.grad!, configuration, typicalSum);
        agreement.Compare("running mean", results[4], mean, configuration, scaleAtLeast: 1);
        agreement.Compare("running variance", results[5], variance, configuration);
    }

    private static Tensor Normalize(Tensor x, Tensor gamma, Tensor beta, double epsilon, Convention convention)
    {
        if (convention != Convention.EpsilonOutsideTheRoot)
        {
            return nn.functional.batch_norm(x, null!, null!, gamma, beta, true, 0, epsilon);
        }

        long[] others = x.dim() == 4 ? [0, 2, 3] : [0];
        long[] along = x.dim() == 4 ? [1, -1, 1, 1] : [1, -1];
        Tensor centred = x - x.mean(others, keepdim: true);
        return (centred / ((centred * centred).mean(others, keepdim: true).sqrt() + epsilon) * gamma.reshape(along)) + beta.reshape(along);
    }

    private static void UpdateStatistics(Tensor x, Tensor mean, Tensor variance, double momentum, Convention convention)
    {
        double share = convention == Convention.ComplementaryMomentum ? 1 - momentum : momentum;
        Tensor before = variance.clone();
        nn.functional.batch_norm(x, mean, variance, null, null, true, share, 1e-5);
        if (convention == Convention.BiasedRunningVariance)
        {
            double rows = x.numel() / x.shape[1];
            variance.copy_((before * (1 - share)) + ((variance - (before * (1 - share))) * ((rows - 1) / rows)));
        }
    }

    // What batch_norm must be given so that it divides by √σ² + ε.
    private static Tensor Variance(Tensor variance, double epsilon, Convention convention) =>
        convention == Convention.EpsilonOutsideTheRoot ? (variance.sqrt() + epsilon).square() - epsilon : variance;

    private static long[] Along(TensorType type) => type.Axes == Axes.Image ? [1, -1, 1, 1] : [1, -1];

    private static long[] Others(TensorType type) => type.Axes == Axes.Image ? [0, 2, 3] : [0];

    private static Configuration RandomConfiguration(Random random)
    {
        int channels = random.Between(1, 70);
        TensorType type = random.Next(4) == 0
            ? TensorType.Matrix(random.Between(2, 40), channels)
            : TensorType.Image(random.Between(1, 5), channels, random.Between(2, 9), random.Between(1, 9));
        return new(type, random.OneOf(0, 1, -10), random.OneOf(1e-5f, 1e-3f, 0.1f), random.OneOf(0.1f, 0.01f, 0.7f));
    }

    /// <summary>Scale, shift and running statistics before the step.</summary>
    private sealed class State(int channels, Random random)
    {
        private readonly float[] _gamma = random.Normal(new Shape(channels), mean: 1);
        private readonly float[] _beta = random.Normal(new Shape(channels));
        private readonly float[] _mean = random.Normal(new Shape(channels));
        private readonly float[] _variance = [.. random.Normal(new Shape(channels)).Select(v => (v * v) + 0.1f)];

        public Tensor TorchGamma => _gamma.Torch(new Shape(channels));

        public Tensor TorchBeta => _beta.Torch(new Shape(channels));

        public Tensor TorchMean => _mean.Torch(new Shape(channels));

        public Tensor TorchVariance => _variance.Torch(new Shape(channels));

        public Value[] Declare(ProductGraph product)
        {
            TensorType type = TensorType.Vector(channels);
            return
            [
                product.Input("gamma", type, _gamma), product.Input("beta", type, _beta), product.Buffer("mean", type, _mean), product.Buffer("variance", type, _variance),
            ];
        }
    }
}
