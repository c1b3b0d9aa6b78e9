using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

/// <summary>The ops a model may contain, by name: what the text of a graph may name.</summary>
public static class Catalogue
{
    /// <summary>Every <see cref="ForwardOp"/> of this assembly.</summary>
    public static IReadOnlyDictionary<string, Type> ByName { get; } = typeof(Catalogue).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(ForwardOp)) && !type.IsAbstract)
        .ToDictionary(type => type.Name);
}
