using System.Text;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Tests.Conditions;
using static Gimbal.Trainer.Tests.Cuda.SimulatedContext;
using static Gimbal.Trainer.Tests.Cuda.SimulatedDriver;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>What the simulator finds in kernels: faults planted in tests/CudaSimulator/misuses, and the same kernels without them.</summary>
[Collection(Simulator.Collection)]
public sealed class SimulatorKernelTests
{
    public static TheoryData<string> Wrong => [.. MisuseKernel.Wrong.Select(kernel => kernel.Name)];

    public static TheoryData<string> Right => [.. MisuseKernel.Right.Select(kernel => kernel.Name)];

    [SimulatorTheory]
    [MemberData(nameof(Wrong))]
    public void A_planted_fault_is_reported_with_kernel_block_thread_and_line_in_every_order(string name)
    {
        MisuseKernel kernel = MisuseKernel.Find(name);
        Assert.NotEmpty(kernel.Reports);
        foreach (SimulatorOrder order in Enum.GetValues<SimulatorOrder>())
        {
            using SimulatedContext context = new(check: true);
            Simulator.Run(order, seed: 7);
            if (name != "uninitialised_device_memory_wrong")
            {
                Succeed(cuMemsetD32_v2(context.Workspace, 0, Count));
            }

            Assert.NotEqual(0, context.Run(name));
            Assert.Matches($@"^kernel {name}, block \(\d, 0, 0\), thread \d+, ", Simulator.LastReport);
            Assert.True(kernel.Reports.Any(Simulator.LastReport.Contains), $"{order}: {Simulator.LastReport} instead of {string.Join(" or ", kernel.Reports)}");
        }
    }

    [SimulatorTheory]
    [MemberData(nameof(Right))]
    public void A_kernel_without_a_fault_passes_in_every_order_with_copies_early_and_late(string name)
    {
        foreach (bool check in (bool[])[false, true])
        {
            foreach (SimulatorOrder order in Enum.GetValues<SimulatorOrder>())
            {
                foreach (bool early in (bool[])[false, true])
                {
                    using SimulatedContext context = new(check);
                    Simulator.Run(order, seed: 3);
                    Simulator.LandCopies(early);
                    Upload(context.Workspace, new float[Count]);
                    Succeed(context.Run(name));
                    Assert.Empty(Simulator.AllReports);
                    if (MisuseKernel.Find(name).Threads == 64)
                    {
                        Assert.Equal(Expected, Download(context.Output, Count));
                    }
                }
            }
        }
    }

    [SimulatorTheory]
    [InlineData("missing_wait_wrong", false)]
    [InlineData("weak_wait_wrong", false)]
    [InlineData("missing_wait_wrong", true)]
    public void A_missing_wait_shows_in_the_result_where_copies_land_late(string name, bool early)
    {
        using SimulatedContext context = new();
        Simulator.LandCopies(early);
        Succeed(context.Run(name));
        float[] output = Download(context.Output, Count);
        if (early)
        {
            Assert.Equal(Expected, output);
        }
        else
        {
            Assert.All(output, value => Assert.True(float.IsNaN(value)));
        }
    }

    [SimulatorFact]
    public void A_race_that_the_plain_order_hides_shows_in_others()
    {
        Assert.Equal(Expected, OutputOf(SimulatorOrder.Plain));
        Assert.NotEqual(Expected, OutputOf(SimulatorOrder.Reverse));
        Assert.NotEqual(Expected, OutputOf(SimulatorOrder.Random));
        Assert.NotEqual(Expected, OutputOf(SimulatorOrder.WarpAhead));

        static float[] OutputOf(SimulatorOrder order)
        {
            using SimulatedContext context = new();
            Simulator.Run(order, seed: 2);
            Succeed(context.Run("broadcast_wrong"));
            return Download(context.Output, Count);
        }
    }

    [SimulatorTheory]
    [InlineData("write_past_device_memory_wrong", "a write 0 bytes past the end of an allocation of 1024 bytes")]
    [InlineData("write_before_device_memory_wrong", "a write 4 bytes before an allocation of 1024 bytes")]
    [InlineData("write_past_shared_array_wrong", "a write 0 bytes past the end of tile (256 bytes)")]
    public void Guard_zones_catch_writes_that_nobody_checked(string name, string report)
    {
        using SimulatedContext context = new();
        Assert.Equal(700, context.Run(name));
        Assert.Contains(report, Simulator.LastReport, StringComparison.Ordinal);
    }

    [SimulatorTheory]
    [InlineData("uninitialised_device_memory_wrong", Count)]
    [InlineData("uninitialised_shared_memory_wrong", 16)]
    public void Memory_that_nobody_wrote_is_not_a_number(string name, int expected)
    {
        using SimulatedContext context = new();
        Succeed(context.Run(name));
        Assert.Equal(expected, Download(context.Output, Count).Count(float.IsNaN));
    }

    [SimulatorFact]
    public void A_tile_product_is_that_of_the_matrices()
    {
        using SimulatedContext context = new(check: true);
        Random random = new(5);
        // Small integers are exact in bf16, and so are their sums.
        float[] a = [.. Enumerable.Range(0, Count).Select(_ => (float)random.Next(-8, 9))];
        float[] b = [.. Enumerable.Range(0, Count).Select(_ => (float)random.Next(-8, 9))];
        Upload(context.Input, a);
        Upload(context.Workspace, b);
        Succeed(context.Run("tile_product_right"));
        float[] product = [.. Enumerable.Range(0, 128).Select(i => Enumerable.Range(0, 16).Sum(k => a[(i / 8 * 16) + k] * b[(k * 8) + (i % 8)]))];
        Assert.Equal(product, Download(context.Output, 128));
        // A's rows are 32 bytes apart, so that rows 0 and 4 of each of its four matrices share banks; B's are 16 apart.
        Assert.Equal(48, Simulator.Counter("matrix_rows"));
        Assert.Equal(4, Simulator.Counter("matrix_conflicts"));
    }

    [SimulatorTheory]
    [InlineData("column_without_padding_right", 31)]
    [InlineData("column_with_padding_right", 0)]
    public void Bank_conflicts_are_counted(string name, int expected)
    {
        using SimulatedContext context = new(check: true);
        Simulator.CountBanks(true);
        Succeed(context.Run(name));
        Assert.Equal(33, Simulator.Counter("shared_accesses"));
        Assert.Equal(expected, Simulator.Counter("shared_conflicts"));
    }

    [SimulatorFact]
    public async Task A_fault_of_another_thread_is_none_of_the_kernel_that_runs_meanwhile()
    {
        using SimulatedContext context = new();
        int caught = 0;
        Task faults = Task.Run(() =>
        {
            for (; caught < 200; caught++)
            {
                Assert.Throws<NullReferenceException>(() => ((StringBuilder)null!).Length);
            }
        });
        while (!faults.IsCompleted)
        {
            Succeed(context.Run("early_refill_right"));
        }

        await faults;
        Assert.Equal(200, caught);
        Assert.Equal(0, Simulator.Reports);
    }
}
