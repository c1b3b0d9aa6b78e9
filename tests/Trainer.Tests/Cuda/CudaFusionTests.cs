using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Ops;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Fused steps on the simulated device against the steps they stand for there.</summary>
[Collection(Simulator.Collection)]
public sealed class CudaFusionTests
{
    // As on the CPU: rounding decides for a few activations on which side of 0 they are.
    private const double Tolerance = 3e-3;

    [SimulatorTheory]
    [InlineData("mixed", Precision.Float32)]
    [InlineData("mixed", Precision.Bfloat16)]
    [InlineData("resnet8", Precision.Float32)]
    [InlineData("fast-cnn", Precision.Float32)]
    public void A_fused_step_leaves_the_state_of_the_step_it_stands_for(string model, Precision precision)
    {
        Simulator.Reset();
        using CudaDevice device = new();
        Assert.Contains(Simulator.DeviceName, device.Description, StringComparison.Ordinal);
        TrainingGraph graph = FusionRulesTests.Create(model, precision);

        string? wrong = FusedStep.Difference(graph.Graph, graph.FusedForCuda().Graph, device, Tolerance, precision);

        Assert.True(wrong is null, $"{model}: {wrong}");
        Assert.Equal(0, Simulator.Reports);
    }

    [SimulatorTheory]
    [InlineData("mask")]
    [InlineData("skip")]
    [InlineData("sums")]
    [InlineData("moments")]
    public void A_step_that_leaves_out_what_it_should_do_is_found(string omission)
    {
        Simulator.Reset();
        using CudaDevice device = new();
        Graph graph = FusionRulesTests.Create("mixed").Graph;

        Assert.NotNull(FusedStep.Difference(graph, new Omission(FusionRules.ForCuda(graph), omission).Run(), device, Tolerance));
    }

    [SimulatorFact]
    public void A_fused_step_gives_the_same_bits_twice_and_in_any_order_of_blocks()
    {
        Simulator.Reset();
        using CudaDevice device = new();
        foreach (Precision precision in Enum.GetValues<Precision>())
        {
            Graph graph = FusionRulesTests.Create("mixed", precision).FusedForCuda().Graph;
            IReadOnlyDictionary<string, Tensor> first = FusedStep.Run(graph, device, precision, out _);
            foreach (SimulatorOrder order in (SimulatorOrder[])[SimulatorOrder.Plain, SimulatorOrder.Reverse, SimulatorOrder.Random])
            {
                Simulator.Run(order, 7);
                IReadOnlyDictionary<string, Tensor> again = FusedStep.Run(graph, device, precision, out _);
                Assert.All(first, state => Assert.True(state.Value.Span.SequenceEqual(again[state.Key].Span), $"{state.Key} in order {order}"));
            }
        }
    }

    [SimulatorTheory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.Bfloat16)]
    public void Statistics_of_values_far_from_0_keep_their_digits(Precision precision)
    {
        Simulator.Reset();
        using Driver driver = Driver.Open();
        CudaCase cudaCase = new(FusionCases.FarFromZero, precision);
        using CudaKernelRun run = new(cudaCase, driver, new Kernels(driver));

        string? wrong = CudaCaseChecks.Values(run, cudaCase);

        Assert.True(wrong is null, wrong);
    }

    [Fact]
    public void A_residual_network_takes_no_pass_for_statistics_and_none_for_a_ReLU_alone()
    {
        Graph graph = FusionRules.ForCuda(FusionRulesTests.Create("resnet20").Graph);
        Dictionary<Type, int> ops = graph.Nodes.GroupBy(node => node.Op.GetType()).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal(19, graph.Nodes.Count(node => node.Op is FusedConv { X: ConvOperand.Plain, Y: ConvResult.Statistics }));
        Assert.Equal(18, graph.Nodes.Count(node => node.Op is FusedConvGradInput { GradY: ConvOperand.Plain, Mask: not GradMask.None, HasStatistics: true }));
        // Stored anew for the convolutions that read them.
        Assert.Equal((19, 19, 19), (ops[typeof(NormalizeRelu)], ops[typeof(NormalizeGrad)], ops[typeof(ConvGradWeight)]));
        // The gradient of the last block's end comes from pooling.
        Assert.Equal((1, 1), (ops[typeof(ReluGrad)], ops[typeof(BatchStatisticsGrad)]));
        Assert.DoesNotContain(typeof(BatchStatistics), ops.Keys);
        Assert.DoesNotContain(typeof(Relu), ops.Keys);
        Assert.DoesNotContain(typeof(Add), ops.Keys);
    }

    // Takes a part of fused work away.
    private sealed class Omission(Graph graph, string part) : GraphPass(graph)
    {
        protected override bool Rewrite(Node node)
        {
            switch (node.Op)
            {
                case FusedConvGradInput { Mask: GradMask.Normalized } op when part == "mask":
                    int mask = node.Inputs.Count - (op.HasStatistics ? 4 : 0) - 2;
                    Emit(op with { Mask = GradMask.None }, [.. node.Inputs.Take(mask), .. node.Inputs.Skip(mask + 2)], node.Outputs);
                    return true;
                case FusedConvGradInput { HasSkip: true } op when part == "skip":
                    Emit(op with { HasSkip = false }, [.. node.Inputs.Take(2), .. node.Inputs.Skip(3)], node.Outputs);
                    return true;
                case FusedConvGradInput { HasStatistics: true } op when part == "sums":
                    // About another value than the mean.
                    Value centre = EmitNew(new Mul(), [Copy(node.Inputs[^2]), EmitNew(new Add(), [Copy(node.Inputs[^1]), Copy(node.Inputs[^1])])[0]])[0];
                    IReadOnlyList<Value> results = EmitNew(op, [.. node.Inputs.SkipLast(2).Select(Copy), centre, Copy(node.Inputs[^1])]);
                    for (int i = 0; i < results.Count; i++)
                    {
                        Stand(node.Outputs[i], results[i]);
                    }

                    return true;
                case FusedConv { Y: ConvResult.Statistics } op when part == "moments":
                    Emit(op with { Epsilon = 1 }, node.Inputs, node.Outputs);
                    return true;
                default:
                    return false;
            }
        }
    }
}
