using System.Runtime.Intrinsics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>The processor: a thread team and SIMD kernels.</summary>
public sealed class CpuDevice : Device
{
    /// <summary>Starts a team.</summary>
    /// <param name="threads">Members of the team; 0 takes one per processor.</param>
    /// <param name="isExact">Convolutions go without Winograd's algorithm: rounding errors are half the size, 3x3 convolutions take two to three times as long.</param>
    public CpuDevice(int threads = 0, bool isExact = false)
    {
        Team = new ThreadTeam(threads == 0 ? Environment.ProcessorCount : threads);
        IsExact = isExact;
    }

    /// <inheritdoc/>
    public override string Name => "cpu";

    /// <inheritdoc/>
    public override string Description => $"CPU, {Threads} thread{(Threads == 1 ? "" : "s")}, {InstructionSet}";

    /// <summary>Members of the team.</summary>
    public int Threads => Team.Threads;

    internal ThreadTeam Team { get; }

    internal bool IsExact { get; }

    private static string InstructionSet =>
        Vector512.IsHardwareAccelerated ? "512-bit vectors"
        : Vector256.IsHardwareAccelerated ? "256-bit vectors"
        : Vector128.IsHardwareAccelerated ? "128-bit vectors"
        : "no vectors";

    /// <summary>What this team can do at most: multiply-adds and memory traffic, measured in a fraction of a second.</summary>
    /// <exception cref="InsufficientMemoryException">There is no room for a working set larger than any cache.</exception>
    public MachinePeaks MeasurePeaks() => PeakMeasurement.Measure(Team);

    /// <inheritdoc/>
    public override StateStore NewState(params IReadOnlyList<Graph> graphs) => new CpuState(graphs);

    /// <inheritdoc/>
    public override Plan NewPlan(Graph graph, StateStore state, Plan? host = null, Precision precision = Precision.Float32) => precision == Precision.Float32
        ? new CpuPlan(graph, this, (CpuState)state, (CpuPlan?)host)
        : throw new NotSupportedException($"the CPU multiplies in {Precision.Float32}, not in {precision}; train with --device cuda");

    /// <inheritdoc/>
    public override void Dispose() => Team.Dispose();
}
