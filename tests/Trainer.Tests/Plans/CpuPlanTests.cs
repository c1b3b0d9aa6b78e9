using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Plans;

public sealed class CpuPlanTests
{
    private const int Page = 4096;

    [Fact]
    public void Every_tensor_has_pages_of_its_own()
    {
        GraphBuilder builder = new("small");
        Value x = builder.Input("x", TensorType.Image(1, 1, 2, 2));
        Graph graph = builder.Build(builder.Add(new Relu(), x));
        using CpuDevice device = new(1);
        using StateStore state = device.NewState(graph);

        using Plan plan = device.NewPlan(graph, state);

        Assert.Equal(2 * Page, plan.MemoryBytes);
    }

    [Theory]
    [InlineData(Page / sizeof(float))]
    [InlineData(100_000)]
    public unsafe void Memory_for_whole_pages_begins_with_one(int floats)
    {
        // The allocator would hit some by chance.
        CpuMemory[] blocks = [.. Enumerable.Range(0, 20).Select(_ => new CpuMemory(floats))];

        Assert.All(blocks, block => Assert.Equal(0, (nint)block.Pointer % Page));

        Array.ForEach(blocks, block => block.Dispose());
    }
}
