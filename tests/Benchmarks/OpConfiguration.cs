using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Gimbal.Benchmarks;

/// <summary>How single operations are measured: in this process, because libtorch must be made loadable first.</summary>
internal sealed class OpConfiguration : ManualConfig
{
    public OpConfiguration()
    {
        AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(2).WithIterationCount(10));
        AddColumn(StatisticColumn.Min);
        ArtifactsPath = Path.Combine(AppContext.BaseDirectory, "results");
    }
}
