using Gimbal.CudaSimulator;
using Gimbal.Trainer.Tests.Ops;
using Gimbal.Trainer.Tests.Ops.Cases;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>What is asked of one case on the simulated device; each answers what is wrong, or null.</summary>
internal static class CudaCaseChecks
{
    private const int RandomOrders = 3;

    // Each of two factors is rounded to 8 bits of significand, by 2⁻⁸ of it at most: (1 + 2⁻⁸)² − 1.
    private const double RoundingOfProducts = (2.0 / 256) + (1.0 / 65536);

    private static readonly (SimulatorOrder Order, ulong Seed)[] s_orders =
    [
        (SimulatorOrder.Reverse, 1), (SimulatorOrder.WarpAhead, 1), .. Enumerable.Range(1, RandomOrders).Select(seed => (SimulatorOrder.Random, (ulong)seed)),
    ];

    /// <summary>Whether every output agrees with the reference; where tensor cores multiply, with that of the rounded operands and, less closely, of the operands.</summary>
    public static string? Values(CudaKernelRun run, CudaCase cudaCase)
    {
        IReadOnlyList<float[]> outputs = run.Run();
        OpCase opCase = cudaCase.OpCase;
        IReadOnlyList<double> errors = CaseErrors.Of(run, cudaCase, outputs);
        Assert.Equal(errors.Count, outputs.Count);
        foreach ((int i, double error) in errors.Index())
        {
            if (!(error <= opCase.Tolerance))
            {
                return $"{cudaCase}: output {i} is off by {error:g3}; allowed are {opCase.Tolerance:g3} ({opCase.Reason})";
            }
        }

        return run.IsRounded ? Rounding(run.ToNumbers(0, outputs[0]), cudaCase) : null;
    }

    // How far the roundings of the operands may move a product of them.
    private static string? Rounding(double[] actual, CudaCase cudaCase)
    {
        IReadOnlyList<double> exact = cudaCase.Expected()[0].Values;
        IReadOnlyList<double> magnitudes = cudaCase.Magnitudes()[0].Values;
        double sums = cudaCase.OpCase.Tolerance * exact.Where(double.IsFinite).Select(Math.Abs).Max();
        for (int i = 0; i < exact.Count; i++)
        {
            // One compares NaN with NaN as equal, and |NaN| <= x is false.
            double allowed = (RoundingOfProducts * magnitudes[i]) + sums;
            if (!actual[i].Equals(exact[i]) && !(Math.Abs(actual[i] - exact[i]) <= allowed))
            {
                return $"{cudaCase}: element {i} is {actual[i]:g9}, not {exact[i]:g9}; allowed are {allowed:g3}";
            }
        }

        return null;
    }

    /// <summary>Whether every order of threads and blocks gives the same bits.</summary>
    public static string? Orders(CudaKernelRun run, CudaCase cudaCase)
    {
        Simulator.Run(SimulatorOrder.Plain);
        IReadOnlyList<float[]> expected = run.Run();
        foreach ((SimulatorOrder order, ulong seed) in s_orders)
        {
            Simulator.Run(order, seed);
            IReadOnlyList<float[]> actual = run.Run();
            for (int i = 0; i < expected.Count; i++)
            {
                if (!KernelRun.Bits(expected[i]).SequenceEqual(KernelRun.Bits(actual[i])))
                {
                    return $"{cudaCase}: output {i} differs in order {order} {seed}";
                }
            }
        }

        return null;
    }

    /// <summary>Whether every access is one it may make; asked of checked launches.</summary>
    public static string? Accesses(CudaKernelRun run, CudaCase cudaCase)
    {
        run.Run();
        return Simulator.Reports == 0 ? null : $"{cudaCase}: {Simulator.LastReport}";
    }

    /// <summary>Whether no access to shared memory meets itself in a bank; asked of checked launches that count, and of tensor cores' kernels.</summary>
    public static string? Banks(CudaKernelRun run, CudaCase cudaCase)
    {
        (long rows, long accesses) = (Simulator.Counter("matrix_rows"), Simulator.Counter("shared_accesses"));
        (long matrix, long shared) = (Simulator.Counter("matrix_conflicts"), Simulator.Counter("shared_conflicts"));
        run.Run();
        Assert.True(Simulator.Counter("matrix_rows") > rows && Simulator.Counter("shared_accesses") > accesses, $"{cudaCase}: nothing was counted");
        (matrix, shared) = (Simulator.Counter("matrix_conflicts") - matrix, Simulator.Counter("shared_conflicts") - shared);
        return (matrix, shared) == (0, 0) ? null : $"{cudaCase}: {matrix} conflicts of ldmatrix, {shared} of stores";
    }
}
