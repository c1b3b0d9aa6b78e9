using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Ops.Cases;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Every op case on the simulated device, through the product's own PTX, driver calls and launches.</summary>
[Collection(Simulator.Collection)]
public sealed class CudaOpTests
{
    [SimulatorFact]
    public void Every_case_agrees_with_the_reference() => ForEachCase((run, opCase) => AssertNothing(CudaCaseChecks.Values(run, opCase)));

    [SimulatorFact]
    public void Every_case_gives_the_same_bits_in_any_order_of_threads_and_blocks() =>
        ForEachCase((run, opCase) => AssertNothing(CudaCaseChecks.Orders(run, opCase)));

    [SimulatorFact]
    public void No_case_makes_an_access_it_should_not() =>
        ForEachCase((run, opCase) => AssertNothing(CudaCaseChecks.Accesses(run, opCase)), isChecked: true);

    private static void AssertNothing(string? wrong) => Assert.True(wrong is null, wrong);

    private static void ForEachCase(Action<CudaKernelRun, OpCase> check, bool isChecked = false)
    {
        Simulator.Reset();
        Simulator.CheckAccesses(isChecked);
        using Driver driver = Driver.Open();
        Assert.Equal(Simulator.DeviceName, driver.Name);
        Kernels kernels = new(driver);
        foreach (OpCase opCase in AllOps.Cases.Values)
        {
            using CudaKernelRun run = new(opCase, driver, kernels);
            check(run, opCase);
        }
    }
}
