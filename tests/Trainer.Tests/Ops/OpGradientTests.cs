using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Ops;

public class OpGradientTests
{
    // Central differences at 1e-4 miss f'''·1e-8/6, and the domains keep third derivatives below a hundred times the first.
    private const double Tolerance = 1e-6;

    private const int Shapes = 50;

    public static TheoryData<string> ForwardOps => [.. AllOps.Families.Where(f => f.Op.IsSubclassOf(typeof(ForwardOp))).Select(f => f.Op.Name)];

    [Theory]
    [MemberData(nameof(ForwardOps))]
    public void Gradient_agrees_with_differences(string op)
    {
        OpFamily family = AllOps.Families.Single(f => f.Op.Name == op);
        for (int seed = 0; seed < Shapes; seed++)
        {
            OpCase opCase = family.Drawn(1000 + seed);
            foreach ((string operand, double error) in GradientCheck.Errors(opCase))
            {
                Assert.True(error <= Tolerance, $"{opCase}: the gradient of {operand} is off by {error:g3}");
            }
        }
    }

    [Fact]
    public void Gradient_of_the_loss_agrees_with_differences()
    {
        OpFamily family = AllOps.Families.Single(f => f.Op == typeof(SoftmaxCrossEntropy));
        for (int seed = 0; seed < Shapes; seed++)
        {
            OpCase opCase = family.Drawn(1000 + seed);
            IReadOnlyList<DoubleTensor> inputs = opCase.DrawInputs();
            TensorType[] types = [.. opCase.Inputs.Select(i => i.Type)];
            double[] differences = GradientCheck.Differences(inputs[0].Values, () => ReferenceOps.Evaluate(opCase.Op, types, inputs)[0][0]);
            double error = GradientCheck.Error(ReferenceOps.Evaluate(opCase.Op, types, inputs)[1].Values, differences);
            Assert.True(error <= Tolerance, $"{opCase}: the gradient is off by {error:g3}");
        }
    }

    [Fact]
    public void A_wrong_gradient_is_caught()
    {
        OpFamily family = AllOps.Families.Single(f => f.Op == typeof(Sigmoid));
        OpCase right = family.Drawn(1);
        Assert.All(GradientCheck.Errors(right).Values, error => Assert.True(error <= Tolerance));
        OpCase wrong = right with { Op = new SigmoidWithTanhGradient() };
        Assert.All(GradientCheck.Errors(wrong).Values, error => Assert.True(error > 100 * Tolerance));
    }

    [Fact]
    public void A_missing_gradient_is_caught()
    {
        OpCase right = AllOps.Families.Single(f => f.Op == typeof(Dropout)).Drawn(1);
        OpCase wrong = right with { Inputs = [right.Inputs[0], right.Inputs[1] with { HasGradient = true }] };
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => GradientCheck.Errors(wrong));
    }

    private sealed record SigmoidWithTanhGradient : ForwardOp, IHasReference
    {
        public IReadOnlyList<DoubleTensor> Evaluate(IReadOnlyList<DoubleTensor> inputs) => [inputs[0].Map(x => 1 / (1 + Math.Exp(-x)))];

        public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => new Sigmoid().Infer(inputs);

        public override void EmitCpu(CpuCall call) => new Sigmoid().EmitCpu(call);

        public override void EmitCuda(CudaCall call) => new Sigmoid().EmitCuda(call);

        public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients) =>
            [graph.Add(new TanhGrad(), node.Outputs[0], gradients[0]!)];

        public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) => new Sigmoid().ToOnnx(call);
    }
}
