using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Plans;

namespace Gimbal.Trainer.Tests.Diagnostics;

/// <summary>The doctor before networks whose illness is known: one of each kind here, all of them by <c>gimbal diagnose --calibrate</c>.</summary>
public sealed class GradientDoctorTests : IDisposable
{
    private readonly CpuDevice _device = new(threads: 2);

    public static TheoryData<string> OneOfEachKind =>
        [.. Patients.All.Where(patient => patient.IsHeldOut).GroupBy(patient => (patient.Cause, patient.Verdicts[0])).Select(group => group.Last().Name)];

    public static TheoryData<string> Healthy => [.. Patients.All.Where(patient => patient.IsHealthy).Where((_, i) => i % 4 == 0).Select(patient => patient.Name)];

    [Theory]
    [MemberData(nameof(OneOfEachKind))]
    public void Names_verdict_and_cause(string patient)
    {
        TrialResult result = new Trial(_device).Run(patient);

        Assert.True(result.IsRight, $"{patient}: {result.Signals.Verdict} by {result.Signals.Cause}: {result.Signals.Finding}");
        Assert.Equal(result.IsHealthy, result.Signals.Remedy is null);
    }

    [Theory]
    [MemberData(nameof(Healthy))]
    public void Lets_sound_networks_be(string patient) => Assert.Equal(Verdict.Healthy, new Trial(_device).Run(patient).Signals.Verdict);

    [Theory]
    [InlineData("mlp 30x48, normal:0.01")]
    [InlineData("mlp 16x96, pytorch")]
    [InlineData("conv 24x8, xavier-normal")]
    public void Gradients_of_weights_alone_do_not_show_a_vanishing_signal(string patient)
    {
        TrialResult result = new Trial(_device).Run(patient);

        // What other tools show is of an ordinary size, while the signal loses two orders of magnitude and more.
        Assert.InRange(result.Weights.Ratio, 0.1, 100);
        Assert.InRange(result.Signals.Ratio, 0, 0.01);
        Assert.True(result.IsRight);
        Assert.False(result.IsRightByWeights);
    }

    [Theory]
    [InlineData("mlp 30x48, pytorch", 0.408)]
    [InlineData("mlp 30x48, xavier-normal", 0.707)]
    [InlineData("mlp 30x48, he-normal:2.449", 1.732)]
    [InlineData("batch norm, mlp 44x48", 1.211)]
    public void The_gain_per_layer_is_that_of_the_theory(string patient, double gain)
    {
        // 48 units and 32 images are few: a ratio over 29 layers that is off by a factor of 4 is a gain that is off by 5 %.
        Assert.InRange(new Trial(_device).Run(patient).Signals.Gain / gain, 0.95, 1.05);
    }

    [Fact]
    public void The_list_holds_sixty_ill_and_thirty_sound_networks_and_holds_out_architectures()
    {
        Assert.True(Patients.All.Count(patient => !patient.IsHealthy) >= 60);
        Assert.True(Patients.All.Count(patient => patient.IsHealthy) >= 30);
        Assert.Equal(Patients.All.Count, Patients.All.DistinctBy(patient => patient.Name).Count());
        Assert.Empty(Architectures(isHeldOut: true).Intersect(Architectures(isHeldOut: false)));
    }

    [Fact]
    public void A_remedy_lowers_the_loss_and_that_of_another_illness_does_not()
    {
        (IReadOnlyList<float> asItIs, IReadOnlyList<float> remedied, IReadOnlyList<float> other) = new Trial(_device, steps: 60).Treat("4 blocks of 12, clip norm:0.001");

        Assert.InRange(remedied.TakeLast(10).Average(), 0, 0.7 * asItIs.TakeLast(10).Average());
        Assert.InRange(other.TakeLast(10).Average() / asItIs.TakeLast(10).Average(), 0.9, 1.1);
    }

    public void Dispose() => _device.Dispose();

    private static IEnumerable<string> Architectures(bool isHeldOut) => Patients.All.Where(patient => patient.IsHeldOut == isHeldOut)
        .Select(patient => string.Join(' ', patient.Network().Graph.Nodes.Select(node => $"{node.Op} {node.Outputs[0].Shape}")));
}
