using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Training;

/// <summary>The state a run begins with.</summary>
internal static class InitialState
{
    /// <summary>Fills every state by its own initializer, weights by the one the options ask for; averages begin as what they average.</summary>
    /// <param name="state">Parameters, buffers and averages.</param>
    /// <param name="options">Seed, initializer, and whether the first convolution begins with components of the pictures.</param>
    /// <param name="network">What is trained.</param>
    /// <param name="pictures">Where the components come from; null where no options ask for them.</param>
    /// <exception cref="OptionsException">The network does not begin with a convolution that could begin so.</exception>
    public static void Fill(StateStore state, TrainingOptions options, Network network, PatchComponents? pictures)
    {
        CheckFit(network, options);
        Initializer? chosen = options.ToInitializer();
        state.Initialize(options.Seed, value => value.Kind == ValueKind.Parameter && value.Shape.Rank > 1 ? chosen : null);
        if (options.Whiten)
        {
            ArgumentNullException.ThrowIfNull(pictures);
            string name = First(network)!.Inputs[1].Name;
            Tensor filter = state.Read(name);
            pictures.Fill(filter);
            state.Write(name, filter);
        }

        foreach (Value average in state.States.Where(v => v.Name.StartsWith(TrainingGraph.EmaPrefix, StringComparison.Ordinal)))
        {
            state.Write(average.Name, state.Read(average.Name[TrainingGraph.EmaPrefix.Length..]));
        }
    }

    /// <summary>Checks that a network can begin as the options ask.</summary>
    /// <exception cref="OptionsException">It does not begin with a convolution that could begin with components of pictures.</exception>
    public static void CheckFit(Network network, TrainingOptions options)
    {
        if (options.Whiten && (First(network) is not { Op: Conv { Groups: 1 } } first || first.Inputs[1].Kind != ValueKind.Parameter))
        {
            throw new OptionsException("--whiten", $"needs a model whose first layer is a convolution; that of {network.Name} is not");
        }
    }

    private static Node? First(Network network) => network.Graph.Nodes.FirstOrDefault(node => node.Inputs.Contains(network.Images));
}
