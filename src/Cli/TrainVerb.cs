using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Gimbal.Cli.Reports;
using Gimbal.Export;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary><c>gimbal train</c>: trains a model and ends with a verified model.onnx.</summary>
internal sealed class TrainVerb : Verb
{
    private readonly TrainingFlags _training = new();
    private readonly ExportFlags _export = new();
    private readonly Argument<string?> _config = new("CONFIG.json") { Description = "file of options; flags win over it", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _recipe = new("--recipe")
    {
        Description = $"start from a set of options; flags and file win over it. {string.Join("; ", Recipes.ByName.Select(recipe => $"{recipe.Key}: {TrainingFlags.Describe(recipe.Value)}"))}",
        HelpName = "name",
    };

    private readonly Option<string?> _out = new("--out") { Description = "run folder [default: runs/MODEL-TIME]", HelpName = "folder" };
    private readonly Option<bool> _resume = new("--resume") { Description = "go on with --out, or with the newest run under runs/" };
    private readonly Option<bool> _download = new("--download") { Description = "fetch the official archive where the folder lacks the files" };
    private readonly Option<int> _saveSteps = new("--save-steps") { Description = "steps between checkpoints inside an epoch; 0: only at its end", HelpName = "number" };
    private readonly Option<double?> _requireAccuracy = new("--require-accuracy") { Description = "exit with 5 below this test accuracy, 0 to 1", HelpName = "number" };
    private volatile bool _isTrained;

    /// <inheritdoc/>
    public override bool StopsByItself => !_isTrained;

    /// <inheritdoc/>
    protected override Command Describe()
    {
        Command command = new("train", "train a model and export it; without options: resnet8 on built-in images, about a minute");
        command.Arguments.Add(_config);
        foreach (Option option in (Option[])[_recipe, .. _training.All, .. _export.All, _out, _resume, _download, _saveSteps, _requireAccuracy])
        {
            command.Options.Add(option);
        }

        _recipe.CompletionSources.Add([.. Recipes.ByName.Keys]);
        return command;
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        CheckNumbers(parsed.GetValue(_saveSteps), parsed.GetValue(_requireAccuracy));
        ConfigFile? file = parsed.GetValue(_config) is { } path ? ConfigFile.Read(path) : null;
        string folder = ChooseFolder(parsed);
        // Locked before it is read: another process may be about to write a newer checkpoint.
        using RunFolder? resumed = parsed.GetValue(_resume) ? RunFolder.Open(folder) : null;
        SavedRun? saved = resumed is null ? null : SavedRuns.Load(folder, CheckpointChoice.Last, output);
        TrainingOptions options = ReadOptions(parsed, file, saved).Resolve();
        // A run that goes on ends in the form that was asked for when it began.
        ExportOptions exportOptions = _export.Read(parsed, ConfigFiles(file, saved is null ? null : folder));
        options.Validate();
        if (saved is null)
        {
            CatalogueModels.Check(options.Model);
        }

        folder = folder.Length > 0 ? folder : NewFolder(options.Model);
        using Device device = Devices.Open(options, output);
        DataSplits data = OpenData(options, parsed.GetValue(_download), cancellation);
        Network network = saved?.Network ?? CatalogueModels.Create(
            options.Model, new ModelShape(data.Train.Channels, new(data.Train.Height, data.Train.Width), data.Train.Classes.Count, options.Dropout));
        using TrainingRun run = new(network, data, options, device);
        if (saved is not null)
        {
            Restore(run, saved);
        }

        using RunFolder? created = resumed is null ? RunFolder.Open(folder) : null;
        RunFolder runFolder = resumed ?? created!;
        runFolder.WriteConfig(run.Options, ExportFlags.ToJson(exportOptions));
        TrainingLog log = new(output);
        runFolder.OpenLog(run);
        TrainingReport report = new(folder, run, device);
        log.Begin(run, data, folder);
        long start = Stopwatch.GetTimestamp();
        Train(run, runFolder, log, report, parsed.GetValue(_saveSteps), cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        // The last checkpoint is on disk: from here on a Ctrl+C may end the process at once.
        _isTrained = true;
        cancellation.ThrowIfCancellationRequested();
        return Finish(parsed, run, report, exportOptions, device, seconds, output);
    }

    private static void Restore(TrainingRun run, SavedRun saved)
    {
        if (saved.Fingerprint != run.Fingerprint)
        {
            throw new UsageException($"--resume: the training images are not those of the run (fingerprint {run.Fingerprint}, the run has {saved.Fingerprint})");
        }

        run.Restore(saved.State, saved.Position);
    }

    private static void CheckNumbers(int saveSteps, double? accuracy)
    {
        if (saveSteps < 0)
        {
            throw new UsageException($"--save-steps: {saveSteps} is not 0 or more");
        }

        // Found out here, and not once the training is over.
        if (accuracy is not (null or (>= 0 and <= 1)))
        {
            throw new UsageException(FormattableString.Invariant($"--require-accuracy: {accuracy} is not in 0 to 1"));
        }
    }

    private static DataSplits OpenData(TrainingOptions options, bool download, CancellationToken cancellation)
    {
        using LoadLog log = new();
        return DataSpec.Parse(options.Data).Open(options.ToDataOptions() with { Download = download, Progress = log }, cancellation);
    }

    private static void Train(TrainingRun run, RunFolder folder, TrainingLog log, TrainingReport report, int saveSteps, CancellationToken cancellation)
    {
        try
        {
            RunCallbacks callbacks = new()
            {
                Step = step =>
                {
                    folder.Log(step);
                    log.Step(step, run.Options.Epochs);
                },
                Health = folder.Log,
                Epoch = log.Epoch,
                Save = folder.Save,
                SaveSteps = saveSteps,
            };
            log.Watch(() => run.Run(callbacks, cancellation));
        }
        catch (OperationCanceledException)
        {
            log.Stopped(folder.Path);
            report.Write(RunOutcome.Stopped);
            throw;
        }
        catch (DivergedException e)
        {
            report.Write(RunOutcome.Diverged, e.Message);
            throw;
        }
    }

    private int Finish(ParseResult parsed, TrainingRun run, TrainingReport report, ExportOptions exportOptions, Device device, double seconds, Output output)
    {
        SavedRun best = RunFolder.Read(RunFolder.Load(report.Folder, CheckpointChoice.Best));
        EpochResult result = best.Position.History[^1];
        string path = Path.Combine(report.Folder, SavedRuns.ModelName);
        ParityReport parity = Export(path, TrainedModel.Of(best, run.Data.Name), exportOptions, run, report, device);
        string page = report.Write(RunOutcome.Complete, parity: parity, evaluation: Evaluation.Of(best, run.Data.Test, device));
        TrainingLog.Finish(output, result, parity, path, report.Folder, run.Position.BestEpoch, seconds);
        output.Document(new JsonObject
        {
            ["accuracy"] = result.TestAccuracy,
            ["loss"] = result.TestLoss,
            ["epochs"] = run.Position.Epoch,
            ["best_epoch"] = result.Epoch,
            ["seconds"] = seconds,
            ["images_per_second"] = run.Position.History.Average(epoch => epoch.ImagesPerSecond),
            ["run"] = report.Folder,
            ["onnx"] = path,
            ["report"] = page,
            ["fingerprint"] = run.Fingerprint,
            ["parity"] = JsonNode.Parse(parity.ToJson()),
        });
        double? required = parsed.GetValue(_requireAccuracy);
        return required is { } least && result.TestAccuracy < least
            ? throw new AccuracyException(FormattableString.Invariant($"--require-accuracy: test accuracy {result.TestAccuracy:0.####} is below {least}"))
            : ExitCode.Done;
    }

    private static ParityReport Export(string path, TrainedModel model, ExportOptions options, TrainingRun run, TrainingReport report, Device device)
    {
        try
        {
            ParityReport parity = OnnxFile.Write(path, model, options, ImageSubset.Take(run.Data.Test, SavedRuns.GateSamples, run.Options.Seed), device);
            SavedRuns.WriteVerdict(path, parity);
            return parity;
        }
        catch (ParityException e)
        {
            report.Write(RunOutcome.Refused, e.Message, e.Report);
            throw;
        }
    }

    private string ChooseFolder(ParseResult parsed)
    {
        string folder = parsed.GetValue(_out) ?? "";
        if (!parsed.GetValue(_resume))
        {
            return folder.Length > 0 && RunFolder.HoldsRun(folder)
                ? throw new UsageException($"--out: {folder} holds a run already; add --resume or choose another folder")
                : folder;
        }

        folder = folder.Length > 0 ? folder : NewestRun();
        return RunFolder.HoldsRun(folder) ? folder : throw new DataFileException(folder, "no run with a checkpoint");
    }

    private static IEnumerable<ConfigFile> ConfigFiles(ConfigFile? given, string? run)
    {
        string? own = run is null ? null : Path.Combine(run, RunFolder.ConfigName);
        return ((ConfigFile?[])[given, File.Exists(own) ? ConfigFile.Read(own) : null]).OfType<ConfigFile>();
    }

    private TrainingOptions ReadOptions(ParseResult parsed, ConfigFile? file, SavedRun? saved)
    {
        if (saved is null)
        {
            TrainingOptions options = ReadRecipe(parsed) ?? new TrainingOptions();
            return _training.Apply(file is null ? options : TrainingFlags.ApplyFile(options, file), parsed);
        }

        if (parsed.GetValue(_recipe) is not null)
        {
            throw new UsageException("--recipe: a run that goes on has its options already");
        }

        return _training.Contradictions(file is null ? saved.Options : TrainingFlags.ApplyFile(saved.Options, file), saved.Options, parsed).FirstOrDefault() is { } contradiction
            ? throw new UsageException($"--resume contradicts {contradiction}")
            : _training.Apply(saved.Options, parsed);
    }

    private TrainingOptions? ReadRecipe(ParseResult parsed)
    {
        if (parsed.GetValue(_recipe) is not { } name)
        {
            return null;
        }

        string near = NearestName.Of(name, Recipes.ByName.Keys) is { } known ? $"; did you mean {known}?" : "";
        return Recipes.ByName.TryGetValue(name, out TrainingOptions? options)
            ? options
            : throw new UsageException($"--recipe: no recipe is called '{name}'{near} (there is {string.Join(", ", Recipes.ByName.Keys)})");
    }

    private static string NewFolder(string model) =>
        Path.Combine("runs", FormattableString.Invariant($"{model}-{DateTime.Now:yyyyMMdd-HHmmss}"));

    private static string NewestRun() => Directory.Exists("runs")
        ? Directory.GetDirectories("runs").Where(run => File.Exists(Path.Combine(run, RunFolder.ConfigName))).MaxBy(Directory.GetLastWriteTimeUtc)
            ?? throw new UsageException("--resume: there is no run under runs/; name one with --out")
        : throw new UsageException("--resume: there is no folder runs/; name a run with --out");
}
