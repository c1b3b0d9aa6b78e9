using Gimbal.CudaSimulator;
using Gimbal.Trainer.Tests.Ops;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>What is asked of one case on the simulated device; each answers what is wrong, or null.</summary>
internal static class CudaCaseChecks
{
    private const int RandomOrders = 3;

    private static readonly (SimulatorOrder Order, ulong Seed)[] s_orders =
    [
        (SimulatorOrder.Reverse, 1), (SimulatorOrder.WarpAhead, 1), .. Enumerable.Range(1, RandomOrders).Select(seed => (SimulatorOrder.Random, (ulong)seed)),
    ];

    /// <summary>Whether every output agrees with the reference.</summary>
    public static string? Values(CudaKernelRun run, OpCase opCase)
    {
        IReadOnlyList<float[]> outputs = run.Run();
        IReadOnlyList<DoubleTensor> expected = ReferenceOps.Evaluate(opCase.Op, [.. opCase.Inputs.Select(i => i.Type)], opCase.DrawInputs());
        Assert.Equal(expected.Count, outputs.Count);
        for (int i = 0; i < outputs.Count; i++)
        {
            double error = RelativeError.Of(run.ToNumbers(i, outputs[i]), expected[i].Values);
            if (!(error <= opCase.Tolerance))
            {
                return $"{opCase}: output {i} is off by {error:g3}; allowed are {opCase.Tolerance:g3} ({opCase.Reason})";
            }
        }

        return null;
    }

    /// <summary>Whether every order of threads and blocks gives the same bits.</summary>
    public static string? Orders(CudaKernelRun run, OpCase opCase)
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
                    return $"{opCase}: output {i} differs in order {order} {seed}";
                }
            }
        }

        return null;
    }

    /// <summary>Whether every access is one it may make; asked of checked launches.</summary>
    public static string? Accesses(CudaKernelRun run, OpCase opCase)
    {
        run.Run();
        return Simulator.Reports == 0 ? null : $"{opCase}: {Simulator.LastReport}";
    }
}
