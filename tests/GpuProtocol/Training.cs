using System.Diagnostics;
using System.Text.Json.Nodes;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.GpuProtocol;

/// <summary>Training steps from a start, on one device.</summary>
internal sealed class Training : IDisposable
{
    private const int Rounds = 3;

    private readonly Start _start;
    private readonly string _precision;
    private readonly Device _device;
    private readonly TrainingGraph _graph;
    private readonly StateStore _state;
    private readonly Plan _plan;
    private readonly float[] _images;
    private readonly int[] _labels;

    /// <summary>Plans the step and takes over the start's weights.</summary>
    /// <exception cref="OptionsException">The device does not compute in that precision.</exception>
    public Training(Start start, string device, string precision)
    {
        (_start, _precision) = (start, precision);
        _device = device == "cuda" ? new CudaDevice() : new CpuDevice();
        TrainingOptions options = new() { Device = device, Precision = precision };
        options.Validate();
        _graph = TrainingGraph.Create(start.Network, start.Step with { Precision = options.ToPrecision() }).FusedFor(_device);
        _state = _device.NewState(_graph.Graph);
        _state.Initialize(0);
        foreach (StoredTensor stored in start.File.Tensors.Where(tensor => _state.States.Any(state => state.Name == tensor.Name)))
        {
            _state.Write(stored.Name, new Tensor(_state.Read(stored.Name).Shape, stored.ValuesAs<float>()));
        }

        _plan = _device.NewPlan(_graph.Graph, _state, precision: _graph.Precision);
        (_images, _labels) = (start[Start.ImagesName].ValuesAs<float>(), start[Start.LabelsName].ValuesAs<int>());
        _plan.Write(_graph.LearningRate, [start.Rate]);
    }

    private int Batches => _labels.Length / _start.Batch;

    /// <summary>Trains and prints the loss of each step.</summary>
    public void PrintLosses(int steps)
    {
        if (steps == 0)
        {
            return;
        }

        JsonArray losses = [];
        for (int step = 0; step < steps; step++)
        {
            Feed(step);
            _plan.Run();
            losses.Add(Answer.Number(Loss()));
        }

        Answer.Print(Named(new JsonObject { ["losses"] = losses }));
    }

    /// <summary>Prints how long a step takes: alone, one replay behind the other, and fed with a batch from the host and asked for its loss.</summary>
    public void PrintTimes(int warmUp, int steps)
    {
        if (steps == 0)
        {
            return;
        }

        Feed(0);
        _ = Microseconds(warmUp, _ => { });
        double[] alone = [.. Enumerable.Range(0, Rounds).Select(_ => Microseconds(steps, _ => { })).Order()];
        double[] fed = [.. Enumerable.Range(0, Rounds).Select(_ => Microseconds(steps, step =>
        {
            Loss();
            Feed(step);
        })).Order()];
        Answer.Print(Named(new JsonObject
        {
            ["us_per_step"] = alone[Rounds / 2],
            ["us_per_step_rounds"] = new JsonArray([.. alone.Select(us => (JsonNode)us)]),
            ["us_per_fed_step"] = fed[Rounds / 2],
            ["images_per_second"] = _start.Batch / alone[Rounds / 2] * 1e6,
            ["launches"] = _plan.Listing.Count,
            ["memory_bytes"] = _plan.MemoryBytes + _state.MemoryBytes,
            ["last_loss"] = Answer.Number(Loss()),
        }));
    }

    public void Dispose()
    {
        _plan.Dispose();
        _state.Dispose();
        _device.Dispose();
    }

    private double Microseconds(int steps, Action<int> before)
    {
        // Reading waits for the device.
        Loss();
        long start = Stopwatch.GetTimestamp();
        for (int step = 0; step < steps; step++)
        {
            before(step);
            _plan.Run();
        }

        Loss();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / Math.Max(steps, 1);
    }

    private void Feed(int step)
    {
        int batch = step % Batches;
        int elements = _graph.Images.Shape.Count;
        _plan.Write(_graph.Images, _images.AsSpan(batch * elements, elements));
        _plan.Write(_graph.Labels, _labels.AsSpan(batch * _start.Batch, _start.Batch));
    }

    private float Loss()
    {
        Span<float> loss = [0];
        _plan.Read(_graph.Loss, loss);
        return loss[0];
    }

    private JsonObject Named(JsonObject answer)
    {
        answer["model"] = _start.Network.Name;
        answer["batch"] = _start.Batch;
        answer["precision"] = _precision;
        answer["device"] = _device.Description;
        return answer;
    }
}
