using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Benchmarks;

/// <summary>Which result of a convolution is computed.</summary>
public enum ConvolutionPass
{
    /// <summary>y.</summary>
    Forward,

    /// <summary>dL/dx.</summary>
    GradInput,

    /// <summary>dL/dw.</summary>
    GradWeight,
}

/// <summary>A 3×3 convolution with padding 1 on square images.</summary>
public sealed record ConvolutionLayer(int Channels, int Filters, int Size, int Stride = 1, int Images = 128)
{
    /// <summary>Rows and columns of the filter.</summary>
    public const int Window = 3;

    /// <summary>Prints <c>16->32 @32 /2</c>, and the number of images where that is not 128.</summary>
    public override string ToString() => $"{Channels}->{Filters} @{Size}{(Stride > 1 ? $" /{Stride}" : "")}{(Images == 128 ? "" : $" x{Images}")}";

    /// <summary>Adds one pass over inputs of that size.</summary>
    public Value Append(GraphBuilder graph, ConvolutionPass pass)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Conv conv = new(Stride, 1, 1);
        TensorType x = TensorType.Image(Images, Channels, Size, Size);
        TensorType w = TensorType.Filter(Filters, Channels, Window, Window);
        TensorType y = conv.Infer([x, w])[0];
        return pass switch
        {
            ConvolutionPass.Forward => graph.Add(conv, graph.Input("x", x), graph.Input("w", w)),
            ConvolutionPass.GradInput => graph.Add(new ConvGradInput(conv, Size, Size), graph.Input("w", w), graph.Input("gradY", y)),
            _ => graph.Add(new ConvGradWeight(conv, Window, Window), graph.Input("x", x), graph.Input("gradY", y)),
        };
    }
}
