using System.Text.Json.Nodes;
using Gimbal.Inference;

namespace Gimbal.Cli.Tests;

/// <summary>From training to a file that classifies, verb by verb.</summary>
public sealed class MainJobTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    private string Folder => run.Folder.Path;

    [Fact]
    public void Training_ends_in_one_document_with_what_scripts_need()
    {
        Assert.Equal(2, (int)run.Document["epochs"]!);
        Assert.InRange((double)run.Document["accuracy"]!, 0, 1);
        Assert.True((double)run.Document["loss"]! > 0);
        Assert.True((double)run.Document["seconds"]! > 0);
        Assert.True((double)run.Document["images_per_second"]! > 0);
        Assert.Equal(1, (double)run.Document["parity"]!["agreement"]!);
        Assert.Equal(2000, (int)run.Document["parity"]!["samples"]!);
        Assert.True(File.Exists(run.Folder[(string)run.Document["onnx"]!]));
    }

    [Fact]
    public void Before_the_first_epoch_stand_parameters_memory_and_an_estimate()
    {
        string before = run.Progress[..run.Progress.IndexOf("epoch   loss", StringComparison.Ordinal)];

        Assert.Contains("resnet8: 75,290 parameters", before, StringComparison.Ordinal);
        Assert.Matches(@"\d+ MiB for training", before);
        Assert.Matches(@"2 epochs of 4 steps, about \d+\.\d s each, \d+\.\d s in all", before);
    }

    [Fact]
    public void A_run_folder_holds_its_options_metrics_checkpoints_model_and_verdict()
    {
        string[] files = [.. Directory.GetFiles(run.Folder["run"], "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(run.Folder["run"], path).Replace('\\', '/'))];
        string[] wanted = ["config.json", "metrics.jsonl", "metrics.csv", "checkpoints/last.safetensors", "checkpoints/best.safetensors", "model.onnx", "verify.json", "report.html", "report.json", "events.out.tfevents.gimbal"];

        Assert.Empty(wanted.Except(files));
        JsonNode config = JsonNode.Parse(File.ReadAllText(run.Folder["run/config.json"]))!;
        Assert.Equal("resnet8", (string)config["model"]!);
        Assert.Equal(0.01, (double)config["lr"]!, 6);
        Assert.Equal(2, File.ReadLines(run.Folder["run/metrics.jsonl"]).Count());
        Assert.Equal(3, File.ReadLines(run.Folder["run/metrics.csv"]).Count());
    }

    [Fact]
    public void The_options_of_a_run_train_the_same_network_again()
    {
        JsonNode again = Tool.Run(Folder, "train", "run/config.json", "--out", "again", "--json").Succeeded().Document;

        Assert.Equal((double)run.Document["accuracy"]!, (double)again["accuracy"]!);
        Assert.Equal((double)run.Document["loss"]!, (double)again["loss"]!);
        Assert.Equal(File.ReadAllBytes(run.Folder["run/model.onnx"]), File.ReadAllBytes(run.Folder["again/model.onnx"]));
    }

    [Fact]
    public void Export_writes_the_forms_that_are_asked_for()
    {
        JsonNode document = Tool.Run(
            Folder, "export", "run", "--out", "form.onnx", "--opset", "13", "--input", "uint8-nhwc", "--output", "probabilities", "--json").Succeeded().Document;

        Assert.Equal(13, (int)document["opset"]!);
        Assert.Equal(1, (double)document["parity"]!["agreement"]!);
        using ImageClassifier file = ImageClassifier.Load(run.Folder["form.onnx"]);
        file.SelfTest();
        Assert.Equal((InputForm.UInt8Nhwc, OutputForm.Probabilities), (file.Metadata.Input, file.Metadata.Output));
    }

    [Fact]
    public void A_run_that_goes_on_ends_in_the_form_it_began_with_unless_a_flag_says_otherwise()
    {
        Tool.Run(
            Folder, "train", "--model", "mlp", "--limit", "64", "--epochs", "1", "--batch", "64", "--input", "uint8-nhwc", "--opset", "19", "--out", "form").Succeeded();
        File.Delete(run.Folder["form/model.onnx"]);

        Tool.Run(Folder, "train", "--resume", "--out", "form", "--output", "probabilities").Succeeded();

        using ImageClassifier file = ImageClassifier.Load(run.Folder["form/model.onnx"]);
        Assert.Equal((InputForm.UInt8Nhwc, OutputForm.Probabilities), (file.Metadata.Input, file.Metadata.Output));
        JsonNode config = JsonNode.Parse(File.ReadAllText(run.Folder["form/config.json"]))!;
        Assert.Equal((19, "uint8-nhwc", "probabilities"), ((int)config["opset"]!, (string)config["input"]!, (string)config["output"]!));
    }

    [Theory]
    [InlineData("train --model resn", "resnet20")]
    [InlineData("train --init he-", "he-uniform")]
    [InlineData("train --optimizer ", "adamw")]
    [InlineData("ver", "verify")]
    public void A_shell_hears_how_an_unfinished_line_may_go_on(string line, string completion)
    {
        string[] offered = Tool.Run(Folder, $"[suggest:{line.Length}]", line).Succeeded().Out.Split('\n', StringSplitOptions.TrimEntries);

        Assert.Contains(completion, offered);
        Assert.DoesNotContain("plain20", offered);
    }

    [Fact]
    public void Verify_compares_every_test_image()
    {
        JsonNode document = Tool.Run(Folder, "verify", "run/model.onnx", "--run", "run", "--json").Succeeded().Document;

        Assert.Equal(2000, (int)document["parity"]!["samples"]!);
        Assert.Equal((double)run.Document["accuracy"]!, (double)document["accuracy"]!, 6);
        Assert.Equal("cpu", (string)document["provider"]!, ignoreCase: true);
    }

    [Fact]
    public void Verify_refuses_a_file_of_another_run()
    {
        Tool.Run(Folder, "train", "--model", "mlp", "--limit", "128", "--epochs", "1", "--batch", "64", "--out", "other").Succeeded();

        Outcome outcome = Tool.Run(Folder, "verify", "other/model.onnx", "--run", "run");

        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains("refused", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("first divergent node", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_names_the_file_the_label_and_its_probability()
    {
        using SkiaSharp.SKBitmap picture = new(50, 40);
        picture.Erase(SkiaSharp.SKColors.Teal);
        run.Folder.Write("pictures/teal.png", picture.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100).ToArray());

        JsonArray predictions = Tool.Run(Folder, "predict", "run/model.onnx", "pictures", "--top", "3", "--json").Succeeded().Document.AsArray();

        Assert.Equal(3, predictions.Count);
        Assert.All(predictions, p => Assert.EndsWith("teal.png", (string)p!["file"]!, StringComparison.Ordinal));
        Assert.True((double)predictions[0]!["probability"]! >= (double)predictions[1]!["probability"]!);
        Assert.Contains((string)predictions[0]!["label"]!, "disk ring square frame triangle star cross heart crescent arrow".Split(' '));
    }

    [Fact]
    public void Inspect_reads_a_run_a_file_and_a_model_of_the_catalogue()
    {
        string inspected = Tool.Run(Folder, "inspect", "run").Succeeded().Out;
        Assert.Contains("75,290 parameters; training with batch 64", inspected, StringComparison.Ordinal);
        string file = Tool.Run(Folder, "inspect", "run/model.onnx").Succeeded().Out;
        Assert.Contains("10 classes", file, StringComparison.Ordinal);
        Assert.Contains("opset 17, IR 8", file, StringComparison.Ordinal);
        Assert.Contains(" = Conv {", file, StringComparison.Ordinal);
        Assert.Contains("output output [N,10]", file, StringComparison.Ordinal);
        Assert.Contains("269,722 parameters", Tool.Run(Folder, "inspect", "--model", "resnet20").Succeeded().Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_finds_what_this_machine_has()
    {
        JsonArray checks = Tool.Run(Folder, "doctor", "--json").Succeeded().Document["checks"]!.AsArray();

        Assert.Contains(checks, check => (string)check!["name"]! == "onnx runtime" && (bool)check["ok"]!);
        JsonNode cuda = checks.Single(check => (string)check!["name"]! == "cuda")!;
        Assert.True((bool)cuda["ok"]! || ((string)cuda["finding"]!).Length > 0);
    }

    [Fact]
    public void An_accuracy_that_was_asked_for_and_not_reached_is_exit_5()
    {
        Outcome outcome = Tool.Run(Folder, "train", "--model", "mlp", "--limit", "128", "--epochs", "1", "--out", "low", "--require-accuracy", "0.99");

        Assert.Equal(5, outcome.ExitCode);
        Assert.StartsWith("error: --require-accuracy: test accuracy 0.", outcome.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(run.Folder["low/model.onnx"]));
    }

    [Fact]
    public void A_diverging_run_is_exit_3_and_names_the_layer_and_the_step()
    {
        Outcome outcome = Tool.Run(
            Folder, "train", "--model", "mlp", "--limit", "256", "--epochs", "3", "--batch", "32", "--optimizer", "sgd", "--lr", "900000", "--schedule", "constant", "--out", "wild");

        Assert.Equal(3, outcome.ExitCode);
        Assert.Matches(@"^error: .*step \d+", outcome.Error);
        string report = File.ReadAllText(run.Folder["wild/report.html"]);
        Assert.Contains("training diverged: loss", report, StringComparison.Ordinal);
        Assert.Contains("900000", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_and_version_are_exit_0()
    {
        Assert.Contains("train", Tool.Run(Folder, "--help").Succeeded().Out, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+", Tool.Run(Folder, "--version").Succeeded().Out);
    }
}
