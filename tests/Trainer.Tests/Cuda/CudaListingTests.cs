using Gimbal.CudaSimulator;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>What a card would be asked to do: the plan's own launches, and their traffic against numbers worked out by hand.</summary>
[Collection(Simulator.Collection)]
public sealed class CudaListingTests
{
    private const int Batch = 4;
    private const int Float = sizeof(float);
    private static readonly TensorType X = TensorType.Image(128, 16, 32, 32);
    private static readonly TensorType Channels = TensorType.Vector(16);

    // 128 · 32 · 32 rows of 16 channels, 512 rows to a chunk.
    private const long Elements = 128L * 32 * 32 * 16;
    private const int Chunks = 256;

    [SimulatorTheory]
    [InlineData("simple-cnn")]
    [InlineData("resnet8")]
    [InlineData("mlp")]
    public void It_has_the_launches_and_the_memory_of_a_plan_on_the_device(string model)
    {
        Simulator.Reset();
        TrainingGraph step = Create(model);
        using CudaDevice device = new();
        Graph fused = step.FusedFor(device).Graph;
        using StateStore state = device.NewState(fused);
        using Plan plan = device.NewPlan(fused, state);

        CudaListing listing = new(step.FusedForCuda().Graph);

        Assert.Equal(plan.Listing, listing.Nodes.SelectMany(node => node.Launches).Select(launch => launch.Text));
        Assert.Equal(plan.Listing.Count, listing.LaunchCount);
        Assert.Equal(plan.MemoryBytes, listing.PlanBytes);
        Assert.Equal(state.MemoryBytes, listing.StateBytes);
    }

    [Fact]
    public void An_elementwise_launch_reads_its_operands_and_writes_its_result()
    {
        Assert.Equal(2 * Elements * Float, BytesOf(new Relu(), X));
        Assert.Equal(3 * Elements * Float, BytesOf(new Add(), X, X));
    }

    [Fact]
    public void Batch_norm_reads_its_input_twice_and_hands_its_sums_on()
    {
        GraphBuilder builder = new("norm");
        Value x = builder.Input("x", X);
        IReadOnlyList<Value> running = [builder.Buffer("mean", Channels, new Constant(0)), builder.Buffer("variance", Channels, new Constant(1))];
        Value y = builder.AddAll(
            new BatchNormalization(1e-5f, 0.1f), [x, builder.Input("gamma", Channels), builder.Input("beta", Channels), .. running], [null, null, null, .. running])[0];

        CudaNodeCost node = Assert.Single(new CudaListing(builder.Build(y)).Nodes);

        const long Partial = 2 * Chunks * 16;
        const long Coefficients = 3 * 16;
        Assert.Equal(3, node.Launches.Count);
        Assert.Equal((Elements + Partial) * Float, node.Launches[0].Bytes);
        // One row of x, gamma, beta, the batch's two statistics; the running two are read and written.
        Assert.Equal((Partial + Coefficients + (9 * 16)) * Float, node.Launches[1].Bytes);
        Assert.Equal(((2 * Elements) + Coefficients) * Float, node.Launches[2].Bytes);
    }

    [Fact]
    public void The_update_reads_each_parameter_and_state_and_writes_them_and_reads_each_gradient()
    {
        TrainingGraph step = Create("mlp");
        CudaListing listing = new(step.Graph);
        long parameters = step.Graph.Parameters.Sum(value => (long)value.Shape.Count) * Float;

        long update = listing.Nodes.Single(node => node.Node.Op is AdamUpdate).Bytes;
        long norm = listing.Nodes.Single(node => node.Node.Op is GradientNorm).Bytes;

        // The tables of segments and the scalars come on top: no hundredth, for pieces of up to 4096 elements.
        Assert.InRange(update, 7 * parameters, 7.07 * parameters);
        Assert.InRange(norm, parameters, 1.01 * parameters);
    }

    // resnet8: a stem and three blocks of two convolutions with batch norm, 16 channels of 32x32, 32 of 16x16, 64 of 8x8.
    [Fact]
    public void Fusion_saves_launches_and_passes_over_activations()
    {
        TrainingGraph step = Create("resnet8");
        CudaListing unfused = new(step.Graph);
        CudaListing fused = new(step.FusedForCuda().Graph);

        // Forward: seven passes for moments, four ReLUs, three sums with the ReLUs behind them. Backward: mask and sums behind three convolutions
        // inside blocks, and the sum of two gradients too behind three that start one.
        Assert.Equal(unfused.LaunchCount - (7 + 4 + (3 * 2) + (3 * 2) + (3 * 3)), fused.LaunchCount);

        // In passes over an activation of each size, an operand or a result each:
        // moments 3, 2, 2; a ReLU 2 each; a block's sum and ReLU 4; a mask and sums inside a block 5, of which the input of batch norm is still read;
        // a sum of gradients, mask and sums 8, of which the other gradient and the input are still read, and behind a block its result, for the mask.
        const long First = 16 * 1024;
        const long Second = 32 * 256;
        const long Third = 64 * 64;
        const long Passes = Batch * (((3 + (2 * 2) + 4 + 4 + 6 + 5) * First) + ((2 + 2 + 4 + 4 + 5) * Second) + ((2 + 2 + 4 + 4) * Third));
        // Chunks are the convolutions' tiles: as many as before for 16 channels, 8 instead of 4 for 32, 4 instead of 1 for 64; written and read, two values each.
        const long Partials = 2 * 2 * ((4 * 4 * 32) + (3 * 3 * 64));
        // Moments are as they are, not about the first row; four masks are normalised anew.
        const long Rows = (3 * 16) + (2 * 32) + (2 * 64);
        const long Coefficients = 3 * (16 + 16 + 32 + 64);
        Assert.Equal((Passes - Partials + Rows - Coefficients) * Float, unfused.Bytes - fused.Bytes);
        // What four masks cost.
        Assert.InRange(fused.Flop, unfused.Flop, 1.01 * unfused.Flop);
    }

    private static long BytesOf(Op op, params TensorType[] inputs)
    {
        GraphBuilder builder = new("one");
        Value y = builder.Add(op, [.. inputs.Select((type, i) => builder.Input($"x{i}", type))]);
        return new CudaListing(builder.Build(y)).Bytes;
    }

    private static TrainingGraph Create(string model) =>
        TrainingGraph.Create(ModelCatalogue.Create(model, new ModelShape(3, 32, 10)), new StepOptions(Batch, new Adam()));
}
