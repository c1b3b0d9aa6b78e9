using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
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
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };
    private readonly Argument<string> _name = new("NAME") { Description = string.Join("; ", Lab.All.Select(lab => $"{lab.Name}: {lab.Question}")) };
    private readonly Option<int> _seeds = new("--seeds") { Description = "times each experiment is made", HelpName = "number", DefaultValueFactory = _ => 3 };
    private readonly Option<double> _effort = new("--effort") { Description = "share of the usual number of steps; with little, the findings are little worth", HelpName = "number", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _threads = new("--threads") { Description = "threads; 0: one per processor", HelpName = "number" };
    private readonly Option<string?> _out = new("--out") { Description = "folder of the figures [default: runs/lab-NAME-TIME]", HelpName = "folder" };

    /// <inheritdoc/>
    protected override Command Describe()
    {
        _name.CompletionSources.Add([.. Lab.All.Select(lab => lab.Name)]);
        return new Command("lab", "put what tutorials say of gradients to the test, with real networks, in a minute or a few") { _name, _seeds, _effort, _threads, _out };
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
        using Device device = Devices.Open(new TrainingOptions { Threads = parsed.GetValue(_threads) }, output);
        output.Line($"lab     {lab.Name}: {lab.Question}");
        long start = Stopwatch.GetTimestamp();
        LabReport report = lab.Run(new LabBench(device, ProceduralImages.Splits(seed: 1, Pictures, test: 10).Train, seeds, effort, cancellation));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (LabFinding finding in report.Findings)
        {
            output.Line($"{Said(finding.Standing),-12}  {finding.Claim}");
            output.Line($"              {finding.Result}");
        }

        JsonObject document = Document(lab, report, seeds, effort, seconds);
        Directory.CreateDirectory(folder);
        DurableFile.Write(Path.Combine(folder, "lab.html"), PageOf(lab, report, seeds).ToHtml());
        DurableFile.Write(Path.Combine(folder, "lab.json"), JsonSerializer.SerializeToUtf8Bytes(document, s_json));
        output.Line(FormattableString.Invariant($"{seeds} seeds, {Figures.Duration(seconds)}; figures: {Path.Combine(folder, "lab.html")}"));
        output.Document(document);
        return ExitCode.Done;
    }

    private static string Said(Standing standing) => standing switch
    {
        Standing.Holds => "holds",
        Standing.HoldsPartly => "holds partly",
        _ => "HOLDS NOT",
    };

    private static Page PageOf(Lab lab, LabReport report, int seeds) => new(
        lab.Question,
        [Markup.Paragraph($"gimbal lab {lab.Name}: narrow networks on drawn shapes, medians of {seeds} seeds with the least and the most in brackets")],
        [
            new Section("Findings", Markup.Table("Claims and what was measured", ["claim", "stands", "measured", "would hold with"], report.Findings.Select(f => (string[])[f.Claim, Said(f.Standing), f.Result, f.Criterion]))),
            new Section("Figures", new XElement("div", Markup.ClassOf("charts"), report.Figures.Select(figure =>
                new LineChart(figure.Title, Scale.Wide, [.. figure.Curves.Select(curve => new Line(curve.Name, curve.Points))]).Render()))),
        ]);

    private static JsonObject Document(Lab lab, LabReport report, int seeds, double effort, double seconds) => new()
    {
        ["lab"] = lab.Name,
        ["seeds"] = seeds,
        ["effort"] = effort,
        ["seconds"] = seconds,
        ["findings"] = new JsonArray([.. report.Findings.Select(f => (JsonNode)new JsonObject
        {
            ["claim"] = f.Claim,
            ["stands"] = DiagnosisText.Kebab(f.Standing),
            ["measured"] = f.Result,
            ["criterion"] = f.Criterion,
        })]),
    };
}
