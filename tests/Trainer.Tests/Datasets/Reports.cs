using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

/// <summary>Keeps what was reported.</summary>
internal sealed class Reports : IProgress<LoadProgress>
{
    private readonly List<LoadProgress> _all = [];

    public IReadOnlyList<LoadProgress> All
    {
        get
        {
            lock (_all)
            {
                return [.. _all];
            }
        }
    }

    public void Report(LoadProgress value)
    {
        lock (_all)
        {
            _all.Add(value);
        }
    }
}
