using System.Diagnostics;
using System.Text.Json.Nodes;
using Gimbal.Trainer.Cuda;

namespace Gimbal.GpuProtocol;

/// <summary>What a launch costs in a recorded graph, whatever it does: the least that any step takes for each of its launches.</summary>
internal static class GraphNodes
{
    private const int Longer = 5;
    private const int Elements = 4;

    /// <summary>Times two graphs of launches that each depend on the one before, and prints the time of one more node.</summary>
    /// <param name="nodes">Launches of the shorter graph.</param>
    /// <param name="repetitions">Replays of each.</param>
    public static void Measure(int nodes, int repetitions)
    {
        using Driver driver = Driver.Open();
        ulong memory = driver.Allocate(Elements * sizeof(float));
        driver.Clear(memory, Elements);
        double shorter = Median(driver, memory, nodes, repetitions);
        double longer = Median(driver, memory, Longer * nodes, repetitions);
        driver.Free(memory);
        Answer.Print(new JsonObject
        {
            ["device"] = driver.Name,
            ["nodes"] = nodes,
            ["us"] = shorter,
            ["longer_nodes"] = Longer * nodes,
            ["longer_us"] = longer,
            // The difference leaves out what starting any graph takes.
            ["us_per_node"] = (longer - shorter) / ((Longer - 1) * nodes),
        });
    }

    private static double Median(Driver driver, ulong memory, int nodes, int repetitions)
    {
        Kernels kernels = new(driver);
        using CudaLaunches launches = new(driver, kernels, 0);
        for (int i = 0; i < nodes; i++)
        {
            CudaElementwise.Map(launches, "relu_forward_f32", memory, memory, Elements);
        }

        nint graph = driver.Record(() => launches.Queue(0, nodes));
        double[] times = new double[repetitions];
        for (int i = -1; i < repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            driver.Replay(graph);
            driver.Synchronize();
            // The first replay carries the graph to the card.
            if (i >= 0)
            {
                times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        }

        Driver.Forget(graph);
        return times.Order().ElementAt(repetitions / 2);
    }
}
