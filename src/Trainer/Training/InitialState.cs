using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Training;

/// <summary>The state a run begins with.</summary>
internal static class InitialState
{
    /// <summary>Fills every state by its own initializer, weights by the one the options ask for; averages begin as what they average.</summary>
    public static void Fill(StateStore state, TrainingOptions options)
    {
        Initializer? chosen = options.ToInitializer();
        state.Initialize(options.Seed, value => value.Kind == ValueKind.Parameter && value.Shape.Rank > 1 ? chosen : null);
        foreach (Value average in state.States.Where(v => v.Name.StartsWith(TrainingGraph.EmaPrefix, StringComparison.Ordinal)))
        {
            state.Write(average.Name, state.Read(average.Name[TrainingGraph.EmaPrefix.Length..]));
        }
    }
}
