using System.CommandLine;
using System.Text.Json.Nodes;
using Gimbal.Export;
using Gimbal.Inference;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary><c>gimbal inspect</c>: graph, plan, memory and parameters of a model, a run or a file.</summary>
internal sealed class InspectVerb : Verb
{
    private readonly Argument<string?> _source = new("RUN|MODEL.onnx") { Description = "run folder, checkpoint or model file", Arity = ArgumentArity.ZeroOrOne };
    private readonly ModelFlags _model = new(standard: null);
    private readonly Option<int?> _batch = new("--batch") { Description = "images per step [default: the run's, else 128]", HelpName = "number" };
    private readonly Option<bool> _plan = new("--plan") { Description = "print the training step's plan, one line per parallel loop" };
    private readonly Option<bool> _cost = new("--cost") { Description = "print what each node of the training step costs, and the least time this machine, or a card, needs for it" };
    private readonly Option<string> _device = new("--device") { Description = "auto (the CPU), cpu or cuda; no card is needed", HelpName = "name", DefaultValueFactory = _ => "auto" };
    private readonly Option<string> _precision = new("--precision") { Description = "fp32, or bf16 with --device cuda", HelpName = "name", DefaultValueFactory = _ => "fp32" };
    private readonly CardFlags _card = new();

    /// <inheritdoc/>
    protected override Command Describe()
    {
        Command command = new("inspect", "print the graph, the memory and the parameters of a model, a run or a file") { _source, _batch, _plan, _cost, _device, _precision };
        _model.AddTo(command);
        _card.AddTo(command);
        return command;
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        string? source = parsed.GetValue(_source);
        if ((source is null) == (_model.Name(parsed) is null))
        {
            throw new UsageException("inspect: name a run, a file or --model NAME, and only one of them");
        }

        if (source is not null && source.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            InspectFile(source, output);
            return ExitCode.Done;
        }

        SavedRun? run = source is null ? null : SavedRuns.Load(source, CheckpointChoice.Last, output);
        Network network = run?.Network ?? _model.Create(parsed);
        TrainingOptions options = run?.Options ?? new TrainingOptions().Resolve();
        options = options with { Batch = parsed.GetValue(_batch) ?? options.Batch, Device = parsed.GetRequiredValue(_device), Precision = parsed.GetRequiredValue(_precision) };
        options.Validate();
        bool isCosted = parsed.GetValue(_cost);
        if (options.Device != "cuda" || !isCosted)
        {
            _card.Refuse(parsed);
        }

        if (options.Device == "cuda")
        {
            InspectForCard(network, options, parsed.GetValue(_plan), isCosted ? _card.Read(parsed) : null, output);
            return ExitCode.Done;
        }

        InspectNetwork(network, options, parsed.GetValue(_plan), isCosted, output);
        return ExitCode.Done;
    }

    private static void InspectFile(string path, Output output)
    {
        using ImageClassifier file = ImageClassifier.Load(path);
        ModelMetadata metadata = file.Metadata;
        OnnxText text = OnnxText.Of(File.ReadAllBytes(path));
        output.Line(Output.PrintableLines(text.Text), isBlock: true);
        output.Line(FormattableString.Invariant($"{path}: opset {text.Opset}, IR {text.IrVersion}, {text.Parameters:N0} constants"));
        output.Line($"          {metadata.Classes.Count} classes, input {metadata.Input} {metadata.Height}x{metadata.Width}x{metadata.Channels}, output {metadata.Output}, {metadata.Golden.Count} golden samples");
        output.Line($"classes   {string.Join(", ", metadata.Classes)}");
        output.Line(FormattableString.Invariant($"mean      {string.Join(", ", metadata.Mean)}   std {string.Join(", ", metadata.Std)}"));
        output.Line($"training  {metadata.Training}");
        output.Document(new JsonObject
        {
            ["classes"] = new JsonArray([.. metadata.Classes.Select(name => (JsonNode)name)]),
            ["training"] = JsonNode.Parse(metadata.Training),
            ["opset"] = text.Opset,
            ["ir_version"] = text.IrVersion,
            ["parameters"] = text.Parameters,
        });
    }

    private static void InspectNetwork(Network network, TrainingOptions options, bool withPlan, bool withCost, Output output)
    {
        using CpuDevice device = new(1);
        TrainingGraph graph = Step(network, options).FusedFor(device);
        using StateStore state = device.NewState(graph.Graph);
        using Plan plan = device.NewPlan(graph.Graph, state);
        output.Line(GraphText.Print(network.AtInference(1)), isBlock: true);
        if (withPlan)
        {
            output.Line(string.Join('\n', plan.Listing), isBlock: true);
        }

        JsonObject? cost = withCost ? Cost(graph.Graph, options.Threads, output) : null;
        Report(network, options, graph.Graph, plan.Listing.Count, "steps", state.MemoryBytes, plan.MemoryBytes, cost, output);
    }

    private static void InspectForCard(Network network, TrainingOptions options, bool withPlan, CardCost? costs, Output output)
    {
        TrainingGraph step = Step(network, options);
        Graph graph = step.FusedForCuda().Graph;
        CudaListing listing = new(graph, step.Precision);
        output.Line(GraphText.Print(network.AtInference(1)), isBlock: true);
        if (withPlan)
        {
            output.Line(string.Join('\n', listing.Nodes.SelectMany(node => node.Launches).Select(launch => launch.Text)), isBlock: true);
        }

        JsonObject? cost = null;
        if (costs is not null)
        {
            CudaListing unfused = new(step.Graph, step.Precision);
            output.Line(string.Join('\n', costs.Lines(listing, unfused)), isBlock: true);
            cost = costs.Document(listing, unfused);
        }

        Report(network, options, graph, listing.LaunchCount, "launches", listing.StateBytes, listing.PlanBytes, cost, output);
    }

    private static TrainingGraph Step(Network network, TrainingOptions options)
    {
        // What the weights are hangs on the data and does not matter here.
        float[]? weights = options.ClassWeights == ClassWeighting.None ? null : [.. Enumerable.Repeat(1f, network.Classes)];
        return TrainingGraph.Create(network, options.ToStep(options.Batch, weights));
    }

    private static void Report(
        Network network, TrainingOptions options, Graph graph, int steps, string stepName, long stateBytes, long planBytes, JsonObject? cost, Output output)
    {
        output.Line(FormattableString.Invariant(
            $"{network.Name}: {network.ParameterCount:N0} parameters; training with batch {options.Batch}: {graph.Nodes.Count} nodes, {steps} {stepName}, {(stateBytes + planBytes) / 1048576.0:N1} MiB"));
        output.Document(new JsonObject
        {
            ["cost"] = cost,
            ["model"] = network.Name,
            ["parameters"] = network.ParameterCount,
            ["nodes"] = graph.Nodes.Count,
            [stepName] = steps,
            ["state_bytes"] = stateBytes,
            ["plan_bytes"] = planBytes,
        });
    }

    private static JsonObject Cost(Graph graph, int threads, Output output)
    {
        using CpuDevice device = new(threads);
        MachinePeaks peaks = device.MeasurePeaks();
        output.Line(string.Join('\n', OpCostText.Lines(graph, peaks)), isBlock: true);
        output.Line($"{device.Description}; peaks {peaks}");
        output.Line(OpCostText.Convention);
        return OpCostText.Document(graph, peaks);
    }
}
