using System.Globalization;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Training;
using Xunit.Abstractions;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Two runs from one start, each left to itself. Rounding errors part them, so only the first loss is judged; the curves are printed.</summary>
[Collection(Simulator.Collection)]
public sealed class LossCurveTests(ITestOutputHelper output)
{
    // Of the first loss: two orders of summation.
    private const double Tolerance = 1e-5;

    [SimulatorTheory]
    [InlineData("resnet8")]
    [InlineData("narrow")]
    public void Runs_on_the_cpu_and_the_card_begin_alike(string model)
    {
        Simulator.Reset();
        using CpuDevice cpu = new(2, isExact: true);
        using CudaDevice card = new();
        Assert.Contains(Simulator.DeviceName, card.Description, StringComparison.Ordinal);

        List<float> onCpu = Losses(model, cpu);
        List<float> onCard = Losses(model, card);

        output.WriteLine($"| step | {model}, CPU | CUDA | relative difference |");
        output.WriteLine("|---:|---:|---:|---:|");
        foreach ((int step, (float expected, float actual)) in onCpu.Zip(onCard).Index())
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {step + 1} | {expected:F6} | {actual:F6} | {Difference(expected, actual):0.0e+0} |"));
        }

        Assert.Equal((24, 24), (onCpu.Count, onCard.Count));
        Assert.InRange(Difference(onCpu[0], onCard[0]), 0, Tolerance);
        Assert.False(Difference(onCpu[0], onCard[1]) <= Tolerance, "another step has the same loss");
        Assert.Equal(0, Simulator.Reports);
    }

    private static double Difference(double expected, double actual) => Math.Abs(actual - expected) / Math.Abs(expected);

    private static List<float> Losses(string model, Device device)
    {
        TrainingOptions options = new() { Batch = 8, Epochs = 3, Optimizer = OptimizerName.Sgd, Lr = 0.05, Schedule = ScheduleName.Constant, PadCrop = 1, Flip = true };
        (ImageSource train, ImageSource test) = ProceduralImages.Splits(1, train: 64, test: 8);
        DataSplits data = new("shapes", ImageSet.Resized(train, CudaTrainingTests.Side), ImageSet.Resized(test, CudaTrainingTests.Side), null, []);
        List<float> losses = [];
        using TrainingRun run = new(CudaTrainingTests.NetworkOf(model), data, options, device);
        run.Run(new RunCallbacks { Step = report => losses.Add(report.Loss) });
        return losses;
    }
}
