using System.CommandLine;
using System.Text.Json.Nodes;
using Gimbal.Export;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary><c>gimbal export</c>: writes a verified ONNX file from a run or a checkpoint.</summary>
internal sealed class ExportVerb : Verb
{
    private readonly ExportFlags _export = new();
    private readonly Argument<string> _run = new("RUN") { Description = "run folder or checkpoint file" };
    private readonly Option<string?> _out = new("--out") { Description = "file to write [default: RUN/model.onnx]", HelpName = "file" };
    private readonly Option<string?> _data = new("--data") { Description = "where the run's data is now [default: where it was]", HelpName = "text" };
    private readonly Option<bool> _last = new("--last") { Description = "the last checkpoint, not the best" };

    /// <inheritdoc/>
    protected override Command Describe()
    {
        Command command = new("export", "write a verified ONNX file from a run or a checkpoint");
        command.Arguments.Add(_run);
        foreach (Option option in (Option[])[.. _export.All, _out, _data, _last])
        {
            command.Options.Add(option);
        }

        return command;
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        string source = parsed.GetValue(_run)!;
        ExportOptions options = _export.Read(parsed);
        SavedRun run = SavedRuns.Load(source, parsed.GetValue(_last) ? CheckpointChoice.Last : CheckpointChoice.Best, output);
        string path = parsed.GetValue(_out) ?? Path.Combine(Directory.Exists(source) ? source : Path.GetDirectoryName(source) ?? "", SavedRuns.ModelName);
        DataSplits data = SavedRuns.OpenData(run, parsed.GetValue(_data));
        using CpuDevice device = new(run.Options.Threads, run.Options.Exact);
        ParityReport report = OnnxFile.Write(
            path, TrainedModel.Of(run, data.Name), options, ImageSubset.Take(data.Test, SavedRuns.GateSamples, run.Options.Seed), device);
        SavedRuns.WriteVerdict(path, report);
        output.Line($"{path}: {report}");
        output.Document(new JsonObject { ["onnx"] = path, ["opset"] = options.Opset, ["parity"] = JsonNode.Parse(report.ToJson()) });
        return ExitCode.Done;
    }
}
