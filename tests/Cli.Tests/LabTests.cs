using System.Text.Json.Nodes;
using System.Xml.Linq;
using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests;

/// <summary>The labs, with next to no steps: what they measure of trained networks means nothing here, what they measure of untrained ones does.</summary>
public sealed class LabTests : IDisposable
{
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

    [Fact]
    public void What_hangs_on_no_training_comes_out_as_theory_says()
    {
        JsonArray findings = Tool.Run(_folder.Path, "lab", "vanishing", "--seeds", "1", "--effort", "0.002", "--out", "found", "--json").Succeeded().Document["findings"]!.AsArray();

        Assert.Equal("holds", Stands("the gradient changes by a constant factor"));
        Assert.Equal("holds-not", Stands("uniform initialisation"));
        Assert.Equal("holds", Stands("He initialisation"));
        Assert.Equal("holds-not", Stands("a vanishing gradient shows"));

        string? Stands(string claim) => (string?)findings.Single(f => ((string)f!["claim"]!).StartsWith(claim, StringComparison.Ordinal))!["stands"];
    }

    [Fact]
    public void A_claim_stands_as_its_cases_do()
    {
        Assert.Equal(Standing.Holds, LabFinding.Of("", "", "", true, true).Standing);
        Assert.Equal(Standing.HoldsPartly, LabFinding.Of("", "", "", true, false).Standing);
        Assert.Equal(Standing.HoldsNot, LabFinding.Of("", "", "", false, false).Standing);
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
}
