using System.Text.Json.Nodes;
using System.Xml.Linq;
using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests;

/// <summary>The labs, with next to no steps: what they measure of trained networks means nothing here, what they measure of untrained ones does.</summary>
public sealed class LabTests : IDisposable
{
    // Made once for all tests: what is looked at in them does not hang on the number of steps.
    private static readonly Dictionary<string, Lazy<JsonNode>> s_untrained = Lab.All.ToDictionary(lab => lab.Name, lab => new Lazy<JsonNode>(() => Untrained(lab.Name)));

    private readonly TestFolder _folder = new();

    public static TheoryData<string> Labs => [.. Lab.All.Select(lab => lab.Name)];

    [Theory]
    [MemberData(nameof(Labs))]
    public void A_lab_states_its_findings_and_draws_its_figures(string lab)
    {
        JsonNode document = Tool.Run(_folder.Path, "lab", lab, "--seeds", "1", "--effort", "0.002", "--out", "found", "--json").Succeeded().Document;

        JsonArray findings = document["findings"]!.AsArray();
        Assert.InRange(findings.Count, 4, 10);
        Assert.All(findings, finding =>
        {
            Assert.Contains((string?)finding!["stands"], (string[])["holds", "holds-partly", "holds-not"]);
            Assert.All((string[])["claim", "measured", "criterion"], field => Assert.NotEmpty((string)finding[field]!));
        });
        Assert.Equal(document.ToJsonString(), JsonNode.Parse(File.ReadAllText(_folder["found/lab.json"]))!.ToJsonString());
        XElement page = XElement.Parse(File.ReadAllText(_folder["found/lab.html"]).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));
        Assert.NotEmpty(page.Descendants("polyline"));
        Assert.Equal(findings.Count, page.Descendants("tbody").First().Elements("tr").Count());
    }

    [Theory]
    [InlineData("vanishing", "the gradient changes by a constant factor", "holds")]
    [InlineData("vanishing", "uniform initialisation", "holds-not")]
    [InlineData("vanishing", "He initialisation", "holds")]
    [InlineData("vanishing", "a vanishing gradient shows", "holds-not")]
    [InlineData("exploding", "Xavier's weights are", "holds-not")]
    [InlineData("exploding", "residual connections alone", "holds-not")]
    [InlineData("exploding", "residual blocks with batch norm", "holds")]
    [InlineData("init", "√(6/n)·ε is Xavier's", "holds-not")]
    [InlineData("init", "√(6/n)·ε with ε uniform is He's", "holds")]
    [InlineData("clipping", "clip(g, −a, a) limits", "holds-not")]
    [InlineData("clipping", "clipping shortens a step and keeps its direction", "holds-partly")]
    [InlineData("residual", "skips keep the gradient from exploding", "holds")]
    [InlineData("residual", "with skips the gradient does not depend", "holds-not")]
    [InlineData("batchnorm", "batch norm guarantees stable gradients", "holds-partly")]
    public void What_hangs_on_no_training_comes_out_as_theory_says(string lab, string claim, string stands) =>
        Assert.Equal(stands, (string?)s_untrained[lab].Value["findings"]!.AsArray().Single(f => ((string)f!["claim"]!).StartsWith(claim, StringComparison.Ordinal))!["stands"]);

    [Fact]
    public void Every_training_is_in_the_document_by_seed()
    {
        JsonNode document = Tool.Run(_folder.Path, "lab", "degradation", "--seeds", "2", "--effort", "0.002", "--out", "found", "--json").Succeeded().Document;

        JsonArray runs = document["runs"]!.AsArray();
        Assert.Equal([10, 46, 10, 46], runs.Select(run => (int)run!["layers"]!));
        Assert.Equal([false, false, true, true], runs.Select(run => (bool)run!["skips"]!));
        Assert.All(runs, run => Assert.All((string[])["ratio", "gain", "weight_ratio", "loss"], number =>
        {
            double[] values = [.. run![number]!["values"]!.AsArray().Select(value => (double)value!)];
            Assert.Equal(2, values.Distinct().Count());
            Assert.Equal(values.Average(), (double)run[number]!["mean"]!, 1e-12 * values.Max());
            Assert.Equal(values.Max(), (double)run[number]!["most"]!);
        }));
        Assert.Equal(4, document["figures"]![0]!["curves"]!.AsArray().Count);
    }

    [Fact]
    public void A_lab_that_is_stopped_ends_with_130_and_leaves_nothing()
    {
        Outcome outcome = Tool.RunAndInterrupt(
            Tool.Command(_folder.Path, "lab", "degradation", "--out", "found"), line => line.StartsWith("lab ", StringComparison.Ordinal), TimeSpan.Zero);

        Assert.Equal(130, outcome.ExitCode);
        Assert.False(Directory.Exists(_folder["found"]));
    }

    [Fact]
    public void Pictures_that_do_not_fit_the_networks_are_refused()
    {
        _folder.Write("data/train-images-idx3-ubyte", IdxFiles.Images(1, IdxFiles.Count));
        _folder.Write("data/train-labels-idx1-ubyte", IdxFiles.Labels());
        _folder.Write("data/t10k-images-idx3-ubyte", IdxFiles.Images(2, IdxFiles.Count));
        _folder.Write("data/t10k-labels-idx1-ubyte", IdxFiles.Labels());

        Outcome outcome = Tool.Run(_folder.Path, "lab", "init", "--data", "idx:data", "--out", "found");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("the labs' networks take 32x32x3", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_stands_as_its_cases_do()
    {
        Assert.Equal(Standing.Holds, LabFinding.Of("", "", "", true, true).Standing);
        Assert.Equal(Standing.HoldsPartly, LabFinding.Of("", "", "", true, false).Standing);
        Assert.Equal(Standing.HoldsNot, LabFinding.Of("", "", "", false, false).Standing);
        Assert.Equal(Standing.HoldsNot, LabFinding.Of("", "", "", Array.Empty<bool>()).Standing);
    }

    [Theory]
    [InlineData("there is no lab 'residuals'; did you mean 'residual'?", "residuals")]
    [InlineData("--seeds: 0", "init", "--seeds", "0")]
    [InlineData("--effort: 0", "init", "--effort", "0")]
    [InlineData("argument missing")]
    public void Bad_input_gets_one_line(string named, params string[] arguments)
    {
        Outcome outcome = Tool.Run(_folder.Path, ["lab", .. arguments]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(named, outcome.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    public void Dispose() => _folder.Dispose();

    private static JsonNode Untrained(string lab)
    {
        using TestFolder folder = new();
        return Tool.Run(folder.Path, "lab", lab, "--seeds", "1", "--effort", "0.0001", "--out", "found", "--json").Succeeded().Document;
    }
}
