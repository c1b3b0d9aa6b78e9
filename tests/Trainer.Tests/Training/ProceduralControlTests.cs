using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>The built-in pictures are worth a convolution: networks without one must fail on them.</summary>
public sealed class ProceduralControlTests
{
    [Fact]
    public void Logistic_regression_stays_below_half() =>
        Assert.InRange(Accuracy(new Sequential(new Flatten(), new Linear(3 * 32 * 32, 10))), 0.05, 0.5);

    [Fact]
    public void A_network_of_two_hidden_layers_stays_below_80_percent() =>
        Assert.InRange(
            Accuracy(new Sequential(
                new Flatten(),
                new Linear(3 * 32 * 32, 256, initializer: Initializers.HeNormal), new ReLU(),
                new Linear(256, 256, initializer: Initializers.HeNormal), new ReLU(),
                new Linear(256, 10))),
            0.15,
            0.8);

    private static double Accuracy(Layer layers)
    {
        (ImageSource train, ImageSource test) = ProceduralImages.Splits(1);
        TrainingOptions options = new() { Epochs = 6, Lr = 1e-3 };
        using CpuDevice device = new();
        using TrainingRun run = new(Network.Create("control", layers, 3, 32), new DataSplits("shapes", train, test, null, []), options, device);
        run.Run(new RunCallbacks());
        Assert.True(run.Position.History[^1].TrainLoss < run.Position.History[0].TrainLoss);
        return run.Position.History[^1].TestAccuracy;
    }
}
