using Gimbal.Export.Onnx;
using Gimbal.Export.Tests.Conditions;
using Gimbal.Export.Tests.Models;
using Gimbal.ExportedModels;
using Gimbal.Inference;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Plans;
using Google.Protobuf;

namespace Gimbal.Export.Tests;

/// <summary>What is written is ONNX in the eyes of the ONNX project, not only of ONNX Runtime.</summary>
public sealed class CheckerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CpuDevice _device = new();

    [OnnxCheckerFact]
    public void The_catalogue_passes_the_checker_and_strict_shape_inference()
    {
        List<string> files = [];
        foreach (string name in ModelCatalogue.Names)
        {
            Network network = ModelCatalogue.Create(name, new ModelShape(Channels: 3, Size: 8, Classes: 5));
            TrainedModel model = RandomModel.Of(network);
            files.Add(Write(model, new ExportOptions { Opset = 13, Input = InputForm.UInt8Nhwc, Output = OutputForm.Probabilities }));
            files.Add(Write(model, new ExportOptions { Opset = 17, Input = InputForm.FloatNchw }));
        }

        IReadOnlyList<string> verdicts = OnnxChecker.Check(files);

        Assert.Equal(files.Count, verdicts.Count);
        Assert.All(verdicts, verdict => Assert.Equal("ok Nx5", verdict));
    }

    [OnnxCheckerFact]
    public void Every_op_passes_the_checker_and_strict_shape_inference()
    {
        Random random = new(5);
        List<string> files = [];
        foreach (string name in ExportedOps.Names)
        {
            foreach (int opset in (int[])[13, 17])
            {
                TrainedModel model = RandomModel.Of(ExportedOps.Draw(name, random));
                files.Add(Write(model, new ExportOptions { Opset = opset, Input = InputForm.UInt8Nhwc }));
            }
        }

        Assert.All(OnnxChecker.Check(files), verdict => Assert.StartsWith("ok N", verdict, StringComparison.Ordinal));
    }

    [OnnxCheckerFact]
    public void Files_that_are_wrong_do_not_pass()
    {
        string right = Write(RandomModel.Of(Networks.Workbench()), new ExportOptions());

        IReadOnlyList<string> verdicts = OnnxChecker.Check(
        [
            right,
            Changed(right, file => file.Node("relu3.Relu").Input[0] = "nobody"),
            Changed(right, file => file.Node("fc1.Gemm").Attribute("transB").Name = "transposed"),
            Changed(right, file => file.Graph.Output[0].Type.TensorType.Shape.Dim[1].DimValue = 6),
            Changed(right, file => file.Node("bn1.FrozenBatchNormalization").SetInts("strides", 1)),
        ]);

        Assert.Equal("ok Nx5", verdicts[0]);
        Assert.All(verdicts.Skip(1), verdict => Assert.DoesNotContain("ok", verdict.Split(' ')[0], StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    private string Write(TrainedModel model, ExportOptions options)
    {
        string path = _folder[$"{Guid.NewGuid():N}.onnx"];
        OnnxFile.Write(path, model, options, RandomModel.Pictures(model.Network, 1), _device);
        return path;
    }

    private string Changed(string path, Action<ModelProto> change)
    {
        ModelProto file = Files.Read(path);
        change(file);
        string changed = _folder[$"{Guid.NewGuid():N}.onnx"];
        File.WriteAllBytes(changed, file.ToByteArray());
        return changed;
    }
}
