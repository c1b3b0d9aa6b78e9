using System.Text.Json.Nodes;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Export;

/// <summary>Everything a file needs to know about a trained network.</summary>
/// <param name="Network">The network.</param>
/// <param name="Weights">Parameters and running statistics by name, in logical order.</param>
/// <param name="Classes">Names in the order of the logits.</param>
/// <param name="Normalization">Of the training images.</param>
/// <param name="Facts">About data and training, for the metadata; nothing that names a machine or a path.</param>
public sealed record TrainedModel(
    Network Network, IReadOnlyDictionary<string, Tensor> Weights, IReadOnlyList<string> Classes, Normalization Normalization, JsonObject Facts);
