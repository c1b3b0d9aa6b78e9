using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Plans;

/// <summary>Values that live at the same time never share memory; values that do not, may.</summary>
public sealed class MemoryPlanTests
{
    [Theory]
    [InlineData("mlp")]
    [InlineData("resnet8")]
    [InlineData("resnet20")]
    public void Places_of_values_that_live_together_do_not_overlap(string model)
    {
        Graph graph = Step(model);
        MemoryPlan plan = new(graph, Align);
        List<(Value Value, int Born, int Dies)> lives = [.. Lives(graph)];

        foreach ((Value value, int born, int dies) in lives)
        {
            Assert.InRange(plan.Offset(value) + value.Shape.Count, 0, plan.Length);
            Assert.Equal(0, plan.Offset(value) % 16);
            foreach ((Value other, int _, int _) in lives.Where(o => o.Value.Id > value.Id && o.Born <= dies && born <= o.Dies))
            {
                bool apart = plan.Offset(value) + value.Shape.Count <= plan.Offset(other) || plan.Offset(other) + other.Shape.Count <= plan.Offset(value);
                Assert.True(apart, $"{value.Name} and {other.Name} overlap");
            }
        }
    }

    [Fact]
    public void Memory_is_reused()
    {
        Graph graph = Step("resnet20");
        long apart = Lives(graph).Sum(life => Align(life.Value.Shape.Count));

        // Activations must survive until their gradients; the gradients of activations need not.
        Assert.InRange(new MemoryPlan(graph, Align).Length, apart / 4, (long)(apart * 0.7));
    }

    private static long Align(long elements) => (elements + 15) / 16 * 16;

    private static Graph Step(string model) => TrainingGraph.Create(
        ModelCatalogue.Create(model, new ModelShape(3, new Size2(32, 32), 10)), new StepOptions(4, new TrainingOptions().Resolve().ToOptimizer())).Graph;

    private static IEnumerable<(Value Value, int Born, int Dies)> Lives(Graph graph)
    {
        int end = graph.Nodes.Count;
        foreach (Value value in graph.Values.Where(v => !v.IsState && v.Overwrites is null))
        {
            int born = graph.Nodes.ToList().FindIndex(node => node.Outputs.Contains(value));
            int dies = graph.Nodes.ToList().FindLastIndex(node => node.Inputs.Contains(value));
            yield return (value, born, born < 0 || graph.Outputs.Contains(value) ? end : Math.Max(born, dies));
        }
    }
}
