using System.Diagnostics;
using System.Globalization;
using Gimbal.CudaSimulator;
using Gimbal.CudaSimulator.Throughput;
using Gimbal.Trainer.Cuda;

// What the simulated driver gets done on this machine, in the build of the kernels that only runs and in the one that checks every access:
// dotnet run -c Release --project tests/CudaSimulator/Throughput
if (SimulatorBuild.Obstacle is { } obstacle)
{
    Console.Error.WriteLine($"error: {obstacle}");
    return 6;
}

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.WriteLine("| kernel | launched on | plain threads/s | checked threads/s | plain | checked |");
Console.WriteLine("|---|---|---:|---:|---:|---:|");
foreach (Work work in Work.All)
{
    (double plain, long threads) = Measure(work, isChecked: false);
    (double withChecks, _) = Measure(work, isChecked: true);
    Console.WriteLine(
        $"| `{work.Kernel}` | {work.Shape} | {threads / plain / 1e6:0.00} M | {threads / withChecks / 1e6:0.000} M | {work.Units / plain / 1e6:0.0} M {work.Unit}/s | {work.Units / withChecks / 1e6:0.00} M {work.Unit}/s |");
}

return 0;

// The fastest of several launches: others use the machine as well.
static (double Seconds, long Threads) Measure(Work work, bool isChecked)
{
    const int LeastLaunches = 3;
    TimeSpan least = TimeSpan.FromSeconds(2);
    Simulator.Reset();
    Simulator.CheckAccesses(isChecked);
    using Driver driver = Driver.Open();
    using CudaLaunches launches = new(driver, new Kernels(driver), 0);
    work.Emit(launches, new Memory(driver));
    double fastest = double.PositiveInfinity;
    long start = Stopwatch.GetTimestamp();
    for (int launched = 0; launched < LeastLaunches || Stopwatch.GetElapsedTime(start) < least; launched++)
    {
        long before = Stopwatch.GetTimestamp();
        launches.Queue(0, launches.Launches.Count);
        driver.Synchronize();
        fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(before).TotalSeconds);
    }

    return Simulator.Reports == 0
        ? (fastest, launches.Launches.Sum(launch => (long)launch.Grid.X * launch.Block))
        : throw new InvalidOperationException(Simulator.LastReport);
}
