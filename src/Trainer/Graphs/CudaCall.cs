using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Graphs;

/// <summary>One node as a CUDA device sees it: addresses and shapes of its tensors, and the list its launches go to.</summary>
/// <remarks>
/// Storage: <see cref="Axes.Image"/> is N, H, W, C; <see cref="Axes.Filter"/> is M, R, S, C; <see cref="Axes.Plain"/> is row-major; no
/// padding between rows. Addresses are aligned to 256 bytes. Outputs hold garbage before the node runs and never overlap the
/// inputs, except that an output that replaces a state has the state's own address.
/// </remarks>
public sealed class CudaCall
{
    private readonly Func<Value, ulong> _addressOf;

    internal CudaCall(Node node, CudaLaunches launches, Func<Value, ulong> addressOf)
    {
        (Node, Launches, _addressOf) = (node, launches, addressOf);
    }

    /// <summary>The node being planned.</summary>
    public Node Node { get; }

    /// <summary>Where the launches go.</summary>
    public CudaLaunches Launches { get; }

    /// <summary>Address of the elements of input <paramref name="index"/>; 0 for an optional input that is absent.</summary>
    public ulong Input(int index) => index < Node.Inputs.Count ? _addressOf(Node.Inputs[index]) : 0;

    /// <summary>Address of the elements of output <paramref name="index"/>.</summary>
    public ulong Output(int index) => _addressOf(Node.Outputs[index]);

    /// <summary>Shape of input <paramref name="index"/>.</summary>
    public Shape InputShape(int index) => Node.Inputs[index].Shape;

    /// <summary>Shape of output <paramref name="index"/>.</summary>
    public Shape OutputShape(int index) => Node.Outputs[index].Shape;
}
