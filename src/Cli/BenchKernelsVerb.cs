using System.CommandLine;
using System.Text.Json.Nodes;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary><c>gimbal bench kernels</c>: every step of a model's training plan, timed; on the CPU beside the least the machine needs for it.</summary>
internal sealed class BenchKernelsVerb : Verb
{
    private readonly ModelFlags _model = new("resnet20");
    private readonly Option<int> _batch = new("--batch") { Description = "images per step", HelpName = "number", DefaultValueFactory = _ => 128 };
    private readonly Option<int> _threads = new("--threads") { Description = "threads; 0: one per processor", HelpName = "number" };
    private readonly Option<string> _device = new("--device") { Description = "auto (the CPU), cpu or cuda", HelpName = "name", DefaultValueFactory = _ => "auto" };
    private readonly Option<string> _precision = new("--precision") { Description = "fp32, or bf16 with --device cuda", HelpName = "name", DefaultValueFactory = _ => "fp32" };
    private readonly Option<bool> _exact = new("--exact") { Description = "convolutions on the CPU term by term, without Winograd's algorithm" };
    private readonly Option<int> _repetitions = new("--repetitions") { Description = "runs of the plan; the shortest time of each step counts", HelpName = "number", DefaultValueFactory = _ => 20 };

    /// <inheritdoc/>
    protected override Command Describe()
    {
        Command command = new("kernels", "time every step of a model's training plan, on the CPU beside the least this machine needs for it") { _batch, _device, _precision, _exact, _threads, _repetitions };
        _model.AddTo(command);
        return command;
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        int repetitions = parsed.GetValue(_repetitions);
        if (repetitions < 1)
        {
            throw new UsageException($"--repetitions: {repetitions} is not 1 or more");
        }

        TrainingOptions options = new TrainingOptions
        {
            Batch = parsed.GetValue(_batch),
            Device = parsed.GetRequiredValue(_device),
            Precision = parsed.GetRequiredValue(_precision),
            Exact = parsed.GetValue(_exact),
            Threads = parsed.GetValue(_threads),
        }.Resolve();
        options.Validate();
        using Device device = Devices.Open(options, output);
        TrainingGraph graph = TrainingGraph.Create(_model.Create(parsed), options.ToStep(options.Batch, classWeights: null)).FusedFor(device);
        using StateStore state = device.NewState(graph.Graph);
        state.Initialize(options.Seed);
        using Plan plan = device.NewPlan(graph.Graph, state, precision: graph.Precision);
        Feed(plan, graph);
        CpuDevice? cpu = device as CpuDevice;
        MachinePeaks? before = cpu?.MeasurePeaks();
        IReadOnlyList<StepTime> times = plan.Time(repetitions);
        Report($"{graph.Graph.Name}, batch {options.Batch}, {options.Precision}, {device.Description}", before?.Best(cpu!.MeasurePeaks()), times, output, new JsonObject
        {
            ["model"] = graph.Graph.Name,
            ["batch"] = options.Batch,
            ["precision"] = options.Precision,
            ["device"] = device.Description,
        });
        return ExitCode.Done;
    }

    // Pictures of noise, any labels, and a learning rate of 0: the weights stay as they are however often the plan runs.
    private static void Feed(Plan plan, TrainingGraph graph)
    {
        Philox random = new(seed: 1, stream: 1);
        float[] images = [.. Enumerable.Range(0, graph.Images.Shape.Count).Select(i => random.Normal(0, (ulong)i))];
        plan.Write(graph.Images, images);
        plan.Write(graph.Labels, [.. Enumerable.Range(0, graph.Labels.Shape.Count).Select(i => i % 2)]);
        plan.Write(graph.LearningRate, [0f]);
        if (graph.Random is { } numbers)
        {
            plan.Write(numbers, [1, 0, 0]);
        }
    }

    // What a card needs at least nobody has measured: its steps have no floor.
    private static void Report(string title, MachinePeaks? peaks, IReadOnlyList<StepTime> times, Output output, JsonObject document)
    {
        output.Line(peaks is null ? title : $"{title}; peaks {peaks}");
        if (peaks is not null)
        {
            output.Line(OpCostText.Convention);
        }

        output.Line();
        output.Line($"{"node",-60} {"ms",9} {"floor",9} {"times",6}  steps");
        JsonArray nodes = [];
        double total = 0;
        double floors = 0;
        foreach (IGrouping<Node, StepTime> node in times.GroupBy(time => time.Node))
        {
            OpCost cost = node.Key.Cost;
            double ms = node.Sum(time => time.Shortest.TotalMilliseconds);
            double floor = (peaks?.FloorSeconds(cost.Flop, cost.Bytes) ?? 0) * 1000;
            (total, floors) = (total + ms, floors + floor);
            output.Line(FormattableString.Invariant(
                $"{node.Key.Name,-60} {ms,9:0.000} {Floor(floor),9} {Times(ms, floor),6}  {string.Join(", ", node.Select(time => $"{time.Step} x{time.Chunks} {time.Shortest.TotalMilliseconds:0.000}"))}"));
            nodes.Add(new JsonObject
            {
                ["node"] = node.Key.Name,
                ["op"] = node.Key.Op.Name,
                ["ms"] = ms,
                ["floor_ms"] = peaks is null ? null : floor,
                ["flop"] = cost.Flop,
                ["bytes"] = cost.Bytes,
                ["steps"] = new JsonArray([.. node.Select(time => new JsonObject { ["name"] = time.Step, ["chunks"] = time.Chunks, ["ms"] = time.Shortest.TotalMilliseconds })]),
            });
        }

        output.Line(FormattableString.Invariant($"{"total",-60} {total,9:0.000} {Floor(floors),9} {Times(total, floors),6}"));
        document["ms"] = total;
        document["floor_ms"] = peaks is null ? null : floors;
        document["peaks"] = peaks is null ? null : OpCostText.Document(peaks);
        document["nodes"] = nodes;
        output.Document(document);
    }

    private static string Floor(double ms) => ms == 0 ? "-" : FormattableString.Invariant($"{ms:0.000}");

    // Below a microsecond the floor is that of starting anything at all.
    private static string Times(double ms, double floor) => floor < 0.001 ? "-" : FormattableString.Invariant($"{ms / floor:0.0}");
}
