using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Graphs;

/// <summary>One node as the CPU sees it: addresses and types of its tensors, and the list its steps go to.</summary>
/// <remarks>
/// Storage: <see cref="Axes.Image"/> is N, H, W, C; <see cref="Axes.Filter"/> is R, S, C, M; <see cref="Axes.Plain"/> is row-major; no
/// padding between rows. Addresses are aligned to 64 bytes. Outputs hold garbage before the node runs and never overlap the
/// inputs, except that an output that replaces a state has the state's own address.
/// </remarks>
public sealed unsafe class CpuCall
{
    private readonly Func<Value, nint> _addressOf;

    internal CpuCall(Node node, CpuSteps steps, Func<Value, nint> addressOf)
    {
        (Node, Steps, _addressOf) = (node, steps, addressOf);
    }

    /// <summary>The node being planned.</summary>
    public Node Node { get; }

    /// <summary>Where the steps go.</summary>
    public CpuSteps Steps { get; }

    /// <summary>Address of the elements of input <paramref name="index"/>.</summary>
    public float* Input(int index) => (float*)_addressOf(Node.Inputs[index]);

    /// <summary>Address of the elements of output <paramref name="index"/>.</summary>
    public float* Output(int index) => (float*)_addressOf(Node.Outputs[index]);

    /// <summary>Shape of input <paramref name="index"/>.</summary>
    public Shape InputShape(int index) => Node.Inputs[index].Shape;

    /// <summary>Shape of output <paramref name="index"/>.</summary>
    public Shape OutputShape(int index) => Node.Outputs[index].Shape;
}
