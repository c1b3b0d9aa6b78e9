using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Tests.Cuda;

namespace Gimbal.GpuProtocol;

/// <summary>The op cases of the tests on whatever card the driver has.</summary>
internal static class OpCases
{
    /// <summary>Runs each case twice, from memory full of NaN, and prints how far its outputs are from the reference and whether both runs gave the same bits.</summary>
    /// <param name="filter">Text that a case's name holds; empty: every case.</param>
    /// <param name="most">Most cases of an op in one precision.</param>
    /// <returns>0 where every case agrees, else 1.</returns>
    public static int Run(string filter, int most)
    {
        using Driver driver = Driver.Open();
        Kernels kernels = new(driver);
        int failed = 0;
        int run = 0;
        IEnumerable<CudaCase> cases = CudaCase.All.Values.Where(c => c.ToString().Contains(filter, StringComparison.Ordinal));
        foreach (CudaCase cudaCase in cases.GroupBy(c => (c.OpCase.Op.Name, c.Precision)).SelectMany(op => op.Take(most)))
        {
            JsonObject answer = Check(cudaCase, driver, kernels);
            failed += (bool)answer["ok"]! ? 0 : 1;
            run++;
            Answer.Print(answer);
        }

        Answer.Print(new JsonObject { ["device"] = driver.Name, ["cases"] = run, ["failed"] = failed });
        return failed == 0 && run > 0 ? 0 : 1;
    }

    private static JsonObject Check(CudaCase cudaCase, Driver driver, Kernels kernels)
    {
        using CudaKernelRun run = new(cudaCase, driver, kernels);
        run.Poison();
        IReadOnlyList<float[]> first = run.Run();
        double error = CaseErrors.Of(run, cudaCase, first).Max();
        run.Poison();
        IReadOnlyList<float[]> second = run.Run();
        bool isRepeatable = first.Zip(second).All(pair => MemoryMarshal.AsBytes<float>(pair.First).SequenceEqual(MemoryMarshal.AsBytes<float>(pair.Second)));
        return new JsonObject
        {
            ["case"] = cudaCase.ToString(),
            ["op"] = cudaCase.OpCase.Op.Name,
            ["kernels"] = new JsonArray([.. run.Launches.Select(launch => (JsonNode)launch.Name)]),
            ["error"] = Answer.Number(error),
            ["tolerance"] = cudaCase.OpCase.Tolerance,
            ["same_bits"] = isRepeatable,
            ["ok"] = error <= cudaCase.OpCase.Tolerance && isRepeatable,
        };
    }
}
