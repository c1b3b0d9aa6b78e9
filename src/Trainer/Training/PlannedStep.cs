using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;

namespace Gimbal.Trainer.Training;

/// <summary>One form of a training step on a device.</summary>
internal sealed class PlannedStep : IDisposable
{
    private readonly Plan _plan;
    private readonly Value _images;
    private readonly Value _labels;
    private readonly Value _rate;
    private readonly Value? _random;

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
        _plan = device.NewPlan(graph.Graph, state, host?._plan);
    }

    /// <summary>What is computed.</summary>
    public TrainingGraph Graph { get; }

    /// <summary>Bytes of activations, gradients and temporaries.</summary>
    public long MemoryBytes => _plan.MemoryBytes;

    /// <summary>Sets the pictures.</summary>
    public void Write(ImageBatch batch) => batch.WriteTo(_plan, _images);

    /// <summary>Sets the pictures, in logical order.</summary>
    public void Write(ReadOnlySpan<float> images) => _plan.Write(_images, images);

    /// <summary>Runs the step on the pictures that are set.</summary>
    public StepResult Run(ReadOnlySpan<int> labels, double rate, long step, ulong seed)
    {
        _plan.Write(_labels, labels);
        _plan.Write(_rate, [(float)rate]);
        if (_random is { } random)
        {
            _plan.Write(random, [(int)(uint)seed, (int)(uint)(seed >> 32), (int)step]);
        }

        _plan.Run();
        return new StepResult(Scalar(Graph.Loss), (int)Scalar(Graph.Correct), Scalar(Graph.Norm));
    }

    /// <summary>Copies an output of the last run.</summary>
    public void Read(Value output, Span<float> elements) => _plan.Read(output, elements);

    /// <inheritdoc/>
    public void Dispose() => _plan.Dispose();

    private float Scalar(Value value)
    {
        Span<float> scalar = [0];
        _plan.Read(value, scalar);
        return scalar[0];
    }
}
