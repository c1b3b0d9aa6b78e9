using System.Text.Json.Nodes;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests;

/// <summary>The gradient doctor at the command line.</summary>
public sealed class DiagnoseTests : IDisposable
{
    private const int Critical = 3;
    private static readonly string[] s_small = ["--limit", "320", "--batch", "32", "--steps", "12"];
    private readonly TestFolder _folder = new();

    [Fact]
    public void A_sound_network_is_healthy_and_every_layer_is_listed()
    {
        JsonNode document = Diagnose(0, "--model", "resnet8");

        Assert.Equal("healthy", (string?)document["verdict"]);
        Assert.Equal("none", (string?)document["cause"]);
        Assert.Equal(8, document["layers"]!.AsArray().Count);
        Assert.Equal("conv1", (string?)document["layers"]![0]!["layer"]);
        Assert.All(document["layers"]!.AsArray(), layer => Assert.True((double)layer!["gradient_norm"]! > 0));
        Assert.Equal(12, document["losses"]!.AsArray().Count);
    }

    [Fact]
    public void An_ill_network_ends_with_3_and_its_remedy_can_be_tried_and_applied()
    {
        JsonNode document = Diagnose(Critical, "--model", "mlp", "--init", "zeros", "--try", "--apply", "better.json");

        Assert.Equal("vanishing", (string?)document["verdict"]);
        Assert.Equal("zero-init", (string?)document["cause"]);
        Assert.Equal("fc1", (string?)document["culprit"]);
        Assert.Equal(50, document["tried"]!["as_it_is"]!.AsArray().Count);
        Assert.Equal(50, document["tried"]!["remedied"]!.AsArray().Count);
        Assert.Equal("he-normal", (string?)JsonNode.Parse(File.ReadAllText(_folder["better.json"]))!["init"]);

        Tool.Run(_folder.Path, "train", "better.json", "--epochs", "1", "--out", "run").Succeeded();
        Assert.Equal("he-normal", (string?)JsonNode.Parse(File.ReadAllText(_folder["run/config.json"]))!["init"]);
    }

    [Fact]
    public void A_run_is_examined_where_it_stands_and_stays_as_it_is()
    {
        Tool.Run(_folder.Path, "train", "--model", "mlp", "--limit", "256", "--epochs", "2", "--batch", "32", "--optimizer", "sgd", "--lr", "0.01", "--out", "run").Succeeded();
        Dictionary<string, byte[]> before = Files();

        JsonNode document = Tool.Run(_folder.Path, "diagnose", "run", "--steps", "8", "--json").Succeeded().Document;

        Assert.Equal("healthy", (string?)document["verdict"]);
        Assert.Equal(8, document["losses"]!.AsArray().Count);
        Dictionary<string, byte[]> after = Files();
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));

        Dictionary<string, byte[]> Files() => Directory.GetFiles(_folder["run"], "*", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllBytes);
    }

    [Fact]
    public void What_contradicts_a_run_or_would_change_it_is_refused()
    {
        Tool.Run(_folder.Path, "train", "--model", "mlp", "--limit", "128", "--epochs", "1", "--batch", "32", "--out", "run").Succeeded();
        byte[] config = File.ReadAllBytes(_folder["run/config.json"]);

        Outcome other = Tool.Run(_folder.Path, "diagnose", "run", "--model", "resnet8");
        Outcome inside = Tool.Run(_folder.Path, "diagnose", "run", "--lr", "1000", "--apply", "run/config.json");

        Assert.Equal(2, other.ExitCode);
        Assert.Equal("error: RUN contradicts --model resnet8 (the run has mlp)\n", other.Error);
        Assert.Equal(2, inside.ExitCode);
        Assert.StartsWith("error: --apply: run/config.json lies inside the run", inside.Error, StringComparison.Ordinal);
        Assert.Equal(config, File.ReadAllBytes(_folder["run/config.json"]));
    }

    [Fact]
    public void Units_that_a_run_has_killed_are_not_blamed_on_how_it_began()
    {
        Tool.Run(_folder.Path, "train", "--model", "simple-cnn", "--lr", "0.01", "--limit", "1280", "--epochs", "2", "--batch", "64", "--out", "run").Succeeded();

        Outcome outcome = Tool.Run(_folder.Path, "diagnose", "run", "--steps", "8", "--json");

        Assert.Equal(Critical, outcome.ExitCode);
        Assert.Equal("dead", (string?)outcome.Document["verdict"]);
        Assert.Equal("learning-rate-too-high", (string?)outcome.Document["cause"]);
        Assert.Equal("--lr 0.001, from the beginning", (string?)outcome.Document["remedy"]);
    }

    [Fact]
    public void People_get_a_table_a_verdict_and_a_remedy()
    {
        Outcome outcome = Tool.Run(_folder.Path, ["diagnose", "--model", "simple-cnn", "--optimizer", "sgd", "--lr", "1000", "--schedule", "constant", .. s_small]);

        Assert.Equal(Critical, outcome.ExitCode);
        foreach (string part in (string[])["layer", "conv1 ", "fc2 ", "verdict UNSTABLE (critical)", "found   ", "cause   steps are too large", "remedy  --lr 100"])
        {
            Assert.True(outcome.Out.Contains(part, StringComparison.Ordinal), $"{part} is missing in\n{outcome.Out}");
        }

        Assert.Empty(outcome.Error);
    }

    [Theory]
    [InlineData(2, "resnet9", "--model", "resnet9")]
    [InlineData(2, "--steps: 0", "--steps", "0")]
    [InlineData(65, "nowhere", "nowhere")]
    [InlineData(2, "--lr", "--lr", "fast")]
    public void Bad_input_gets_one_line(int code, string named, params string[] arguments)
    {
        Outcome outcome = Tool.Run(_folder.Path, ["diagnose", .. arguments]);

        Assert.Equal(code, outcome.ExitCode);
        Assert.StartsWith("error: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(named, outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }

    public void Dispose() => _folder.Dispose();

    private JsonNode Diagnose(int code, params string[] arguments)
    {
        Outcome outcome = Tool.Run(_folder.Path, ["diagnose", .. s_small, .. arguments, "--json"]);
        Assert.True(outcome.ExitCode == code, $"exit {outcome.ExitCode}: {outcome.Error}");
        return outcome.Document;
    }
}
