using System.Text.Json.Nodes;
using Gimbal.Export;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.ExportedModels;

/// <summary>Networks as training leaves them: no weight, bias or running statistic is a 0 or 1 that would hide a fault.</summary>
internal static class RandomModel
{
    public static readonly Normalization Normalization = new([0.31f, 0.47f, 0.56f], [0.21f, 0.27f, 0.24f]);

    /// <summary>Random weights for a network.</summary>
    public static TrainedModel Of(Network network, ulong seed = 1)
    {
        using CpuDevice device = new(threads: 1);
        using StateStore state = device.NewState(network.AtInference(batch: 1));
        HashSet<string> branches = [.. BranchScales(network.Graph)];
        state.Initialize(seed, value => branches.Contains(value.Name) ? new Around(0.25f, 0.15f) : Choose(value));
        (int channels, _, _) = network.ImageSize;
        return new TrainedModel(
            network,
            state.ReadAll(),
            [.. Enumerable.Range(0, network.Classes).Select(i => $"class {i}")],
            channels == 3 ? Normalization : new Normalization([0.42f], [0.23f]),
            new JsonObject { ["model"] = network.Name, ["seed"] = seed });
    }

    /// <summary>Pictures of noise in the network's size.</summary>
    public static ImageSource Pictures(Network network, int count, int seed = 3)
    {
        (int channels, int height, int width) = network.ImageSize;
        byte[] pixels = new byte[count * channels * height * width];
        new Random(seed).NextBytes(pixels);
        string[] classes = [.. Enumerable.Range(0, network.Classes).Select(i => $"class {i}")];
        return new ImageSet(pixels, [.. Enumerable.Range(0, count).Select(i => i % network.Classes)], height, width, channels, classes);
    }

    // A hundred blocks that each add a branch as large as their input would explode.
    private static IEnumerable<string> BranchScales(Graph graph) => graph.Nodes
        .Where(node => node.Op is Add)
        .SelectMany(node => node.Inputs)
        .Select(graph.Producer)
        .Where(node => node?.Op is BatchNormalization)
        .Select(norm => norm!.Inputs[1].Name);

    // Near 1 for what scales, near 0 for what shifts, so that deep networks neither vanish nor explode.
    private static Initializer? Choose(Value state) => state.Name[(state.Name.LastIndexOf('.') + 1)..] switch
    {
        "running_var" or "weight" when state.Shape.Rank == 1 => new Around(1, 0.5f),
        "weight_u" or "weight_v" => new Around(1, 0.5f),
        "running_mean" or "bias" => new Around(0, 0.2f),
        _ => state.Initializer,
    };

    private sealed record Around(float Centre, float Width) : Initializer
    {
        public override void Fill(Tensor tensor, Philox random)
        {
            new Uniform(Width).Fill(tensor, random);
            foreach (ref float value in tensor.Span)
            {
                value += Centre;
            }
        }
    }
}
