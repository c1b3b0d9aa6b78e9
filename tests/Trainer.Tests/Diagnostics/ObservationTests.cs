using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tests.Training;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Diagnostics;

/// <summary>What is seen of a network: from a few steps, or from what a run left behind.</summary>
public sealed class ObservationTests
{
    private static readonly Network s_network = PatientNetworks.Mlp(4, 8);

    [Theory]
    [InlineData(1, 4, 0.25)]
    [InlineData(0, 4, 0)]
    [InlineData(4, 0, double.PositiveInfinity)]
    [InlineData(float.NaN, 1, double.PositiveInfinity)]
    [InlineData(1, float.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(0, 0, double.NaN)]
    public void A_ratio_of_what_is_not_there_is_no_number_and_not_one(float first, float last, double ratio)
    {
        Observation seen = Seen(first, last);

        Assert.Equal(ratio, seen.Ratio);
        Assert.Equal(ratio, seen.WeightRatio);
    }

    [Fact]
    public void A_gradient_that_has_vanished_everywhere_is_not_sound()
    {
        Diagnosis diagnosis = new GradientDoctor().Examine(Seen(0, 0));

        Assert.Equal((Verdict.Vanishing, Severity.Critical), (diagnosis.Verdict, diagnosis.Severity));
        Assert.StartsWith("no gradient is left", diagnosis.Finding, StringComparison.Ordinal);
        Assert.Equal(Verdict.Healthy, new GradientDoctor().Examine(Seen(1, 1)).Verdict);
    }

    [Fact]
    public void A_lab_says_where_both_gradients_have_vanished()
    {
        (Measured none, Measured one, Measured all) = (new([0.25, 0.5, 4]), new([double.NaN, 0.5, 0.25]), new([double.NaN, double.NaN]));

        Assert.Equal(["0.5 (0.25 to 4)", "0.5 (0.25 to 0.5; both vanished in 1 of 3)", "no ratio, both vanished"], new[] { none, one, all }.Select(measured => measured.ToString()));
        Assert.Equal([0, 1, 2], new[] { none, one, all }.Select(measured => measured.Vanished));
        Assert.Equal([true, false, false], new[] { none, one, all }.Select(measured => measured.IsSound));
    }

    [Fact]
    public void A_network_read_from_a_checkpoint_is_seen_as_the_one_it_was()
    {
        TrainingOptions options = SmallRun.Options with { Epochs = 1 };
        Network network = SmallRun.Model(options);
        Network read = new(GraphText.Parse(GraphText.Print(network.Graph), Catalogue.ByName));
        List<HealthReading> readings = [];
        using CpuDevice device = new(threads: 2);
        using TrainingRun run = new(network, SmallRun.Data(), options, device);
        run.Run(new RunCallbacks { Health = readings.Add });

        Observation original = RunObservation.Of(network, options, readings)!;
        Observation resumed = RunObservation.Of(read, options, readings)!;

        Assert.Equal(original.Facts.Layers, resumed.Facts.Layers);
        // He's deviation, which the seven layers of a ResNet-8 ahead of its head begin with: thousands of weights each, so that chance moves it by a few per cent.
        Assert.All(resumed.Facts.Layers.SkipLast(1), layer => Assert.Equal(1, layer.Scale, 0.1));
        Assert.Equal(new GradientDoctor().Examine(original), new GradientDoctor().Examine(resumed));
        Assert.Null(RunObservation.Of(read, options, [.. readings.Skip(1)]));
    }

    private static Observation Seen(float first, float last)
    {
        string[] layers = [.. s_network.Graph.Parameters.Where(parameter => parameter.Shape.Rank > 1).Select(parameter => parameter.Name[..parameter.Name.LastIndexOf('.')])];
        HealthReading reading = new(0, 2.3f, 1, [.. layers.Select((layer, i) => Layer(layer, i == 0 ? first : i == layers.Length - 2 ? last : 1))]);
        return RunObservation.Of(s_network, new TrainingOptions(), [reading])!;
    }

    private static LayerHealth Layer(string name, float gradient) => new(name, new SignalStatistics(1, 1, 1, 0, 0, 0, 0), new SignalStatistics(1, gradient, gradient, 0, 0, 0, 0), 1, gradient, 1e-3);
}
