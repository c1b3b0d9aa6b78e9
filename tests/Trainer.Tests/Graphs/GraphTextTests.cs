using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Graphs;

/// <summary>A graph read from its text is the graph that was written.</summary>
public sealed class GraphTextTests
{
    public static TheoryData<string> Models => [.. ModelCatalogue.Names];

    [Theory]
    [MemberData(nameof(Models))]
    public void EveryModelOfTheCatalogueSurvivesItsText(string model)
    {
        Graph graph = ModelCatalogue.Create(model, new ModelShape(3, new Size2(32, 32), 10, 0.3f)).Graph;
        string text = GraphText.Print(graph);

        Graph read = GraphText.Parse(text, Catalogue.ByName);

        Assert.Equal(text, GraphText.Print(read));
        Assert.Equal(graph.Nodes.Select(n => n.Op), read.Nodes.Select(n => n.Op));
        Assert.Equal(graph.Nodes.SelectMany(n => n.Outputs).Select(v => v.Type), read.Nodes.SelectMany(n => n.Outputs).Select(v => v.Type));
    }

    [Theory]
    [InlineData("", "line 1: a graph starts with 'graph NAME'")]
    [InlineData("graph g\ninput images [2,3,4,4] image\ny = Blur {} images\noutput y", "line 3: no op is called 'Blur'")]
    [InlineData("graph g\ninput images [2,3,4,4] image\ny = Flatten {Axis=1} images\noutput y", "line 3: Flatten has no attribute 'Axis'")]
    [InlineData("graph g\ninput images [2,3,4,4] image\ny = LeakyRelu {} images\noutput y", "line 3: LeakyRelu lacks attribute 'Alpha'")]
    [InlineData("graph g\ninput images [2,3,4,4] image\ny = LeakyRelu {Alpha=steep} images\noutput y", "line 3: ")]
    [InlineData("graph g\ninput images [2,3,4,4] image\ny = Relu {} pictures\noutput y", "line 3: ")]
    [InlineData("graph g\ninput images [2,3,-4,4] image\noutput images", "line 2: ")]
    [InlineData("graph g\ninput images [2,3,4,4] image\noutput logits", "line 3: ")]
    public void ATextThatIsNoGraphNamesItsLine(string text, string start)
    {
        InvalidGraphException error = Assert.Throws<InvalidGraphException>(() => GraphText.Parse(text, Catalogue.ByName));

        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
    }
}
