using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Plans;

namespace Gimbal.Trainer.Tests.Diagnostics;

/// <summary>What labs measure with, where the answer is known.</summary>
public sealed class LabBenchTests : IDisposable
{
    private const int Steps = 20;
    private readonly CpuDevice _device = new(threads: 1);

    [Fact]
    public void Training_and_use_differ_by_batch_norm_alone()
    {
        LabBench bench = NewBench(seeds: 1);

        (Measured training, Measured deployed) = bench.LossesOf(PatientNetworks.Conv(4, 8), LabBench.Sgd, Steps);
        // The deployed form convolves by another algorithm, which moves logits by 1e-5 or less.
        Assert.Equal(training.Median, deployed.Median, 1e-4);
        (training, deployed) = bench.LossesOf(PatientNetworks.Conv(4, 8, isNormalized: true), LabBench.Sgd with { Batch = 2, Lr = 0.05 }, Steps);
        Assert.True(Math.Abs(training.Median - deployed.Median) > 1e-3, $"{training} and {deployed}");
    }

    [Fact]
    public void A_spike_is_in_one_step_and_changes_none_before_it()
    {
        LabBench bench = NewBench(seeds: 1);

        Observation usual = bench.Train(PatientNetworks.Tutorial(4), LabBench.Sgd, Steps)[0];
        Observation hit = bench.Train(PatientNetworks.Tutorial(4), LabBench.Sgd, Steps, spike: 0.5)[0];

        Assert.Equal(usual.Losses.Take(Steps / 2), hit.Losses.Take(Steps / 2));
        Assert.True(hit.Losses[Steps / 2] > 3 * usual.Losses[Steps / 2], $"{hit.Losses[Steps / 2]} and {usual.Losses[Steps / 2]}");
        Assert.Equal(usual.Losses.Skip(8).Take(2).Average(loss => (double)loss), LabBench.LossAhead(hit, 0.5), 1e-6);
    }

    [Fact]
    public void Every_seed_has_weights_and_pictures_of_its_own()
    {
        LabBench bench = NewBench(seeds: 3);

        IReadOnlyList<Observation> seen = bench.Train(PatientNetworks.Mlp(2, 8), LabBench.Sgd);

        Assert.Equal(3, seen.Select(run => run.Losses[0]).Distinct().Count());
        Assert.Same(seen, Assert.Single(bench.Runs).Seen);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 99)]
    [InlineData(true, 0.011)]
    [InlineData(false, 101)]
    [InlineData(false, 0.009)]
    [InlineData(false, double.NaN)]
    [InlineData(false, double.PositiveInfinity)]
    public void A_ratio_is_sound_between_a_hundredth_and_a_hundred(bool isSound, double ratio) => Assert.Equal(isSound, new Measured([ratio]).IsSound);

    public void Dispose() => _device.Dispose();

    private LabBench NewBench(int seeds) => new(_device, ProceduralImages.Splits(seed: 1, 128, test: 10).Train, seeds, effort: 1, CancellationToken.None);
}
