using Gimbal.Trainer.Cuda;

namespace Gimbal.Trainer.Plans;

/// <summary>The launches of a graph's nodes on two queues of a device, and the marks by which the queues wait for each other.</summary>
/// <param name="driver">Where they run.</param>
/// <param name="launches">Of every node, in order.</param>
/// <param name="branches">Which nodes run aside.</param>
internal sealed class BranchedLaunches(Driver driver, CudaLaunches launches, Branches branches)
{
    private readonly List<int> _ends = [];

    /// <summary>Says that all launches of the next node are there.</summary>
    public void EndNode() => _ends.Add(launches.Launches.Count);

    /// <summary>Queues every launch once; what is queued behind them on the main queue waits for both branches.</summary>
    public void Queue()
    {
        int[] aside = [.. branches.Aside];
        Dictionary<int, QueueMark> forks = aside.Select(branches.Fork).Distinct().ToDictionary(node => node, _ => driver.NewMark());
        // The last of those that are joined in one place stands for all.
        Dictionary<int, int> joined = aside.GroupBy(branches.Join).ToDictionary(nodes => nodes.Key, nodes => nodes.Max());
        Dictionary<int, QueueMark> done = joined.Values.ToDictionary(node => node, _ => driver.NewMark());
        if (forks.TryGetValue(Branches.Start, out QueueMark? start))
        {
            start.Set(CudaQueue.Main);
        }

        for (int node = 0; node < _ends.Count; node++)
        {
            int first = node == 0 ? 0 : _ends[node - 1];
            if (branches.IsAside(node))
            {
                forks[branches.Fork(node)].Await(CudaQueue.Aside);
                launches.Queue(first, _ends[node], CudaQueue.Aside);
                done.GetValueOrDefault(node)?.Set(CudaQueue.Aside);
                continue;
            }

            if (joined.TryGetValue(node, out int last))
            {
                done[last].Await(CudaQueue.Main);
            }

            launches.Queue(first, _ends[node]);
            forks.GetValueOrDefault(node)?.Set(CudaQueue.Main);
        }

        foreach (QueueMark mark in forks.Values.Concat(done.Values))
        {
            mark.Dispose();
        }
    }
}
