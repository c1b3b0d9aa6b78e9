using System.Runtime.InteropServices;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;

namespace Gimbal.Trainer.Training;

/// <summary>One form of a training step on a device.</summary>
internal sealed class PlannedStep : IDisposable
{
    /// <summary>Steps, or series of steps, whose results may be outstanding: one that runs, and one that is queued behind it.</summary>
    public const int Slots = RunSeries.Sides;

    private readonly Plan _plan;
    private readonly Value _images;
    private readonly Value _labels;
    private readonly Value _rate;
    private readonly Value? _random;
    private readonly Readback[] _results = new Readback[Slots];
    private RunSeries? _series;
    private DevicePictures? _seriesOf;

    /// <summary>Plans <paramref name="graph"/>, which is fused for the device.</summary>
    /// <param name="graph">The step.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="state">Weights, running statistics, optimiser state.</param>
    /// <param name="host">The form whose arena this one may share.</param>
    public PlannedStep(TrainingGraph graph, Device device, StateStore state, PlannedStep? host = null)
    {
        Graph = graph;
        // Looked up once: a step allocates nothing.
        (_images, _labels, _rate, _random) = (graph.Images, graph.Labels, graph.LearningRate, graph.Random);
        _plan = device.NewPlan(graph.Graph, state, host?._plan, graph.Precision);
        for (int slot = 0; slot < Slots; slot++)
        {
            _results[slot] = _plan.NewReadback(graph.Graph.Outputs);
        }
    }

    /// <summary>What is computed.</summary>
    public TrainingGraph Graph { get; }

    /// <summary>Bytes of activations, gradients and temporaries.</summary>
    public long MemoryBytes => _plan.MemoryBytes;

    /// <summary>Sets the pictures.</summary>
    public void Write(ImageBatch batch) => batch.WriteTo(_plan, _images);

    /// <summary>Sets the pictures, in logical order.</summary>
    public void Write(ReadOnlySpan<float> images) => _plan.Write(_images, images);

    /// <summary>Starts the step on the pictures that are set. Its results go to one of <see cref="Slots"/> places, until that is used again.</summary>
    public void Start(ReadOnlySpan<int> labels, double rate, long step, ulong seed, int slot)
    {
        _plan.Write(_labels, labels);
        _plan.Write(_rate, [(float)rate]);
        if (_random is { } random)
        {
            _plan.Write(random, [(int)(uint)seed, (int)(uint)(seed >> 32), (int)step]);
        }

        _plan.Run();
        _results[slot].Take();
    }

    /// <summary>Steps that the device takes in one call on pictures it keeps; 1 where each is started by itself.</summary>
    public int SeriesLength(DevicePictures pictures)
    {
        if (_seriesOf is not null && _seriesOf != pictures)
        {
            throw new InvalidOperationException("the batch is of other pictures than those that the steps were recorded for");
        }

        if (_seriesOf is null)
        {
            _series = _plan.NewSeries(pictures, _images, _random is null ? [_labels, _rate] : [_labels, _rate, _random], Graph.Graph.Outputs);
            _seriesOf = pictures;
        }

        return _series?.Length ?? 1;
    }

    /// <summary>Sets one step of the next series.</summary>
    public void Write(ImageBatch batch, double rate, long step, ulong seed, int run)
    {
        RunSeries series = _series!;
        series.Write(run, batch.Rows);
        series.Write(run, 0, MemoryMarshal.AsBytes(batch.Labels));
        series.Write(run, 1, MemoryMarshal.AsBytes([(float)rate]));
        if (_random is not null)
        {
            series.Write(run, 2, MemoryMarshal.AsBytes([(int)(uint)seed, (int)(uint)(seed >> 32), (int)step]));
        }
    }

    /// <summary>Starts the steps that are set. Their results go to one of <see cref="Slots"/> places, until that is used again.</summary>
    public void StartSeries(int steps, int slot) => _series!.Run(steps, slot);

    /// <summary>Waits for the results of a step of the series that was started last with a slot.</summary>
    public ReadOnlySpan<float> WaitInSeries(int run, int slot) => _series!.Wait(run, slot);

    /// <summary>Waits, once, for the results of the step that was started last with a slot: all outputs of <see cref="Graph"/>, one after the other.</summary>
    public ReadOnlySpan<float> Wait(int slot) => _results[slot].Wait();

    /// <inheritdoc/>
    public void Dispose()
    {
        _series?.Dispose();
        foreach (Readback result in _results)
        {
            result.Dispose();
        }

        _plan.Dispose();
    }
}
