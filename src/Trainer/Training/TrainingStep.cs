using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;

namespace Gimbal.Trainer.Training;

/// <summary>What one step reports.</summary>
/// <param name="Loss">Mean loss of the batch before the update.</param>
/// <param name="Correct">Images of the batch classified right before the update.</param>
/// <param name="Norm">Norm of all gradients before clipping.</param>
public readonly record struct StepResult(float Loss, int Correct, float Norm)
{
    /// <summary>Whether the step updated the weights.</summary>
    public bool IsFinite => float.IsFinite(Loss) && float.IsFinite(Norm);
}

/// <summary>A training graph on a device, ready to be fed.</summary>
public sealed class TrainingStep : IDisposable
{
    private readonly Plan _plan;
    private readonly Value _images;
    private readonly Value _labels;
    private readonly Value _rate;
    private readonly Value? _random;
    private readonly ulong _seed;

    /// <summary>Plans <paramref name="graph"/>.</summary>
    /// <param name="graph">The step.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="state">Weights, running statistics, optimiser state.</param>
    /// <param name="seed">Seed of random ops.</param>
    public TrainingStep(TrainingGraph graph, Device device, StateStore state, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(device);
        (Graph, _seed) = (graph.FusedFor(device), seed);
        // Looked up once: a step allocates nothing.
        (_images, _labels, _rate, _random) = (Graph.Images, Graph.Labels, Graph.LearningRate, Graph.Random);
        _plan = device.NewPlan(Graph.Graph, state);
    }

    /// <summary>What is computed, as the device plans it.</summary>
    public TrainingGraph Graph { get; }

    /// <summary>Bytes of activations, gradients and temporaries.</summary>
    public long MemoryBytes => _plan.MemoryBytes;

    /// <summary>Runs one step. Allocates nothing.</summary>
    /// <param name="batch">Pictures and labels.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the step, from 0; random ops draw by it.</param>
    public StepResult Run(ImageBatch batch, double rate, long step)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _plan.WriteChannelsLast(_images, batch.Images);
        return Run(batch.Labels, rate, step);
    }

    /// <summary>Runs one step on images in logical order. Allocates nothing.</summary>
    /// <param name="images">Normalised, [N,C,H,W].</param>
    /// <param name="labels">[N].</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the step, from 0; random ops draw by it.</param>
    public StepResult Run(ReadOnlySpan<float> images, ReadOnlySpan<int> labels, double rate, long step)
    {
        _plan.Write(_images, images);
        return Run(labels, rate, step);
    }

    /// <summary>Name of the first parameter whose gradient was not finite in the last step, or null.</summary>
    public string? FirstNonFiniteGradient()
    {
        float[] norms = new float[Graph.Norms.Shape.Count];
        _plan.Read(Graph.Norms, norms);
        int first = Array.FindIndex(norms, norm => !float.IsFinite(norm));
        return first < 0 ? null : Graph.Graph.Parameters[first].Name;
    }

    /// <inheritdoc/>
    public void Dispose() => _plan.Dispose();

    private StepResult Run(ReadOnlySpan<int> labels, double rate, long step)
    {
        _plan.Write(_labels, labels);
        _plan.Write(_rate, [(float)rate]);
        if (_random is { } random)
        {
            _plan.Write(random, [(int)(uint)_seed, (int)(uint)(_seed >> 32), (int)step]);
        }

        _plan.Run();
        return new StepResult(Scalar(Graph.Loss), (int)Scalar(Graph.Correct), Scalar(Graph.Norm));
    }

    private float Scalar(Value value)
    {
        Span<float> scalar = [0];
        _plan.Read(value, scalar);
        return scalar[0];
    }
}
