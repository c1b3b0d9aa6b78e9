using Gimbal.Export.Onnx;
using Gimbal.Export.Tests.Models;
using Gimbal.ExportedModels;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Export.Tests.Faults;

/// <summary>Mistakes planted into exports of <see cref="Networks.Workbench"/>.</summary>
internal static class PlantedFaults
{
    private const string FoldedConv1 = "bn1.FrozenBatchNormalization";
    private const string LoneNorm = "bn2.FrozenBatchNormalization";

    /// <summary>Faults of any file.</summary>
    public static IReadOnlyList<PlantedFault> Network { get; } =
    [
        PlantedFault.Edit("Flatten in H, W, C order", "flatten.Flatten", file =>
            file.InsertBefore("flatten.Flatten", Files.New("extra", "Transpose", ("perm", [0, 2, 3, 1])))),
        PlantedFault.Export("batch norm epsilon 1e-3 folded into the convolution", FoldedConv1, model =>
            model with { Network = Networks.Workbench(epsilon: 1e-3f) }),
        PlantedFault.Edit("batch norm epsilon 1e-3", LoneNorm, file => file.Node(LoneNorm).Attribute("epsilon").F = 1e-3f),
        PlantedFault.Export("mean and variance swapped in folding", FoldedConv1, model =>
            model with { Weights = Swapped(model.Weights, "bn1.running_mean", "bn1.running_var") }),
        PlantedFault.Edit("mean and variance swapped", LoneNorm, file => SwapInputs(file.Node(LoneNorm), 3, 4)),
        PlantedFault.Edit("gamma and beta swapped", LoneNorm, file => SwapInputs(file.Node(LoneNorm), 1, 2)),
        PlantedFault.Edit("square Gemm weight transposed", "fc2.Gemm", file => file.Node("fc2.Gemm").Attribute("transB").I = 0),
        PlantedFault.Edit("oblong Gemm weight reshaped instead of transposed", "fc1.Gemm", file => file.Change("fc1.weight", Transposed)),
        PlantedFault.Edit("bias dropped", "fc2.Gemm", file => file.Node("fc2.Gemm").Input.RemoveAt(2)),
        PlantedFault.Edit("blue and red exchanged in the first filter", FoldedConv1, file => file.Change("conv1.weight", ExchangeRedAndBlue)),
        PlantedFault.Edit("filter turned by 180 degrees", FoldedConv1, file => file.Change("conv1.weight", Turned)),
        PlantedFault.Edit("filters in R, S, C, M order", "conv2.Conv", file => file.Change("conv2.weight", Transposed)),
        PlantedFault.Edit("top padding at the bottom", FoldedConv1, file => file.Node(FoldedConv1).SetInts("pads", 0, 1, 2, 1)),
        PlantedFault.Edit("padding all at the end", "conv3.Conv", file => file.Node("conv3.Conv").SetInts("pads", 0, 0, 2, 0)),
        PlantedFault.Edit("dilation lost", "conv2.Conv", file =>
        {
            file.Node("conv2.Conv").SetInts("dilations", 1, 1);
            file.Node("conv2.Conv").SetInts("pads", 1, 1, 1, 1);
        }),
        PlantedFault.Edit("strides exchanged", "conv3.Conv", file => file.Node("conv3.Conv").SetInts("strides", 1, 2)),
        PlantedFault.Edit("padding left out of the average", "pool1.AveragePool", file => file.Node("pool1.AveragePool").Attribute("count_include_pad").I = 0),
        PlantedFault.Edit("relu missing", "relu3.Relu", file => file.Node("relu3.Relu").OpType = "Identity"),
        PlantedFault.Edit("slope of the leaky relu left at ONNX's default", "act2.LeakyRelu", file => file.Node("act2.LeakyRelu").Attribute.Clear()),
        PlantedFault.Edit("zero channels of the shortcut on the other side", "block.shortcut.pad.Pad", MovePadding),
        PlantedFault.Edit("shortcut takes the mean of each window", "block.shortcut.take.Subsample", file =>
        {
            NodeProto take = file.Node("block.shortcut.take.Subsample");
            take.OpType = "AveragePool";
            take.SetInts("kernel_shape", 2, 2);
        }),
        PlantedFault.Edit("sum of the block missing its shortcut", "block.Add", file => file.Node("block.Add").Input[1] = file.Node("block.Add").Input[0]),
        PlantedFault.Edit("max-pool's window off by a pixel", "pool2.MaxPool", file => file.Node("pool2.MaxPool").SetInts("pads", 2, 2, 0, 0)),
        PlantedFault.Edit("scale of dropout left in", "dropout", file =>
        {
            NodeProto scale = Files.New("dropout", "Mul");
            file.InsertBehind("relu4.Relu", scale);
            scale.Input.Add(file.Constant("dropout.scale", 2f));
        }),
        PlantedFault.Edit("wrong activation", "tanh.Tanh", file => file.Node("tanh.Tanh").OpType = "Sigmoid"),
    ];

    /// <summary>Faults of a file that takes raw pixels.</summary>
    public static IReadOnlyList<PlantedFault> Pixels { get; } =
    [
        PlantedFault.Edit("blue, green, red instead of red, green, blue", "normalize.cast", file =>
        {
            NodeProto gather = Files.New("extra", "Gather");
            gather.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 3 });
            file.InsertBefore("normalize.cast", gather);
            gather.Input.Add(file.Constant("bgr", 2, 1, 0));
        }),
        PlantedFault.Edit("mean of other data", "normalize.centre", file => file.Change("normalize.mean", (_, _) => [0.485f, 0.456f, 0.406f])),
        PlantedFault.Edit("pixels not divided by 255", "normalize.divide", file => file.Change("normalize.scale", (_, _) => [1f])),
        PlantedFault.Edit("deviation in units of 255", "normalize.deviate", file => file.Change("normalize.std", (std, _) => [.. std.Select(s => s * 255)])),
        PlantedFault.Edit("deviations in the order of blue, green, red", "normalize.deviate", file => file.Change("normalize.std", (std, _) => [.. std.Reverse()])),
        PlantedFault.Edit("columns for rows", "normalize.transpose", file => file.Node("normalize.transpose").SetInts("perm", 0, 3, 2, 1)),
    ];

    private static void SwapInputs(NodeProto node, int a, int b) => (node.Input[a], node.Input[b]) = (node.Input[b], node.Input[a]);

    private static Dictionary<string, Tensor> Swapped(IReadOnlyDictionary<string, Tensor> weights, string a, string b) =>
        new(weights) { [a] = weights[b], [b] = weights[a] };

    private static float[] Transposed(float[] values, int[] shape)
    {
        int rows = shape[0];
        int columns = values.Length / rows;
        return [.. values.Select((_, i) => values[(i % rows * columns) + (i / rows)])];
    }

    private static float[] ExchangeRedAndBlue(float[] values, int[] shape)
    {
        int taps = shape[2] * shape[3];
        return [.. values.Select((_, i) => values[i + (((2 - (2 * (i / taps % 3))) * taps))])];
    }

    private static float[] Turned(float[] values, int[] shape)
    {
        int taps = shape[2] * shape[3];
        return [.. values.Select((_, i) => values[(i / taps * taps) + taps - 1 - (i % taps)])];
    }

    private static void MovePadding(ModelProto file)
    {
        NodeProto constant = file.Graph.Node.Single(node => node.Output.Contains(file.Node("block.shortcut.pad.Pad").Input[1]));
        TensorProto pads = constant.Attribute("value").T;
        long[] amounts = [0, 3, 0, 0, 0, 1, 0, 0];
        pads.RawData = Google.Protobuf.ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(amounts));
    }
}
