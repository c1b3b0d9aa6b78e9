using System.Text.Json.Nodes;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests;

/// <summary><c>gimbal train --recipe</c>: options to start from.</summary>
public sealed class RecipeTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void A_recipe_stands_in_for_the_defaults_and_file_and_flags_win_over_it()
    {
        _folder.Write("options.json", "{\"lr\": 0.05, \"epochs\": 7}"u8.ToArray());

        Tool.Run(
            _folder.Path, "train", "options.json", "--recipe", "fast", "--limit", "32", "--batch", "16", "--epochs", "1", "--flip", "false", "--out", "run").Succeeded();

        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["run/config.json"]))!;
        Assert.Equal(("fast-cnn", "sgd", true), ((string)config["model"]!, (string)config["optimizer"]!, (bool)config["nesterov"]!));
        Assert.Equal((0.1, 1e-3), ((double)config["label-smoothing"]!, (double)config["weight-decay"]!));
        Assert.Equal((true, 8), ((bool)config["whiten"]!, (int)config["cutout"]!));
        Assert.Equal(0.05, (double)config["lr"]!);
        Assert.Equal((1, 16, false), ((int)config["epochs"]!, (int)config["batch"]!, (bool)config["flip"]!));
    }

    [Fact]
    public void Help_says_what_a_recipe_sets()
    {
        string help = string.Join(' ', Tool.Run(_folder.Path, "train", "--help").Succeeded().Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

        Assert.Contains("fast: --model fast-cnn --epochs", help, StringComparison.Ordinal);
        Assert.Contains("--nesterov true", help, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
