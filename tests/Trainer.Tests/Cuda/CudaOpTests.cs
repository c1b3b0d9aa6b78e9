using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Ops;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Every op case on the simulated device, through the product's own PTX, driver calls and launches.</summary>
[Collection(Simulator.Collection)]
public sealed class CudaOpTests
{
    private const int RandomOrders = 3;

    // Pictures are turned into batches on the device once data sets live there.
    private static readonly string[] s_unlaunched = ["batch_images_f32", "batch_labels_i32"];

    [SimulatorFact]
    public void Every_case_agrees_with_the_reference() => ForEachCase((driver, run, opCase) =>
    {
        IReadOnlyList<float[]> outputs = run.Run();
        IReadOnlyList<DoubleTensor> expected = ReferenceOps.Evaluate(opCase.Op, [.. opCase.Inputs.Select(i => i.Type)], opCase.DrawInputs());
        Assert.Equal(expected.Count, outputs.Count);
        for (int i = 0; i < outputs.Count; i++)
        {
            double error = RelativeError.Of(run.ToNumbers(i, outputs[i]), expected[i].Values);
            Assert.True(error <= opCase.Tolerance, $"{opCase}: output {i} is off by {error:g3}; allowed are {opCase.Tolerance:g3} ({opCase.Reason})");
        }
    });

    [SimulatorFact]
    public void Every_case_gives_the_same_bits_in_any_order_of_threads_and_blocks() => ForEachCase((driver, run, opCase) =>
    {
        Simulator.Run(SimulatorOrder.Plain);
        IReadOnlyList<float[]> expected = run.Run();
        IEnumerable<(SimulatorOrder Order, ulong Seed)> orders =
        [
            (SimulatorOrder.Reverse, 1), (SimulatorOrder.WarpAhead, 1), .. Enumerable.Range(1, RandomOrders).Select(seed => (SimulatorOrder.Random, (ulong)seed)),
        ];
        foreach ((SimulatorOrder order, ulong seed) in orders)
        {
            Simulator.Run(order, seed);
            IReadOnlyList<float[]> actual = run.Run();
            for (int i = 0; i < expected.Count; i++)
            {
                Assert.True(KernelRun.Bits(expected[i]).SequenceEqual(KernelRun.Bits(actual[i])), $"{opCase}: output {i} differs in order {order} {seed}");
            }
        }
    });

    [SimulatorFact]
    public void No_case_makes_an_access_it_should_not() => ForEachCase(
        (driver, run, opCase) =>
        {
            run.Run();
            Assert.True(Simulator.Reports == 0, $"{opCase}: {Simulator.LastReport}");
        },
        isChecked: true);

    [SimulatorFact]
    public void Every_kernel_is_launched_by_a_case()
    {
        HashSet<string> launched = [];
        ForEachCase((driver, run, opCase) => launched.UnionWith(run.Kernels));

        Assert.Equal(s_unlaunched, Kernels.Names.Except(launched).Order());
    }

    private static void ForEachCase(Action<Driver, CudaKernelRun, OpCase> check, bool isChecked = false)
    {
        Simulator.Reset();
        Simulator.CheckAccesses(isChecked);
        using Driver driver = Driver.Open();
        Assert.Equal(Simulator.DeviceName, driver.Name);
        Kernels kernels = new(driver);
        foreach (OpCase opCase in AllOps.Cases.Values)
        {
            using CudaKernelRun run = new(opCase, driver, kernels);
            check(driver, run, opCase);
        }
    }
}
