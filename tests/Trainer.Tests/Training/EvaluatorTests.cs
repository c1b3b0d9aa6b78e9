using System.Runtime.InteropServices;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Training;

public sealed class EvaluatorTests
{
    private const int Batch = 5;

    public static TheoryData<string, bool> Models => new()
    {
        { "simple-cnn", false }, { "mlp", false }, { "resnet8", false }, { "plain20", false }, { "resnet18", false }, { "fast-cnn", false },
        { "resnet8", true }, { "fast-cnn", true },
    };

    // Nothing is summed in another order: what is normalised, rectified or pooled on the way is the same number in the same place.
    [Theory]
    [MemberData(nameof(Models))]
    public void Fused_evaluation_gives_the_bits_of_the_network_as_it_stands(string model, bool isExact)
    {
        Network network = ModelCatalogue.Create(model, new ModelShape(3, 32, 10));
        using CpuDevice device = new(2, isExact);
        IReadOnlyDictionary<string, Tensor> weights = Weights(network, device);

        Assert.Equal(Bits(network, device, weights, isFused: false), Bits(network, device, weights, isFused: true));
    }

    [Fact]
    public void Batch_norm_is_read_by_the_convolution_behind_it()
    {
        using CpuDevice device = new(1);
        Graph fused = FusionRules.Apply(ModelCatalogue.Create("resnet20", new ModelShape(3, 32, 10)).AtInference(Batch), device);

        Assert.DoesNotContain(fused.Nodes, node => node.Op is FrozenBatchNormalization or Relu or Normalize);
        Assert.Equal(9, fused.Nodes.Count(node => node.Op is FusedConv { X: ConvOperand.NormalizeRelu }));
    }

    [Fact]
    public void Evaluating_again_makes_no_new_batches()
    {
        DataSplits data = SmallRun.Data();
        using CpuDevice device = new(1);
        using TrainingRun run = new(SmallRun.Model(SmallRun.Options), data, SmallRun.Options, device);
        IReadOnlyDictionary<string, Tensor> weights = run.CaptureState();

        long first = Allocated(() => run.Evaluate(data.Test, weights));
        long second = Allocated(() => run.Evaluate(data.Test, weights));

        long batch = sizeof(float) * (long)SmallRun.Options.Batch * data.Test.PixelBytes;
        Assert.True(first > 3 * batch, $"{first} bytes at first, a batch has {batch}");
        Assert.True(second < batch / 2, $"{second} bytes again, a batch has {batch}");
    }

    private static long Allocated(Action evaluate)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        evaluate();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // As far from their start as training takes them: statistics, scales and shifts too.
    private static Dictionary<string, Tensor> Weights(Network network, CpuDevice device)
    {
        using StateStore state = device.NewState(network.AtInference(Batch));
        state.Initialize(seed: 3);
        return state.ReadAll().ToDictionary(pair => pair.Key, pair => pair.Key.Contains("bn", StringComparison.Ordinal) ? Moved(pair.Key, pair.Value) : pair.Value);
    }

    private static Tensor Moved(string name, Tensor start)
    {
        Philox random = new(seed: 9, (uint)name.Length);
        bool isPositive = name.EndsWith("var", StringComparison.Ordinal) || name.EndsWith("weight", StringComparison.Ordinal);
        return new Tensor(start.Shape, [.. Enumerable.Range(0, start.Shape.Count).Select(i => isPositive ? 0.5f + random.Uniform(0, (ulong)i) : random.Normal(0, (ulong)i))]);
    }

    private static int[] Bits(Network network, CpuDevice device, IReadOnlyDictionary<string, Tensor> weights, bool isFused)
    {
        using Evaluator evaluator = new(network, device, Batch, isFused);
        evaluator.Load(weights);
        (ImageSource images, _) = ProceduralImages.Splits(1, 7, 1);
        return MemoryMarshal.Cast<float, int>(evaluator.Logits(images, Normalization.Of(images))).ToArray();
    }
}
