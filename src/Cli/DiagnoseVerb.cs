using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary><c>gimbal diagnose</c>: the gradient doctor.</summary>
internal sealed class DiagnoseVerb : Verb
{
    private const int TriedSteps = 50;
    private readonly TrainingFlags _training = new();
    private readonly Argument<string?> _run = new("RUN") { Description = "run folder or checkpoint; without it a model as training would begin", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<int> _steps = new("--steps") { Description = "steps the doctor watches: the first of the training, or the next of a run", HelpName = "number", DefaultValueFactory = _ => Examination.UsualSteps };
    private readonly Option<bool> _try = new("--try") { Description = $"take {TriedSteps} steps with and without the remedy, on the same batches" };
    private readonly Option<string?> _apply = new("--apply") { Description = "write the options with the remedy into a file for gimbal train", HelpName = "CONFIG.json" };
    private readonly Option<bool> _calibrate = new("--calibrate") { Description = "try the doctor itself on networks whose illness is known; with --try: its remedies on some of them" };

    /// <inheritdoc/>
    protected override Command Describe()
    {
        Command command = new("diagnose", "find out why a network does not train: names the layer, the cause and the remedy; exit code 3 when critical");
        command.Arguments.Add(_run);
        foreach (Option option in (Option[])[_steps, _try, _apply, _calibrate, .. _training.All])
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        int steps = parsed.GetValue(_steps);
        if (steps < 1)
        {
            throw new UsageException($"--steps: {steps} is not 1 or more");
        }

        if (parsed.GetValue(_calibrate))
        {
            TrainingOptions where = _training.Apply(new TrainingOptions(), parsed);
            return parsed.GetValue(_try) ? Calibration.Treat(where, steps, output, cancellation) : Calibration.Run(where, output, cancellation);
        }

        SavedRun? run = parsed.GetValue(_run) is { } path ? SavedRuns.Load(path, CheckpointChoice.Last, output) : null;
        if (run is not null && _training.Contradictions(run.Options, run.Options, parsed).FirstOrDefault(IsFixed) is { } contradiction)
        {
            throw new UsageException($"RUN contradicts {contradiction}");
        }

        string? applied = parsed.GetValue(_apply);
        if (applied is not null && run is not null && IsInside(applied, RunOf(parsed.GetValue(_run)!)))
        {
            throw new UsageException($"--apply: {applied} lies inside the run, which stays as it is; name a file elsewhere");
        }

        TrainingOptions options = _training.Apply(run?.Options ?? new TrainingOptions(), parsed).Resolve();
        options.Validate();
        using Device device = Devices.Open(options, output);
        DataSplits data = run is null ? DataSpec.Parse(options.Data).Open(options.ToDataOptions(), cancellation) : SavedRuns.OpenData(run, options.Data);
        Network network = run?.Network ?? CatalogueModels.Create(
            options.Model, new ModelShape(data.Train.Channels, new(data.Train.Height, data.Train.Width), data.Train.Classes.Count, options.Dropout));
        Consultation consultation = new(network, options, data, run, device);
        Observation seen = consultation.Observe(steps, cancellation);
        Diagnosis diagnosis = new GradientDoctor().Examine(seen);
        DiagnosisText.Write(output, network.Name, seen, diagnosis);
        JsonObject document = DiagnosisText.Document(seen, diagnosis);
        document["tried"] = parsed.GetValue(_try) ? Try(consultation, diagnosis.Remedy, output, cancellation) : null;
        document["applied"] = applied is { } file ? Apply(file, diagnosis.Remedy, output) : null;
        output.Document(document);
        return diagnosis.Severity == Severity.Critical ? ExitCode.Diverged : ExitCode.Done;
    }

    // What a run cannot be asked to have been.
    private static bool IsFixed(string contradiction) => ((string[])["--model ", "--size ", "--limit ", "--validation ", "--test-fraction "])
        .Any(flag => contradiction.StartsWith(flag, StringComparison.Ordinal));

    // A checkpoint lies two folders below its run's.
    private static string RunOf(string path) => Directory.Exists(path) ? path : Path.Combine(path, "..", "..");

    private static bool IsInside(string file, string folder) => Path.GetFullPath(file).StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static JsonObject? Try(Consultation consultation, Remedy? remedy, Output output, CancellationToken cancellation)
    {
        if (remedy?.Changed is null)
        {
            output.Line(remedy is null ? "tried   nothing: there is nothing to remedy" : "tried   nothing: the remedy takes another network");
            return null;
        }

        IReadOnlyList<float> before = consultation.Observe(TriedSteps, cancellation).Losses;
        IReadOnlyList<float> after = consultation.Try(remedy, TriedSteps, cancellation).Losses;
        output.Line(FormattableString.Invariant($"tried   {TriedSteps} steps on the same batches"));
        output.Line($"as it is  {DiagnosisText.Curve(before)}");
        output.Line($"remedied  {DiagnosisText.Curve(after)}");
        return new JsonObject { ["as_it_is"] = DiagnosisText.Numbers(before), ["remedied"] = DiagnosisText.Numbers(after) };
    }

    private static string? Apply(string file, Remedy? remedy, Output output)
    {
        if (remedy?.Changed is not { } changed)
        {
            output.Line(remedy is null ? "applied nothing: there is nothing to remedy" : "applied nothing: the remedy takes another network");
            return null;
        }

        DurableFile.Write(file, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(changed, OptionNames.Json) + "\n"));
        output.Line($"applied {file}; train with: gimbal train {file}");
        return file;
    }
}
