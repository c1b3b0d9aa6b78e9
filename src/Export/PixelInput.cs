using Gimbal.Export.Onnx;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Export;

/// <summary>The part of a file that turns raw pixels [N,H,W,C] into the network's input [N,C,H,W].</summary>
/// <remarks>Pixels are cast, scaled and shifted in the loader's order, so that the graph sees the very bits the trainer saw.</remarks>
internal static class PixelInput
{
    /// <summary>Name of the result, the network's input.</summary>
    public const string ImagesName = "images";

    private const string CastName = "normalize.float";
    private const string UnitName = "normalize.unit";
    private const string CentredName = "normalize.centred";
    private const string ScaledName = "normalize.scaled";
    private const string ScaleName = "normalize.scale";
    private const string MeanName = "normalize.mean";
    private const string StdName = "normalize.std";

    /// <summary>What the nodes read beside the pixels.</summary>
    public static IEnumerable<TensorProto> Constants(Normalization normalization) =>
    [
        OnnxTensor.Of(ScaleName, new Tensor(new Shape(1), [255f])),
        OnnxTensor.Of(MeanName, new Tensor(new Shape(normalization.Mean.Count), [.. normalization.Mean])),
        OnnxTensor.Of(StdName, new Tensor(new Shape(normalization.Std.Count), [.. normalization.Std])),
    ];

    /// <summary>Name and content of the nodes, from <paramref name="input"/> to <see cref="ImagesName"/>.</summary>
    public static IEnumerable<(string Name, OnnxNode Node)> Nodes(string input) =>
    [
        ("normalize.cast", new OnnxNode("Cast", [input], [CastName], new OnnxAttribute("to", (long)TensorProto.Types.DataType.Float))),
        ("normalize.divide", new OnnxNode("Div", [CastName, ScaleName], [UnitName])),
        ("normalize.centre", new OnnxNode("Sub", [UnitName, MeanName], [CentredName])),
        ("normalize.deviate", new OnnxNode("Div", [CentredName, StdName], [ScaledName])),
        ("normalize.transpose", new OnnxNode("Transpose", [ScaledName], [ImagesName], new OnnxAttribute("perm", new long[] { 0, 3, 1, 2 }))),
    ];

    /// <summary>What each node but the last must give for some pixels, by the name of its output.</summary>
    public static IEnumerable<KeyValuePair<string, float[]>> Values(byte[] pixels, Normalization normalization)
    {
        int channels = normalization.Mean.Count;
        float[] cast = [.. pixels.Select(p => (float)p)];
        float[] unit = [.. cast.Select(p => p / 255f)];
        float[] centred = [.. unit.Select((p, i) => p - normalization.Mean[i % channels])];
        float[] scaled = [.. centred.Select((p, i) => p / normalization.Std[i % channels])];
        return [new(CastName, cast), new(UnitName, unit), new(CentredName, centred), new(ScaledName, scaled)];
    }
}
