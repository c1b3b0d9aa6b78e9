using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Graphs;

/// <summary>Where a value comes from.</summary>
public enum ValueKind
{
    /// <summary>Written by the caller before each run: images, labels, learning rate.</summary>
    Input,

    /// <summary>Kept from step to step and trained: weights and biases.</summary>
    Parameter,

    /// <summary>Kept from step to step, not trained: running statistics, momentum, averaged weights.</summary>
    Buffer,

    /// <summary>Computed by a node.</summary>
    Result,
}

/// <summary>A tensor of a graph: assigned once, by the caller, by the state of a run or by one output of one node.</summary>
public sealed class Value
{
    internal Value(int id, string name, TensorType type, ValueKind kind)
    {
        (Id, Name, Type, Kind) = (id, name, type, kind);
    }

    /// <summary>Position in the graph's list of values.</summary>
    public int Id { get; }

    /// <summary>Unique in its graph; parameters carry PyTorch's names: <c>layer1.0.conv1.weight</c>.</summary>
    public string Name { get; }

    /// <summary>Shape, axes and elements.</summary>
    public TensorType Type { get; }

    /// <summary>Extents.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>Where it comes from.</summary>
    public ValueKind Kind { get; }

    /// <summary>How a parameter or buffer starts; null for other kinds and for graphs read from text.</summary>
    public Initializer? Initializer { get; internal init; }

    /// <summary>The state whose memory this result replaces: the weight after the update, the statistics after the batch.</summary>
    public Value? Overwrites { get; internal init; }

    /// <summary>True for parameters and buffers.</summary>
    public bool IsState => Kind is ValueKind.Parameter or ValueKind.Buffer;

    /// <summary>Prints the name and the type.</summary>
    public override string ToString() => $"{Name} {Type}";
}
