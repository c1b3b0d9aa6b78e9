using Gimbal.Export.Onnx;
using Gimbal.ExportedModels;

namespace Gimbal.Export.Tests.Faults;

/// <summary>A mistake an exporter can make.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Node">The node at which the file first departs from the network.</param>
/// <param name="Make">Makes the wrong file.</param>
internal sealed record PlantedFault(string Name, string Node, Func<TrainedModel, ExportOptions, ParityGate, ModelProto> Make)
{
    /// <summary>Plants by changing a right file.</summary>
    public static PlantedFault Edit(string name, string node, Action<ModelProto> change) => new(name, node, (model, options, gate) =>
    {
        ModelProto file = Files.Right(model, options, gate);
        change(file);
        return file;
    });

    /// <summary>Plants by exporting another model than the one that was trained.</summary>
    public static PlantedFault Export(string name, string node, Func<TrainedModel, TrainedModel> change) =>
        new(name, node, (model, options, gate) => Files.Right(change(model), options, gate));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
