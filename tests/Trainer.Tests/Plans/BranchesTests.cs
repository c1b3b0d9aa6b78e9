using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Plans;

/// <summary>Weight gradients run aside, behind what they read and ahead of what reads them; no value lies where another may still be used.</summary>
public sealed class BranchesTests
{
    public static TheoryData<string> Models => ["mlp", "simple-cnn", "resnet8", "resnet20", "fast-cnn"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Weight_gradients_of_convolutions_run_aside_between_what_they_read_and_what_reads_them(string model)
    {
        Graph graph = Step(model);
        Branches branches = Branches.Of(graph);
        bool[,] before = Order(graph, branches);

        Assert.Equal(
            graph.Nodes.Index().Where(node => node.Item.Op is ConvGradWeight).Select(node => node.Index),
            branches.Aside.Where(node => graph.Nodes[node].Op is ConvGradWeight));
        Assert.NotEmpty(branches.Aside);
        for (int reader = 0; reader < graph.Nodes.Count; reader++)
        {
            foreach (Value input in graph.Nodes[reader].Inputs)
            {
                int producer = graph.Nodes.ToList().FindIndex(node => node.Outputs.Contains(input));
                Assert.True(producer < 0 || before[producer, reader], $"{graph.Nodes[reader].Name} may begin before {input.Name} is there");
            }
        }

        // The first branch does not go on past the fork of the node so many behind.
        int[] aside = [.. branches.Aside];
        for (int k = 0; k + Branches.MostAhead < aside.Length; k++)
        {
            int latest = Math.Max(aside[k], branches.Fork(aside[k + Branches.MostAhead])) + 1;
            Assert.All(Enumerable.Range(latest, Math.Max(0, branches.Join(aside[k]) - latest)), node => Assert.True(branches.IsAside(node)));
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void No_place_is_used_again_before_everybody_is_done_with_it(string model)
    {
        Graph graph = Step(model);
        Branches branches = Branches.Of(graph);

        Assert.Empty(Conflicts(graph, branches, new MemoryPlan(graph, Align, branches)));
        // The control: what was laid out for one branch.
        Assert.NotEmpty(Conflicts(graph, branches, new MemoryPlan(graph, Align)));
        Assert.Empty(Conflicts(graph, Branches.None, new MemoryPlan(graph, Align)));
    }

    [Fact]
    public void A_network_at_inference_has_one_branch()
    {
        Network network = ModelCatalogue.Create("resnet18", new ModelShape(3, new Size2(32, 32), 10));
        GraphBuilder builder = new("inference");
        Graph graph = builder.Build(network.AppendAtInference(builder, network.ImportImages(builder, 4)));

        Assert.Empty(Branches.Of(graph).Aside);
    }

    private static List<string> Conflicts(Graph graph, Branches branches, MemoryPlan places)
    {
        bool[,] before = Order(graph, branches);
        List<Value> values = [.. graph.Nodes.SelectMany(node => node.Outputs).Where(value => value.Overwrites is null)];
        int[][] uses = [.. values.Select(value => graph.Nodes.Index().Where(node => node.Item.Inputs.Contains(value) || node.Item.Outputs.Contains(value)).Select(node => node.Index).ToArray())];
        HashSet<Value> kept = [.. graph.Outputs];
        List<string> conflicts = [];
        for (int i = 0; i < values.Count; i++)
        {
            for (int j = i + 1; j < values.Count; j++)
            {
                bool apart = places.Offset(values[i]) + values[i].Shape.Count <= places.Offset(values[j]) || places.Offset(values[j]) + values[j].Shape.Count <= places.Offset(values[i]);
                if (!apart && !IsOver(i, j) && !IsOver(j, i))
                {
                    conflicts.Add($"{values[i].Name} and {values[j].Name}");
                }
            }
        }

        return conflicts;

        bool IsOver(int one, int other) => !kept.Contains(values[one]) && uses[one].All(use => before[use, uses[other][0]]);
    }

    // Which nodes are done before which begin: along each branch, and by the edges between them.
    private static bool[,] Order(Graph graph, Branches branches)
    {
        int count = graph.Nodes.Count;
        bool[,] before = new bool[count, count];
        (int main, int aside) = (-1, -1);
        for (int node = 0; node < count; node++)
        {
            bool isAside = branches.IsAside(node);
            int[] earlier = isAside ? [aside, branches.Fork(node)] : [main, .. branches.Aside.Where(other => other < node && branches.Join(other) <= node)];
            foreach (int direct in earlier.Where(direct => direct >= 0))
            {
                before[direct, node] = true;
                for (int i = 0; i < direct; i++)
                {
                    before[i, node] |= before[i, direct];
                }
            }

            (main, aside) = isAside ? (main, node) : (node, aside);
        }

        return before;
    }

    private static long Align(long elements) => (elements + 15) / 16 * 16;

    private static Graph Step(string model) => TrainingGraph.Create(
        ModelCatalogue.Create(model, new ModelShape(3, new Size2(32, 32), 10)), new StepOptions(4, new TrainingOptions().Resolve().ToOptimizer())).Graph;
}
