using System.CommandLine;
using System.Text.Json.Nodes;
using Gimbal.Export;
using Gimbal.Inference;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary><c>gimbal verify</c>: parity and accuracy of a file again, on every test image.</summary>
internal sealed class VerifyVerb : Verb
{
    private readonly Argument<string> _model = new("MODEL.onnx") { Description = "file to verify" };
    private readonly Option<string> _run = new("--run") { Description = "run the file came from", HelpName = "folder", Required = true };
    private readonly Option<string?> _data = new("--data") { Description = "where the run's data is now [default: where it was]", HelpName = "text" };
    private readonly Option<bool> _last = new("--last") { Description = "compare with the last checkpoint, not the best" };

    /// <inheritdoc/>
    protected override Command Describe() => new("verify", "compare an ONNX file with the run it came from, on every test image") { _model, _run, _data, _last };

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        string path = parsed.GetValue(_model)!;
        SavedRun run = SavedRuns.Load(parsed.GetValue(_run)!, parsed.GetValue(_last) ? CheckpointChoice.Last : CheckpointChoice.Best, output);
        using ImageClassifier file = ImageClassifier.Load(path);
        DataSplits data = SavedRuns.OpenData(run, parsed.GetValue(_data));
        using CpuDevice device = new(run.Options.Threads, run.Options.Exact);
        ParityReport report = OnnxFile.Verify(path, TrainedModel.Of(run, data.Name), data.Test, device);
        double accuracy = OnnxFile.Accuracy(file, data.Test);
        output.Line($"{path}: {report}");
        if (report.Passed)
        {
            // Only now: a file that is not the run's fails its samples too, but the report says where it departs.
            file.SelfTest();
        }

        output.Line(FormattableString.Invariant($"test accuracy of the file {100 * accuracy:0.00} % on {data.Test.Count} images{(report.Passed ? ", self-test passed" : "")}"));
        output.Document(new JsonObject { ["parity"] = JsonNode.Parse(report.ToJson()), ["accuracy"] = accuracy, ["provider"] = report.Provider });
        return report.Passed ? ExitCode.Done : ExitCode.ParityRefused;
    }
}
