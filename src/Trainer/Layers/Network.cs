using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Layers;

/// <summary>A network as a graph from images to logits, in training form; what trains, exports and diagnoses all read it.</summary>
public sealed class Network
{
    /// <summary>Name of the image input of every network: [N,C,H,W], normalised.</summary>
    public const string ImagesName = "images";

    // Batch norm refuses a batch of one value per channel, so the form that is kept has two images.
    private const int AnyBatch = 2;

    /// <summary>Takes a graph, such as one read from a checkpoint.</summary>
    /// <param name="graph">One image input, logits [N, classes] as first output.</param>
    /// <exception cref="ShapeException">The graph is not from images to logits.</exception>
    public Network(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Graph = graph;
        Images = graph.Input(ImagesName);
        Shape logits = graph.Outputs[0].Shape;
        if (Images.Type.Axes != Axes.Image || logits.Rank != 2)
        {
            throw new ShapeException($"network {graph.Name} goes from {Images} to {graph.Outputs[0]}; wanted: from [N,C,H,W] to [N,classes]");
        }
    }

    /// <summary>Builds a network from layers.</summary>
    /// <param name="name">What it is called in listings and in the exported file.</param>
    /// <param name="layers">From [N,C,H,W] to [N, classes].</param>
    /// <param name="channels">C: 1 or 3.</param>
    /// <param name="size">H and W.</param>
    /// <exception cref="ShapeException">The layers do not fit together.</exception>
    public static Network Create(string name, Layer layers, int channels, Size2 size)
    {
        ArgumentNullException.ThrowIfNull(layers);
        GraphBuilder builder = new(name);
        Value images = builder.Input(ImagesName, TensorType.Image(AnyBatch, channels, size.H, size.W));
        return new Network(builder.Build(layers.Build(builder, images)));
    }

    /// <summary>The graph, for a batch of two.</summary>
    public Graph Graph { get; }

    /// <summary>The image input of <see cref="Graph"/>.</summary>
    public Value Images { get; }

    /// <summary>Its name.</summary>
    public string Name => Graph.Name;

    /// <summary>Channels, rows and columns of one image.</summary>
    public (int Channels, int Height, int Width) ImageSize => (Images.Shape[1], Images.Shape[2], Images.Shape[3]);

    /// <summary>Columns of the logits.</summary>
    public int Classes => Graph.Outputs[0].Shape[1];

    /// <summary>Number of trained values.</summary>
    public long ParameterCount => Graph.Parameters.Sum(v => (long)v.Shape.Count);

    /// <summary>The deployed form: batch norm frozen, dropout gone, input <see cref="ImagesName"/>, logits as output.</summary>
    /// <param name="batch">Images per run, 1 or more.</param>
    public Graph AtInference(int batch)
    {
        GraphBuilder builder = new(Name);
        return builder.Build(AppendAtInference(builder, ImportImages(builder, batch)));
    }

    /// <summary>Declares the image input for another batch.</summary>
    public Value ImportImages(GraphBuilder builder, int batch)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Import(Images, Images.Type.With(Images.Shape.With(0, batch)));
    }

    /// <summary>Appends the deployed form and returns its logits.</summary>
    public Value AppendAtInference(GraphBuilder builder, Value images) =>
        GraphCopy.AppendAtInference(Graph, builder, new Dictionary<Value, Value> { [Images] = images })[Graph.Outputs[0]];

    /// <summary>Appends the training form for a batch of images and returns its logits.</summary>
    public Value Append(GraphBuilder builder, Value images) =>
        GraphCopy.Append(Graph, builder, new Dictionary<Value, Value> { [Images] = images })[Graph.Outputs[0]];
}
