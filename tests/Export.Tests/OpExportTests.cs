using Gimbal.Export.Onnx;
using Gimbal.Export.Tests.Models;
using Gimbal.ExportedModels;
using Gimbal.Inference;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Export.Tests;

/// <summary>ONNX Runtime computes what the trainer computes, op by op, over random shapes, operator sets and inputs.</summary>
public sealed class OpExportTests
{
    private const int Shapes = 6;

    public static TheoryData<string> Ops => [.. ExportedOps.Names];

    [Theory]
    [MemberData(nameof(Ops))]
    public void An_op_gives_in_ONNX_Runtime_what_it_gives_in_the_trainer(string name)
    {
        using TemporaryFolder folder = new();
        using CpuDevice device = new(threads: 1);
        Random random = new(name.Length);
        foreach (int opset in (int[])[13, 17, 21])
        {
            foreach (InputForm input in Enum.GetValues<InputForm>())
            {
                for (int i = 0; i < Shapes; i++)
                {
                    Network network = ExportedOps.Draw(name, random);
                    OutputForm output = i == 0 ? OutputForm.Probabilities : OutputForm.Logits;
                    ExportOptions options = new() { Opset = opset, Input = input, Output = output };

                    ParityReport report = OnnxFile.Write(folder["op.onnx"], RandomModel.Of(network, (ulong)i), options, RandomModel.Pictures(network, 12), device);

                    Assert.True(report.Passed);
                    Assert.Equal([1, 7, 4], report.Batches);
                }
            }
        }
    }

    [Fact]
    public void Every_op_of_a_model_is_exported_by_a_test()
    {
        Random random = new(1);
        HashSet<Type> exported = [.. ExportedOps.Names.SelectMany(name => ExportedOps.Draw(name, random).Graph.Nodes).Select(node => node.Op.GetType())];
        IEnumerable<Type> all = typeof(ForwardOp).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ForwardOp)) && !type.IsAbstract);

        Assert.Empty(all.Except(exported).Except([typeof(SoftmaxCrossEntropy)]));
    }

    [Fact]
    public void A_batch_norm_behind_a_convolution_is_folded_and_keeps_its_name()
    {
        using TemporaryFolder folder = new();
        NodeProto[] nodes = [.. Written(Networks.Workbench(), folder).Graph.Node];

        Assert.Equal("Conv", nodes.Single(node => node.Name == "bn1.FrozenBatchNormalization").OpType);
        Assert.Equal("BatchNormalization", nodes.Single(node => node.Name == "bn2.FrozenBatchNormalization").OpType);
        Assert.DoesNotContain(nodes, node => node.OpType is "Dropout" or "Identity");
    }

    [Fact]
    public void Weights_that_several_nodes_read_are_not_folded()
    {
        using TemporaryFolder folder = new();
        ModelProto file = Written(Networks.SharedWeights(), folder);

        Assert.Equal(2, file.Graph.Node.Count(node => node.OpType == "BatchNormalization"));
        Assert.Single(file.Graph.Initializer, tensor => tensor.Name == "weight");
    }

    [Fact]
    public void A_convolution_that_another_node_reads_too_is_not_folded()
    {
        using TemporaryFolder folder = new();
        Layer twice = new Residual(new BatchNorm2d(4));
        ModelProto file = Written(Networks.Bare("twice", new Sequential(new Conv2d(3, 4, 3), twice), channels: 3, size: 5), folder);

        Assert.Equal(["Conv", "BatchNormalization", "Add", "Flatten"], file.Graph.Node.Select(node => node.OpType));
    }

    [Fact]
    public void A_weight_over_its_singular_value_is_exported_as_a_plain_weight()
    {
        using TemporaryFolder folder = new();
        Layer layers = new Sequential(new SpectralNorm(new Conv2d(3, 4, 3, bias: false)), new BatchNorm2d(4), new Gimbal.Trainer.Layers.Flatten(), new SpectralNorm(new Linear(36, 5)));
        ModelProto file = Written(Network.Create("spectral", layers, channels: 3, new Size2(5, 5)), folder);

        Assert.Equal(["Conv", "Flatten", "Gemm"], file.Graph.Node.Select(node => node.OpType));
        Assert.DoesNotContain(file.Graph.Initializer, tensor => tensor.Name.Contains("weight_", StringComparison.Ordinal));
    }

    [Fact]
    public void Networks_of_layers_in_any_order_agree()
    {
        using TemporaryFolder folder = new();
        using CpuDevice device = new(threads: 1);
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            ExportOptions options = new()
            {
                Opset = random.Next(ExportOptions.LeastOpset, ExportOptions.MostOpset + 1),
                Input = (InputForm)random.Next(2),
                Output = (OutputForm)random.Next(2),
            };
            Network network = RandomNetwork.Draw(random);

            Exception? refusal = Record.Exception(() =>
                OnnxFile.Write(folder["model.onnx"], RandomModel.Of(network, (ulong)seed), options, RandomModel.Pictures(network, 9), device));

            Assert.True(refusal is null, $"seed {seed}: {refusal}\n{string.Join('\n', network.Graph.Nodes)}");
        }
    }

    private static ModelProto Written(Network network, TemporaryFolder folder)
    {
        using CpuDevice device = new(threads: 1);
        OnnxFile.Write(folder["model.onnx"], RandomModel.Of(network), new ExportOptions(), RandomModel.Pictures(network, 9), device);
        return Files.Read(folder["model.onnx"]);
    }
}
