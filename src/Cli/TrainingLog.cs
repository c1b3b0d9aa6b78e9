using System.Globalization;
using Gimbal.Cli.Reports;
using Gimbal.Export;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Training;
using Spectre.Console;

namespace Gimbal.Cli;

/// <summary>What a person reads while a run trains.</summary>
internal sealed class TrainingLog(Output output)
{
    private readonly CultureInfo _culture = CultureInfo.InvariantCulture;
    private LiveTraining? _live;

    /// <summary>Before the first epoch: what will be trained, and how long it will take.</summary>
    public void Begin(TrainingRun run, DataSplits data, string folder)
    {
        (int channels, int height, int width) = run.Network.ImageSize;
        output.Line(string.Create(_culture, $"data    {data.Name}: {data.Train.Count} training{(data.Validation is null ? "" : $", {data.Validation.Count} validation")} and {data.Test.Count} test images, {height}x{width}x{channels}, {data.Train.Classes.Count} classes"));
        foreach (string note in data.Notes)
        {
            output.Line($"note    {note}");
        }

        output.Line(string.Create(_culture, $"model   {run.Network.Name}: {run.Network.ParameterCount:N0} parameters, {run.MemoryBytes / 1048576.0:N0} MiB for training"));
        double epoch = run.EstimateEpochSeconds();
        int left = run.Options.Epochs - run.Position.Epoch;
        output.Line(string.Create(_culture, $"run     {folder}: {left} epochs of {run.BatchesPerEpoch} steps, about {Figures.Duration(epoch)} each, {Figures.Duration(epoch * left)} in all"));
        output.Line();
        output.Line("epoch   loss  train   test     rate    norm  clip  img/s");
    }

    /// <summary>Trains; a terminal that can shows the curves meanwhile.</summary>
    public void Watch(Action train)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (output.IsInteractive && LiveTraining.IsPossible(console))
        {
            _live = new LiveTraining(console);
            _live.Watch(train);
            _live = null;
        }
        else
        {
            train();
        }
    }

    /// <summary>After a step.</summary>
    /// <param name="step">What it reports.</param>
    /// <param name="epochs">Epochs of the run.</param>
    public void Step(StepReport step, int epochs) => _live?.Step(step, epochs);

    /// <summary>After an epoch.</summary>
    public void Epoch(EpochResult epoch)
    {
        string validation = epoch.ValidationAccuracy is { } accuracy ? string.Create(_culture, $"  validation {100 * accuracy:0.00} %") : "";
        string skipped = epoch.SkippedSteps > 0 ? string.Create(_culture, $"  {epoch.SkippedSteps} steps skipped") : "";
        string line = string.Create(
            _culture,
            $"{epoch.Epoch,5}  {epoch.TrainLoss,5:0.000}  {100 * epoch.TrainAccuracy,5:0.0}  {100 * epoch.TestAccuracy,5:0.00}  {epoch.LearningRate,7:0.0e+0}  {epoch.GradientNorm,6:0.00}  {100 * epoch.ClippedShare,3:0}%  {epoch.ImagesPerSecond,5:0}{validation}{skipped}");
        if (_live is null)
        {
            output.Line(line);
        }
        else
        {
            _live.Epoch(epoch);
            _live.Line(line);
        }
    }

    /// <summary>After Ctrl+C.</summary>
    public void Stopped(string folder) => output.Line($"checkpoint saved; go on with: gimbal train --resume --out {folder}");

    /// <summary>At the end: the verdict and what to do next.</summary>
    public static void Finish(Output output, EpochResult result, ParityReport parity, string path, string folder, int bestEpoch, double seconds)
    {
        output.Line();
        output.Line(FormattableString.Invariant($"test accuracy {100 * result.TestAccuracy:0.00} %{(bestEpoch > 0 ? $" (epoch {bestEpoch}, the best on validation)" : "")}, trained in {Figures.Duration(seconds)}"));
        output.Line($"{path}: {parity}");
        output.Line($"{Path.Combine(folder, RunReport.FileName)}: curves, confusion matrix, examples");
        output.Line();
        output.Line("next:");
        output.Line($"  gimbal predict {path} PICTURE.jpg");
        output.Line($"  gimbal verify {path} --run {folder}");
        output.Line($"  gimbal inspect {folder}");
    }
}
