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
    /// <param name="pictures">Where the components come from.</param>
    /// <exception cref="OptionsException">The network does not begin with a convolution that could begin so.</exception>
    public static void Fill(StateStore state, TrainingOptions options, Network network, PatchComponents pictures)
    {
        Initialize(state, options);
        if (options.Whiten)
        {
            Node? first = network.Graph.Nodes.FirstOrDefault(node => node.Inputs.Contains(network.Images));
            if (first is not { Op: Conv { Groups: 1 } } || first.Inputs[1].Kind != ValueKind.Parameter)
            {
                throw new OptionsException("--whiten", $"needs a model whose first layer is a convolution; that of {network.Name} is not");
            }

            Tensor filter = state.Read(first.Inputs[1].Name);
            pictures.Fill(filter);
            state.Write(first.Inputs[1].Name, filter);
        }

        BeginAverages(state);
    }

    /// <summary>The same without pictures.</summary>
    public static void Fill(StateStore state, TrainingOptions options)
    {
        Initialize(state, options);
        BeginAverages(state);
    }

    private static void Initialize(StateStore state, TrainingOptions options)
    {
        Initializer? chosen = options.ToInitializer();
        state.Initialize(options.Seed, value => value.Kind == ValueKind.Parameter && value.Shape.Rank > 1 ? chosen : null);
    }

    private static void BeginAverages(StateStore state)
    {
        foreach (Value average in state.States.Where(v => v.Name.StartsWith(TrainingGraph.EmaPrefix, StringComparison.Ordinal)))
        {
            state.Write(average.Name, state.Read(average.Name[TrainingGraph.EmaPrefix.Length..]));
        }
    }
}
