using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Ops;

/// <summary>What the cost model says, against numbers worked out by hand.</summary>
public class OpCostTests
{
    private static readonly TensorType X = TensorType.Image(128, 64, 16, 16);
    private static readonly TensorType W = TensorType.Filter(128, 64, 3, 3);
    private static readonly TensorType Y = TensorType.Image(128, 128, 16, 16);

    // 128 images · 16·16 pixels · 128 filters · 64 channels · 9 taps, a multiplication and an addition each.
    private const long ConvFlop = 2L * 128 * 16 * 16 * 128 * 64 * 9;

    // x 8 MiB, w 288 KiB, y 16 MiB.
    private const long ConvBytes = 8_388_608 + 294_912 + 16_777_216;

    [Fact]
    public void The_second_convolution_of_simple_cnn_costs_4_83_GFLOP_in_every_direction()
    {
        Conv conv = new(1, 1, 1);

        Assert.Equal(4_831_838_208, ConvFlop);
        Assert.Equal(new OpCost(ConvFlop, ConvBytes), Cost(conv, X, W));
        Assert.Equal(new OpCost(ConvFlop, ConvBytes), Cost(new ConvGradInput(conv, 16, 16), W, Y));
        Assert.Equal(new OpCost(ConvFlop, ConvBytes), Cost(new ConvGradWeight(conv, 3, 3), X, Y));
    }

    [Fact]
    public void A_bias_costs_its_bytes_alone_since_sums_start_from_it() =>
        Assert.Equal(new OpCost(ConvFlop, ConvBytes + (128 * 4)), Cost(new Conv(1, 1, 1), X, W, TensorType.Vector(128)));

    [Fact]
    public void Groups_and_strides_save_what_they_leave_out()
    {
        // Depthwise: 12 channels, each with 9 taps; stride 2 on 6x6 leaves 3x3 positions.
        Conv depthwise = new(2, 1, 1, 12);

        OpCost cost = Cost(depthwise, TensorType.Image(2, 12, 6, 6), TensorType.Filter(12, 1, 3, 3));

        Assert.Equal(2 * 2 * 12 * 3 * 3 * 9, cost.Flop);
        Assert.Equal(4 * ((2 * 12 * 36) + (12 * 9) + (2 * 12 * 9)), cost.Bytes);
    }

    [Theory]
    [InlineData(Transpose.No, Transpose.No)]
    [InlineData(Transpose.No, Transpose.Yes)]
    [InlineData(Transpose.Yes, Transpose.No)]
    [InlineData(Transpose.Yes, Transpose.Yes)]
    public void A_product_costs_two_operations_per_term_however_it_is_transposed(Transpose transA, Transpose transB)
    {
        TensorType a = transA == Transpose.Yes ? TensorType.Matrix(8192, 128) : TensorType.Matrix(128, 8192);
        TensorType b = transB == Transpose.Yes ? TensorType.Matrix(512, 8192) : TensorType.Matrix(8192, 512);

        Assert.Equal(new OpCost(1_073_741_824, 4 * (1_048_576 + 4_194_304 + 65_536)), Cost(new Gemm(transA, transB), a, b));
    }

    [Fact]
    public void Elementwise_ops_cost_an_operation_per_element_and_each_tensor_once() =>
        Assert.Equal(new OpCost(2_097_152, 3 * 8_388_608), Cost(new Add(), X, X));

    [Fact]
    public void Moving_data_costs_bytes_alone()
    {
        Assert.Equal(new OpCost(0, 2 * 8_388_608), Cost(new Flatten(), X));
        // Every fourth pixel is read and written: 2 MiB each.
        Assert.Equal(new OpCost(0, 2 * 2_097_152), Cost(new Subsample(2), X));
    }

    [Fact]
    public void Batch_norm_reads_and_writes_each_tensor_once()
    {
        TensorType channels = TensorType.Vector(64);

        Assert.Equal(
            new OpCost(5 * 2_097_152, (2 * 8_388_608) + (8 * 256)), Cost(new BatchNormalization(1e-5f, 0.1f), X, channels, channels, channels, channels));
    }

    [Fact]
    public void Adam_reads_four_tensors_and_writes_three()
    {
        TensorType scalar = TensorType.Vector(1);
        TensorType w = TensorType.Matrix(512, 8192);

        OpCost cost = Cost(new AdamUpdate(0.9f, 0.999f, 1e-8f, DecayForm.Coupled, default, 0), scalar, scalar, scalar, w, w, w, w);

        Assert.Equal(new OpCost(17 * 4_194_304, (7 * 16_777_216) + 12), cost);
    }

    [Fact]
    public void Every_op_touches_what_it_writes_and_no_more_than_its_tensors()
    {
        foreach (OpCase opCase in AllOps.Cases.Values)
        {
            Node node = opCase.ToGraph().Nodes[0];
            long written = OpCost.Elements(node.Outputs.Select(v => v.Type)) * 4;
            long read = OpCost.Elements(node.Inputs.Select(v => v.Type)) * 4;
            Assert.True(node.Cost.Flop >= 0 && node.Cost.Bytes >= written && node.Cost.Bytes <= written + read, $"{opCase.Name}: {node.Cost}");
        }
    }

    [Theory]
    [InlineData("simple-cnn", 49.7e6)]
    [InlineData("resnet20", 81.1e6)]
    [InlineData("resnet18", 1111e6)]
    public void Whole_networks_cost_what_the_literature_counts(string model, double flopPerImage)
    {
        Graph forward = ModelCatalogue.Create(model, new ModelShape(3, 32, 10)).AtInference(1);

        double flop = forward.Nodes.Where(node => node.Op is Conv or Gemm).Sum(node => node.Cost.Flop);

        // The literature rounds to three digits.
        Assert.InRange(flop / flopPerImage, 0.995, 1.005);
    }

    [Fact]
    public void Training_costs_three_forward_passes_less_the_gradient_of_the_images()
    {
        TrainingGraph step = TrainingGraph.Create(ModelCatalogue.Create("resnet20", new ModelShape(3, 32, 10)), new StepOptions(8, new Sgd(0.9f)));
        long Sum<TOp>() => step.Graph.Nodes.Where(node => node.Op is TOp).Sum(node => node.Cost.Flop);
        long stem = step.Graph.Nodes.First(node => node.Op is Conv).Cost.Flop;

        Assert.Equal(Sum<Conv>(), Sum<ConvGradWeight>());
        Assert.Equal(Sum<Conv>() - stem, Sum<ConvGradInput>());
    }

    private static OpCost Cost(Op op, params TensorType[] inputs) => op.Cost(inputs, op.Infer(inputs));
}
