// Builds a residual network of its own, trains it on the built-in pictures and writes a verified ONNX file.
// dotnet run -c Release --project samples/TrainOwnNetwork -- shapes.onnx
using Gimbal.Export;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

string path = args.Length > 0 ? args[0] : "shapes.onnx";
int epochs = args.Length > 1 ? int.Parse(args[1]) : 5;

// Layers are called as in PyTorch; padding and kernels may differ by side.
Layer layers = new Sequential(
    new Conv2d(3, 24, 3, padding: 1, bias: false), new BatchNorm2d(24), new ReLU(),
    new MaxPool2d(2),
    new Residual(new Sequential(
        new Conv2d(24, 24, 3, padding: 1, bias: false), new BatchNorm2d(24), new ReLU(),
        new Conv2d(24, 24, 3, padding: 1, bias: false), new BatchNorm2d(24))),
    new ReLU(),
    new Conv2d(24, 48, 3, stride: 2, padding: 1, bias: false), new BatchNorm2d(48), new ReLU(),
    new GlobalAvgPool2d(), new Flatten(), new Linear(48, 10));

(ImageSource train, ImageSource test) = ProceduralImages.Splits(seed: 7);
DataSplits data = new("shapes", train, test, Validation: null, Notes: []);
TrainingOptions options = new() { Epochs = epochs, Clip = "norm:1", LabelSmoothing = 0.05f, Seed = 7 };

using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

using CpuDevice device = new();
using TrainingRun run = new(Network.Create("shapes", layers, channels: 3, size: 32), data, options, device);
Console.WriteLine($"{run.Network.ParameterCount} parameters, {run.MemoryBytes >> 20} MiB, about {run.EstimateEpochSeconds():0.0} s per epoch");
run.Run(
    new RunCallbacks { Progress = new EpochLines() },
    stop.Token);

// Throws, and writes nothing, if ONNX Runtime does not agree with the trainer.
ParityReport report = OnnxFile.Write(path, TrainedModel.Of(run), new ExportOptions { Input = Gimbal.Inference.InputForm.UInt8Nhwc }, test, device);
Console.WriteLine($"{path}: {report}");

/// <summary>Hears every step and every epoch. A window would take .NET's Progress instead, which carries reports to its thread.</summary>
internal sealed class EpochLines : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.Epoch is { } epoch)
        {
            Console.WriteLine(FormattableString.Invariant($"{100 * value.Share,3:0} %  {epoch}, {value.Left.TotalSeconds:0} s left"));
        }
    }
}
