using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Ops;

/// <summary>Each optimiser against its formula as PyTorch documents it, and against the wrong formulas one meets.</summary>
public sealed class UpdateConventionTests : IDisposable
{
    private const double LearningRate = 0.1f;
    private const double Count = 3;
    private static readonly TensorType[] Parameters = [TensorType.Filter(4, 3, 3, 3), TensorType.Vector(4)];

    private readonly ThreadTeam _team = new(1);

    [Fact]
    public void The_learning_rate_stays_out_of_the_velocity() => AssertDiffers(
        new SgdUpdate(0.9f, MomentumForm.Heavy, default, 0), (op, w, g, buf, _, _) => (w - ((op.Momentum * buf) + (LearningRate * g)), (op.Momentum * buf) + g, 0));

    [Fact]
    public void The_gradient_enters_the_velocity_undamped() => AssertDiffers(
        new SgdUpdate(0.9f, MomentumForm.Heavy, default, 0), (op, w, g, buf, _, _) =>
        {
            buf = (op.Momentum * buf) + ((1 - op.Momentum) * g);
            return (w - (LearningRate * buf), buf, 0);
        });

    [Fact]
    public void Nesterov_looks_ahead_from_the_updated_velocity() => AssertDiffers(
        new SgdUpdate(0.9f, MomentumForm.Nesterov, default, 0), (op, w, g, buf, _, _) => (w - (LearningRate * (g + (op.Momentum * buf))), (op.Momentum * buf) + g, 0));

    [Fact]
    public void Biases_do_not_decay() => AssertDiffers(new SgdUpdate(0.9f, MomentumForm.Heavy, default, 0.1f), (op, w, g, buf, _, _) =>
    {
        buf = (op.Momentum * buf) + g + (op.WeightDecay * w);
        return (w - (LearningRate * buf), buf, 0);
    });

    [Fact]
    public void Epsilon_stands_outside_the_root_of_Adam() => AssertDiffers(
        Adam(DecayForm.Coupled, 0, epsilon: 1), (op, w, g, m, v, decay) => Adam(op, w, g, m, v, v => Math.Sqrt(v + op.Epsilon)));

    [Fact]
    public void Epsilon_is_added_after_the_bias_correction_of_Adam() => AssertDiffers(
        Adam(DecayForm.Coupled, 0, epsilon: 1),
        (op, w, g, m, v, decay) => Adam(op, w, g, m, v, v => Math.Sqrt(v) + (op.Epsilon / Math.Sqrt(1 - Math.Pow(op.Beta2, Count)))));

    [Fact]
    public void Adam_corrects_its_bias() => AssertDiffers(Adam(DecayForm.Coupled, 0), (op, w, g, m, v, decay) =>
    {
        m = (op.Beta1 * m) + ((1 - op.Beta1) * g);
        v = (op.Beta2 * v) + ((1 - op.Beta2) * g * g);
        return (w - (LearningRate * m / (Math.Sqrt(v) + op.Epsilon)), m, v);
    });

    [Fact]
    public void Adam_decays_through_the_gradient() => AssertDiffers(
        Adam(DecayForm.Coupled, 0.1f), (op, w, g, m, v, decay) => Adam(op, w * (1 - (LearningRate * decay)), g, m, v, v => Math.Sqrt(v) + op.Epsilon));

    [Fact]
    public void AdamW_decays_beside_the_gradient() => AssertDiffers(
        Adam(DecayForm.Decoupled, 0.1f), (op, w, g, m, v, decay) => Adam(op, w, g + (decay * w), m, v, v => Math.Sqrt(v) + op.Epsilon));

    [Fact]
    public void AdamW_decays_by_the_learning_rate() => AssertDiffers(
        Adam(DecayForm.Decoupled, 0.1f), (op, w, g, m, v, decay) => Adam(op, w * (1 - decay), g, m, v, v => Math.Sqrt(v) + op.Epsilon));

    [Fact]
    public void Epsilon_stands_outside_the_root_of_RMSprop() => AssertDiffers(new RmspropUpdate(0.9f, 0.01f, 0.5f, default, 0), (op, w, g, square, buf, _) =>
    {
        square = (op.Alpha * square) + ((1 - op.Alpha) * g * g);
        buf = (op.Momentum * buf) + (g / Math.Sqrt(square + op.Epsilon));
        return (w - (LearningRate * buf), square, buf);
    });

    [Fact]
    public void A_norm_at_the_limit_is_clipped_by_the_millionth_PyTorch_adds()
    {
        SgdUpdate clipped = new(0.9f, MomentumForm.Heavy, new(ClipMode.Norm, 1e-6f), 0);
        OpCase opCase = UpdateCases.Update(clipped, Parameters, Count, norm: 1e-6);
        Assert.True(Distance(opCase, UpdateReference.Of(clipped, LearningRate, Count)) <= opCase.Tolerance);
        SgdUpdate free = clipped with { Clip = default };
        Assert.True(Distance(opCase with { Op = free }, UpdateReference.Of(free, LearningRate, Count)) <= opCase.Tolerance);
        using KernelRun halved = new(opCase);
        using KernelRun whole = new(opCase with { Op = free });
        Assert.True(RelativeError.Of([.. halved.Run(_team)[0].Select(x => (double)x)], [.. whole.Run(_team)[0].Select(x => (double)x)]) > 0.01);
    }

    public void Dispose() => _team.Dispose();

    private static AdamUpdate Adam(DecayForm form, float decay, float epsilon = 1e-8f) => new(0.9f, 0.999f, epsilon, form, default, decay);

    private static (double W, double First, double Second) Adam(AdamUpdate op, double w, double g, double m, double v, Func<double, double> denominator)
    {
        m = (op.Beta1 * m) + ((1 - (double)op.Beta1) * g);
        v = (op.Beta2 * v) + ((1 - (double)op.Beta2) * g * g);
        double meanHat = m / (1 - Math.Pow(op.Beta1, Count));
        return (w - (LearningRate * meanHat / denominator(v / (1 - Math.Pow(op.Beta2, Count)))), m, v);
    }

    private void AssertDiffers<TOp>(
        TOp op, Func<TOp, double, double, double, double, double, (double W, double First, double Second)> wrong)
        where TOp : ParameterUpdate
    {
        OpCase opCase = UpdateCases.Update(op, Parameters, Count);
        Assert.True(Distance(opCase, UpdateReference.Of(op, LearningRate, Count)) <= opCase.Tolerance);
        Assert.True(Distance(opCase, (w, g, first, second, decay) => wrong(op, w, g, first, second, decay)) > 10 * opCase.Tolerance);
    }

    private double Distance(OpCase opCase, UpdateReference.Formula formula)
    {
        using KernelRun run = new(opCase);
        IReadOnlyList<DoubleTensor> expected = UpdateReference.Apply((ParameterUpdate)opCase.Op, opCase.DrawInputs(), formula);
        return run.Run(_team).Select((y, i) => RelativeError.Of(run.ToNumbers(i, y), expected[i].Values)).Max();
    }
}
