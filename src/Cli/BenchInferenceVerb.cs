using System.CommandLine;
using System.Text.Json.Nodes;
using Gimbal.Export;
using Gimbal.Inference;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary><c>gimbal bench inference</c>: an exported model in ONNX Runtime beside the trainer's own forward pass.</summary>
internal sealed class BenchInferenceVerb : Verb
{
    private const int Samples = 64;
    private static readonly int[] s_batches = [1, 32];

    private readonly ModelFlags _model = new("resnet20");
    private readonly Option<int> _threads = new("--threads") { Description = "threads of either side; 0: one per processor", HelpName = "number" };
    private readonly Option<int> _runs = new("--runs") { Description = "timed runs per group", HelpName = "number", DefaultValueFactory = _ => 10 };
    private readonly Option<int> _groups = new("--groups") { Description = "groups of runs, the sides taking turns", HelpName = "number", DefaultValueFactory = _ => 5 };

    /// <inheritdoc/>
    protected override Command Describe()
    {
        Command command = new("inference", "time an exported model in ONNX Runtime beside the trainer's own forward pass, for 1 and for 32 images") { _threads, _runs, _groups };
        _model.AddTo(command);
        return command;
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        (int runs, int groups) = (parsed.GetValue(_runs), parsed.GetValue(_groups));
        if (Math.Min(runs, groups) < 1)
        {
            throw new UsageException($"{(runs < 1 ? $"--runs: {runs}" : $"--groups: {groups}")} is not 1 or more");
        }

        TrainingOptions options = new TrainingOptions { Threads = parsed.GetValue(_threads) }.Resolve();
        options.Validate();
        Network network = _model.Create(parsed);
        using CpuDevice device = new(options.Threads);
        TrainedModel model = Untrained(network, device);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gimbal-bench-");
        try
        {
            string path = Path.Combine(folder.FullName, SavedRuns.ModelName);
            OnnxFile.Write(path, model, new ExportOptions(), Pictures(network), device);
            using ImageClassifier file = ImageClassifier.Load(path, new ImageClassifierOptions { Threads = device.Threads });
            output.Line($"{network.Name} {network.ImageSize.Height}x{network.ImageSize.Width}, {device.Description}");
            output.Line($"{"batch",5}{"trainer ms min",16}{"median",10}{"images/s",10}{"ONNX Runtime ms min",21}{"median",10}{"images/s",10}{"ratio",7}");
            JsonArray rows = [.. s_batches.Select(batch => Row(network, model, file, device, batch, groups, runs, output))];
            output.Document(new JsonObject { ["rows"] = rows });
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return ExitCode.Done;
    }

    private static JsonObject Row(Network network, TrainedModel model, ImageClassifier file, CpuDevice device, int batch, int groups, int runs, Output output)
    {
        (int channels, int height, int width) = network.ImageSize;
        Philox random = new(seed: 1, stream: 1);
        float[] images = [.. Enumerable.Range(0, batch * channels * height * width).Select(i => random.Normal(0, (ulong)i))];
        // Channels last in the one, first in the other; of noise they are as good as each other.
        ImageBatch pictures = new(batch, height, width, channels);
        images.CopyTo(pictures.Images);
        float[] logits = new float[batch * network.Classes];
        float[] outputs = new float[batch * network.Classes];
        using Evaluator evaluator = new(network, device, batch);
        evaluator.Load(model.Weights);
        IReadOnlyList<Times> times = InterleavedTiming.Measure(
            [() => evaluator.Logits(pictures, logits), () => file.RunNormalized(images, outputs)], groups, runs);
        (Times ours, Times rival) = (times[0], times[1]);
        output.Line(FormattableString.Invariant(
            $"{batch,5}{ours.Min,16:0.000}{ours.Median,10:0.000}{batch * 1000 / ours.Median,10:0}{rival.Min,21:0.000}{rival.Median,10:0.000}{batch * 1000 / rival.Median,10:0}{rival.Median / ours.Median,7:0.00}"));
        return new JsonObject
        {
            ["model"] = network.Name,
            ["batch"] = batch,
            ["threads"] = device.Threads,
            ["ours_ms"] = ours.Median,
            ["ours_min_ms"] = ours.Min,
            ["rival"] = "ONNX Runtime",
            ["rival_ms"] = rival.Median,
            ["rival_min_ms"] = rival.Min,
            ["ratio"] = rival.Median / ours.Median,
        };
    }

    // What a network computes does not change how long it takes, so its first weights will do.
    private static TrainedModel Untrained(Network network, CpuDevice device)
    {
        using StateStore state = device.NewState(network.AtInference(1));
        state.Initialize(seed: 1);
        float[] half = [.. Enumerable.Repeat(0.5f, network.ImageSize.Channels)];
        return new TrainedModel(network, state.ReadAll(), Classes(network), new Normalization(half, half), new JsonObject { ["model"] = network.Name });
    }

    private static ImageSet Pictures(Network network)
    {
        (int channels, int height, int width) = network.ImageSize;
        byte[] pixels = new byte[Samples * channels * height * width];
        new Random(1).NextBytes(pixels);
        return new ImageSet(pixels, new int[Samples], height, width, channels, Classes(network));
    }

    private static string[] Classes(Network network) => [.. Enumerable.Range(0, network.Classes).Select(i => $"class {i}")];
}
