using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Gimbal.Oracle.Tests;

/// <summary>Twenty updates of each optimiser against torch.optim and torch.nn.utils.clip_grad_*.</summary>
public sealed class OptimizerTests
{
    private const int Configurations = 100;
    private const int ConfigurationsOfControls = 20;

    // Each of 20 steps rounds weight, states and step a few times to float32: some 20 * 4 * 2^-24, with a square root and a quotient in between (measured: 2e-6).
    private const double Limit = 5e-6;

    private static readonly GradientClip s_noClip = new(ClipMode.None, 0);

    [TorchFact]
    public void Sgd_agrees() => Compare(RandomSgd).Within(Limit);

    [TorchFact]
    public void Adam_agrees() => Compare(RandomAdam).Within(Limit);

    [TorchFact]
    public void AdamW_agrees() => Compare(RandomAdamW).Within(Limit);

    [TorchFact]
    public void Rmsprop_agrees() => Compare(RandomRmsprop).Within(Limit);

    [TorchFact]
    public void Clipping_by_norm_and_value_agrees() => Compare(RandomSgd, RandomClip).Within(Limit);

    [TorchFact]
    public void Wrong_conventions_would_be_noticed()
    {
        Compare(RandomSgd, rule: WrongUpdates.SgdWithRateInVelocity).Exceeds(Limit);
        Compare(RandomSgd, rule: WrongUpdates.SgdDampedFromTheFirstStep).Exceeds(Limit);
        Compare(RandomAdam, rule: WrongUpdates.AdamWithEpsilonInsideTheRoot).Exceeds(Limit);
        Compare(RandomAdam, rule: WrongUpdates.AdamWithEpsilonBeforeCorrection).Exceeds(Limit);
        Compare(RandomAdamW, rule: WrongUpdates.AdamWithCoupledDecay).Exceeds(Limit);
        Compare(RandomRmsprop, rule: WrongUpdates.RmspropWithEpsilonInsideTheRoot).Exceeds(Limit);
    }

    [TorchFact]
    public void The_harness_of_the_wrong_conventions_agrees_when_the_rule_is_right()
    {
        Compare(RandomSgd, rule: WrongUpdates.Sgd).Within(Limit);
        Compare(RandomAdam, rule: WrongUpdates.Adam).Within(Limit);
        Compare(RandomRmsprop, rule: WrongUpdates.Rmsprop).Within(Limit);
    }

    [TorchFact]
    public void Clipping_each_tensor_by_its_own_norm_would_be_noticed() =>
        Compare(RandomSgd, random => new GradientClip(ClipMode.Norm, Uniform(random, 0.1, 2)), clipTogether: false).Exceeds(Limit);

    private static Agreement Compare(
        Func<Random, Optimizer> optimizer, Func<Random, GradientClip>? clip = null, UpdateRule? rule = null, bool clipTogether = true)
    {
        int configurations = rule is null && clipTogether ? Configurations : ConfigurationsOfControls;
        Agreement agreement = new();
        Random random = new(21);
        for (int i = 0; i < configurations; i++)
        {
            using var scope = NewDisposeScope();
            OptimizerCase configuration = new(optimizer(random), clip?.Invoke(random) ?? s_noClip, random);
            float[][] product = configuration.RunProduct();
            Tensor[] expected = rule is null ? RunTorch(configuration, clipTogether) : rule.Run(configuration);
            for (int p = 0; p < product.Length; p++)
            {
                // A parameter that ends near zero has rounding errors of the size of its way there.
                double way = (expected[p] - configuration.Start[p].Torch(OptimizerCase.ShapeOf(p))).abs().max().item<double>();
                agreement.Compare($"parameter {p}", product[p], expected[p], configuration, scaleAtLeast: way);
            }
        }

        return agreement;
    }

    private static Tensor[] RunTorch(OptimizerCase configuration, bool clipTogether)
    {
        Parameter[] parameters = [.. configuration.Start.Select((values, i) => nn.Parameter(values.Torch(OptimizerCase.ShapeOf(i))))];
        // Parameters with and without decay.
        optim.Optimizer[] optimizers = [.. parameters.Select((p, i) => TorchOptimizer(configuration.Optimizer, p, configuration.DecayOf(i)))];
        for (int step = 0; step < OptimizerCase.Steps; step++)
        {
            for (int i = 0; i < parameters.Length; i++)
            {
                parameters[i].grad = configuration.Gradients[step][i].Torch(OptimizerCase.ShapeOf(i));
            }

            foreach (Parameter[] together in clipTogether ? [parameters] : parameters.Select(p => new[] { p }))
            {
                Clip(together, configuration.Clip);
            }

            foreach (optim.Optimizer optimizer in optimizers)
            {
                optimizer.ParamGroups.First().LearningRate = configuration.Rates[step];
                optimizer.step();
            }
        }

        return parameters;
    }

    private static void Clip(Parameter[] parameters, GradientClip clip)
    {
        switch (clip.Mode)
        {
            case ClipMode.Norm:
                nn.utils.clip_grad_norm_(parameters, clip.Limit);
                break;
            case ClipMode.Value:
                nn.utils.clip_grad_value_(parameters, clip.Limit);
                break;
        }
    }

    private static optim.Optimizer TorchOptimizer(Optimizer optimizer, Parameter parameter, double decay) => optimizer switch
    {
        Sgd o => optim.SGD([parameter], 1, o.Momentum, weight_decay: decay, nesterov: o.Nesterov),
        Adam o => optim.Adam([parameter], 1, o.Beta1, o.Beta2, o.Epsilon, decay),
        AdamW o => optim.AdamW([parameter], 1, o.Beta1, o.Beta2, o.Epsilon, decay),
        Rmsprop o => optim.RMSProp([parameter], 1, o.Alpha, o.Epsilon, decay, o.Momentum),
        _ => throw new ArgumentException($"{optimizer}: no counterpart in libtorch", nameof(optimizer)),
    };

    private static Sgd RandomSgd(Random random)
    {
        float momentum = random.OneOf(0, 0.5f, 0.9f);
        return new(momentum, momentum > 0 && random.Next(2) == 0, random.OneOf(0, 0.01f, 0.3f));
    }

    private static Adam RandomAdam(Random random) =>
        new(random.OneOf(0, 0.5f, 0.9f), random.OneOf(0.9f, 0.99f, 0.999f), random.OneOf(1e-8f, 1e-3f, 0.1f), random.OneOf(0, 0.3f));

    private static AdamW RandomAdamW(Random random) =>
        new(random.OneOf(0, 0.5f, 0.9f), random.OneOf(0.9f, 0.99f, 0.999f), random.OneOf(1e-8f, 1e-3f, 0.1f), random.OneOf(0, 0.3f));

    private static Rmsprop RandomRmsprop(Random random) =>
        new(random.OneOf(0.5f, 0.9f, 0.99f), random.OneOf(1e-8f, 1e-3f, 0.1f), random.OneOf(0, 0.9f), random.OneOf(0, 0.01f, 0.3f));

    private static GradientClip RandomClip(Random random) => new(random.OneOf(ClipMode.Norm, ClipMode.Value), Uniform(random, 0.05, 2));

    private static float Uniform(Random random, double low, double high) => (float)(low + ((high - low) * random.NextDouble()));
}
