using BenchmarkDotNet.Running;
using Gimbal.SideBySide;
using TorchSharp;

namespace Gimbal.Benchmarks;

/// <summary>Single operations, by BenchmarkDotNet.</summary>
internal static class OpBenchmarks
{
    public static int Run(string[] arguments)
    {
        if (Libtorch.Obstacle is { } obstacle)
        {
            Console.Error.WriteLine($"error: {obstacle}");
            return 6;
        }

        torch.set_num_threads(Environment.ProcessorCount);
        BenchmarkSwitcher.FromAssembly(typeof(OpBenchmarks).Assembly).Run(arguments);
        return 0;
    }
}
