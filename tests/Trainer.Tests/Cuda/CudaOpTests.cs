using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Every op case on the simulated device, through the product's own PTX, driver calls and launches.</summary>
[Collection(Simulator.Collection)]
public sealed class CudaOpTests
{
    [SimulatorFact]
    public void Every_case_agrees_with_the_reference() => ForEachCase((run, cudaCase) => AssertNothing(CudaCaseChecks.Values(run, cudaCase)));

    [SimulatorFact]
    public void Every_case_gives_the_same_bits_in_any_order_of_threads_and_blocks() =>
        ForEachCase((run, cudaCase) => AssertNothing(CudaCaseChecks.Orders(run, cudaCase)));

    [SimulatorFact]
    public void No_case_makes_an_access_it_should_not() =>
        ForEachCase((run, cudaCase) => AssertNothing(CudaCaseChecks.Accesses(run, cudaCase)), isChecked: true);

    [Fact]
    public void Kernels_that_round_nothing_would_fail_almost_every_case_in_bfloat16()
    {
        CudaCase[] cases = [.. CudaCase.All.Values.Where(cudaCase => cudaCase.Precision == Precision.Bfloat16)];
        Assert.NotEmpty(cases);
        // One product of two numbers that are nearly bfloat16 is nearly theirs.
        Assert.InRange(
            cases.Count(cudaCase => RelativeError.Of(cudaCase.ExpectedOfRounded()[0].Values, cudaCase.Expected()[0].Values) <= 2 * cudaCase.OpCase.Tolerance), 0, cases.Length / 20);
    }

    [SimulatorFact]
    public void Tensor_cores_tiles_meet_in_no_bank_and_others_do()
    {
        int counted = 0;
        List<string> met = [];
        ForEachCase(
            (run, cudaCase) =>
            {
                Simulator.CountBanks(true);
                if (run.IsRounded)
                {
                    counted++;
                    AssertNothing(CudaCaseChecks.Banks(run, cudaCase));
                }
                else if (run.Launches.Any(launch => launch.Name == "gemm_nt_f32"))
                {
                    // Its scattered stores meet in two ways, as tile_f32.cuh says.
                    long before = Simulator.Counter("shared_conflicts");
                    run.Run();
                    met.AddRange(Simulator.Counter("shared_conflicts") > before ? [cudaCase.ToString()] : []);
                }
            },
            isChecked: true);
        Assert.NotEqual(0, counted);
        Assert.NotEmpty(met);
    }

    private static void AssertNothing(string? wrong) => Assert.True(wrong is null, wrong);

    private static void ForEachCase(Action<CudaKernelRun, CudaCase> check, bool isChecked = false)
    {
        Simulator.Reset();
        Simulator.CheckAccesses(isChecked);
        using Driver driver = Driver.Open();
        Assert.Equal(Simulator.DeviceName, driver.Name);
        Kernels kernels = new(driver);
        foreach (CudaCase cudaCase in CudaCase.All.Values)
        {
            using CudaKernelRun run = new(cudaCase, driver, kernels);
            check(run, cudaCase);
        }
    }
}
