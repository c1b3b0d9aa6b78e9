using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Models;

/// <summary>The models are the ones of their papers.</summary>
public sealed class ModelCatalogueTests
{
    // He et al. 2016, table 6: 0.27M, 0.46M, 0.66M, 0.85M and 1.7M parameters; plain networks have the same.
    // resnet18 for 32x32: 11,173,962, torchvision's 11,689,512 for 224x224 and 1,000 classes.
    [Theory]
    [InlineData("simple-cnn", 32, 10, (3 * 64 * 9) + 64 + (64 * 128 * 9) + 128 + (8192 * 512) + 512 + (512 * 10) + 10)]
    [InlineData("resnet20", 32, 10, 269_722)]
    [InlineData("resnet32", 32, 10, 464_154)]
    [InlineData("resnet44", 32, 10, 658_586)]
    [InlineData("resnet56", 32, 10, 853_018)]
    [InlineData("resnet110", 32, 10, 1_727_962)]
    [InlineData("plain20", 32, 10, 269_722)]
    [InlineData("plain56", 32, 10, 853_018)]
    [InlineData("resnet18", 32, 10, 11_173_962)]
    [InlineData("resnet18", 224, 1000, 11_689_512)]
    public void Parameters_are_as_many_as_published(string model, int size, int classes, long parameters) =>
        Assert.Equal(parameters, Create(model, size, classes).ParameterCount);

    [Theory]
    [InlineData("resnet8", 8)]
    [InlineData("resnet20", 20)]
    [InlineData("resnet110", 110)]
    [InlineData("plain44", 44)]
    public void Depth_counts_the_weighted_layers(string model, int depth) =>
        Assert.Equal(depth, Create(model).Graph.Nodes.Count(node => node.Op is Conv or Gemm));

    [Fact]
    public void Plain_networks_add_nothing_and_residual_ones_once_a_block()
    {
        Assert.DoesNotContain(Create("plain20").Graph.Nodes, node => node.Op is Add);
        Assert.Equal(9, Create("resnet20").Graph.Nodes.Count(node => node.Op is Add));
    }

    [Fact]
    public void Photos_get_the_wide_stem()
    {
        Node stem = Create("resnet18", 224).Graph.Nodes.First(node => node.Op is Conv);

        Assert.Equal(7, stem.Inputs[1].Shape[2]);
        Assert.Contains(Create("resnet18", 224).Graph.Nodes, node => node.Op is MaxPool);
        Assert.DoesNotContain(Create("resnet18", 64).Graph.Nodes, node => node.Op is MaxPool);
    }

    [Fact]
    public void Parameters_have_the_names_checkpoints_are_known_by()
    {
        string[] names = [.. Create("resnet20").Graph.Parameters.Select(value => value.Name)];

        Assert.Contains("conv1.weight", names);
        Assert.Contains("layer1.0.conv1.weight", names);
        Assert.Contains("layer3.2.bn2.bias", names);
        Assert.Contains("fc.bias", names);
    }

    [Fact]
    public void Grey_images_and_other_sizes_fit_every_model()
    {
        foreach (string name in ModelCatalogue.Names.Where(name => !name.Contains("110", StringComparison.Ordinal)))
        {
            Network network = ModelCatalogue.Create(name, new ModelShape(1, new Size2(28, 20), 3));

            Assert.Equal((1, 28, 20), network.ImageSize);
            Assert.Equal(3, network.Classes);
        }
    }

    [Fact]
    public void Dropout_stands_in_front_of_the_last_layer_and_keeps_its_name()
    {
        Graph graph = ModelCatalogue.Create("mlp", new ModelShape(3, new Size2(32, 32), 10, 0.5f)).Graph;

        Assert.IsType<Gimbal.Trainer.Ops.Dropout>(graph.Nodes[^2].Op);
        Assert.Contains(graph.Parameters, value => value.Name == "fc3.weight");
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones()
    {
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => Create("resnet19"));

        Assert.Contains("resnet20", error.Message, StringComparison.Ordinal);
    }

    private static Network Create(string model, int size = 32, int classes = 10) => ModelCatalogue.Create(model, new ModelShape(3, new Size2(size, size), classes));
}
