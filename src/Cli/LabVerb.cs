using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gimbal.Cli.Reports;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary><c>gimbal lab</c>: what tutorials say of gradients, put to the test.</summary>
internal sealed class LabVerb : Verb
{
    private const int Pictures = 2048;
    private const int Side = 32;
    private const int Channels = 3;
    private const int Classes = 10;
    private const string Synthetic = "synthetic";
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };
    private readonly Argument<string> _name = new("NAME") { Description = string.Join("; ", Lab.All.Select(lab => $"{lab.Name}: {lab.Question}")) };
    private readonly Option<string> _data = new("--data") { Description = "pictures of 32x32 in colour, ten classes: synthetic, cifar10:DIR or images:DIR", HelpName = "text", DefaultValueFactory = _ => Synthetic };
    private readonly Option<int> _seeds = new("--seeds") { Description = "times each experiment is made", HelpName = "number", DefaultValueFactory = _ => 3 };
    private readonly Option<double> _effort = new("--effort") { Description = "share of the usual number of steps; with little, the findings are little worth", HelpName = "number", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _threads = new("--threads") { Description = "threads; 0: one per processor", HelpName = "number" };
    private readonly Option<string?> _out = new("--out") { Description = "folder of the figures [default: runs/lab-NAME-TIME]", HelpName = "folder" };

    /// <inheritdoc/>
    protected override Command Describe()
    {
        _name.CompletionSources.Add([.. Lab.All.Select(lab => lab.Name)]);
        return new Command("lab", "put what tutorials say of gradients to the test, with real networks, in a minute or a few") { _name, _data, _seeds, _effort, _threads, _out };
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        string name = parsed.GetValue(_name)!;
        Lab lab = Lab.All.FirstOrDefault(lab => lab.Name == name)
            ?? throw new UsageException($"lab: there is no lab '{name}'{(NearestName.Of(name, Lab.All.Select(lab => lab.Name)) is { } near ? $"; did you mean '{near}'?" : "")} (there are {string.Join(", ", Lab.All.Select(lab => lab.Name))})");
        (int seeds, double effort) = (parsed.GetValue(_seeds), parsed.GetValue(_effort));
        if (seeds < 1 || !(effort > 0))
        {
            throw new UsageException(seeds < 1 ? $"--seeds: {seeds} is not 1 or more" : FormattableString.Invariant($"--effort: {effort} is not above 0"));
        }

        string folder = parsed.GetValue(_out) ?? Path.Combine("runs", FormattableString.Invariant($"lab-{name}-{DateTime.Now:yyyyMMdd-HHmmss}"));
        ImageSource train = Open(parsed.GetValue(_data)!, cancellation);
        using Device device = Devices.Open(new TrainingOptions { Threads = parsed.GetValue(_threads) }, output);
        output.Line($"lab     {lab.Name}: {lab.Question}");
        long start = Stopwatch.GetTimestamp();
        LabBench bench = new(device, train, seeds, effort, cancellation);
        LabReport report = lab.Run(bench);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (LabFinding finding in report.Findings)
        {
            output.Line($"{LabDocument.Said(finding.Standing),-12}  {finding.Claim}");
            output.Line($"              {finding.Result}");
        }

        JsonObject document = LabDocument.Of(lab, report, bench.Runs);
        document["data"] = parsed.GetValue(_data);
        document["seeds"] = seeds;
        document["effort"] = effort;
        document["seconds"] = seconds;
        Directory.CreateDirectory(folder);
        DurableFile.Write(Path.Combine(folder, "lab.html"), LabDocument.PageOf(lab, report, seeds).ToHtml());
        DurableFile.Write(Path.Combine(folder, "lab.json"), JsonSerializer.SerializeToUtf8Bytes(document, s_json));
        output.Line(FormattableString.Invariant($"{seeds} seeds, {Figures.Duration(seconds)}; figures: {Path.Combine(folder, "lab.html")}"));
        output.Document(document);
        return ExitCode.Done;
    }

    private static ImageSource Open(string data, CancellationToken cancellation)
    {
        if (data == Synthetic)
        {
            return ProceduralImages.Splits(seed: 1, Pictures, test: 10).Train;
        }

        ImageSource train = DataSpec.Parse(data).Open(new TrainingOptions { Limit = Pictures }.ToDataOptions(), cancellation).Train;
        return train.Height == Side && train.Width == Side && train.Channels == Channels && train.Classes.Count == Classes ? train : throw new UsageException(
            $"--data: {data} has pictures of {train.Width}x{train.Height}x{train.Channels} in {train.Classes.Count} classes; the labs' networks take {Side}x{Side}x{Channels} in {Classes}");
    }
}
