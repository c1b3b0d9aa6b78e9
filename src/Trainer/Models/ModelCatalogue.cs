using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Models;

/// <summary>What a model of the catalogue is built for.</summary>
/// <param name="Channels">1 or 3.</param>
/// <param name="Size">Rows and columns of the images.</param>
/// <param name="Classes">Number of classes, 2 or more.</param>
/// <param name="Dropout">Probability of dropout in front of the last layer; 0: none.</param>
public sealed record ModelShape(int Channels, Size2 Size, int Classes, float Dropout = 0);

/// <summary>The models that can be asked for by name.</summary>
public static class ModelCatalogue
{
    private static readonly IReadOnlyDictionary<string, Func<ModelShape, Layer>> s_models = new Dictionary<string, Func<ModelShape, Layer>>
    {
        ["simple-cnn"] = SimpleModels.SimpleCnn,
        ["mlp"] = SimpleModels.Mlp,
        ["fast-cnn"] = FastCnn.Build,
        ["resnet8"] = shape => CifarResNet.Build(shape, 8, Skip.Yes),
        ["resnet20"] = shape => CifarResNet.Build(shape, 20, Skip.Yes),
        ["resnet32"] = shape => CifarResNet.Build(shape, 32, Skip.Yes),
        ["resnet44"] = shape => CifarResNet.Build(shape, 44, Skip.Yes),
        ["resnet56"] = shape => CifarResNet.Build(shape, 56, Skip.Yes),
        ["resnet110"] = shape => CifarResNet.Build(shape, 110, Skip.Yes),
        ["plain20"] = shape => CifarResNet.Build(shape, 20, Skip.No),
        ["plain32"] = shape => CifarResNet.Build(shape, 32, Skip.No),
        ["plain44"] = shape => CifarResNet.Build(shape, 44, Skip.No),
        ["plain56"] = shape => CifarResNet.Build(shape, 56, Skip.No),
        ["resnet18"] = ResNet18.Build,
    };

    /// <summary>All names.</summary>
    public static IEnumerable<string> Names => s_models.Keys;

    /// <summary>Builds a model.</summary>
    /// <exception cref="KeyNotFoundException">No model has that name.</exception>
    /// <exception cref="ShapeException">The images are too small for it.</exception>
    public static Network Create(string name, ModelShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return s_models.TryGetValue(name, out Func<ModelShape, Layer>? build)
            ? Network.Create(name, build(shape), shape.Channels, shape.Size)
            : throw new KeyNotFoundException($"no model is called '{name}'; there are {string.Join(", ", Names)}");
    }

    /// <summary>The last layer, behind dropout where asked for.</summary>
    internal static Layer Head(ModelShape shape, int features)
    {
        Linear linear = new(features, shape.Classes);
        return shape.Dropout > 0 ? new Head(linear, shape.Dropout) : linear;
    }
}

/// <summary>Dropout and a linear layer that keeps its parameters' names.</summary>
internal sealed class Head(Linear linear, float dropout) : Layer
{
    /// <inheritdoc/>
    public override Graphs.Value Build(Graphs.GraphBuilder graph, Graphs.Value x) => linear.Build(graph, new Dropout(dropout).Build(graph, x));
}
