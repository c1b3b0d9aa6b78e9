using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Health;
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

/// <summary>A training graph on a device, ready to be fed. Some steps may measure the health of the layers: they train the same, to the bit.</summary>
public sealed class TrainingStep : IDisposable
{
    private readonly TrainingGraph _graph;
    private readonly Device _device;
    private readonly StateStore _state;
    private readonly ulong _seed;
    private PlannedStep _plain;
    private PlannedStep? _measured;
    private PlannedStep _last;
    private HealthMeter? _meter;
    private bool _hasReading;

    /// <summary>Plans <paramref name="graph"/>.</summary>
    /// <param name="graph">The step.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="state">Weights, running statistics, optimiser state.</param>
    /// <param name="seed">Seed of random ops.</param>
    public TrainingStep(TrainingGraph graph, Device device, StateStore state, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(device);
        (_graph, _device, _state, _seed) = (graph, device, state, seed);
        _plain = new PlannedStep(graph.FusedFor(device), device, state);
        _last = _plain;
    }

    /// <summary>What is computed, as the device plans it.</summary>
    public TrainingGraph Graph => _plain.Graph;

    /// <summary>Bytes of activations, gradients and temporaries.</summary>
    public long MemoryBytes => _plain.MemoryBytes + (_measured?.MemoryBytes ?? 0);

    /// <summary>What the last measured step measured.</summary>
    /// <exception cref="InvalidOperationException">No step was measured.</exception>
    public HealthReading Health => _hasReading ? _meter!.Read() : throw new InvalidOperationException("no step was measured");

    /// <summary>Runs one step. Allocates nothing, but for the first that is measured.</summary>
    /// <param name="batch">Pictures and labels.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the step, from 0; random ops draw by it.</param>
    /// <param name="isMeasured">Whether <see cref="Health"/> is measured on the way.</param>
    public StepResult Run(ImageBatch batch, double rate, long step, bool isMeasured = false)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Choose(isMeasured).Write(batch);
        return Run(batch.Labels, rate, step);
    }

    /// <summary>Runs one step on images in logical order. Allocates nothing, but for the first that is measured.</summary>
    /// <param name="images">Normalised, [N,C,H,W].</param>
    /// <param name="labels">[N].</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the step, from 0; random ops draw by it.</param>
    /// <param name="isMeasured">Whether <see cref="Health"/> is measured on the way.</param>
    public StepResult Run(ReadOnlySpan<float> images, ReadOnlySpan<int> labels, double rate, long step, bool isMeasured = false)
    {
        Choose(isMeasured).Write(images);
        return Run(labels, rate, step);
    }

    /// <summary>Name of the first parameter whose gradient was not finite in the last step, or null.</summary>
    public string? FirstNonFiniteGradient()
    {
        float[] norms = new float[_last.Graph.Norms.Shape.Count];
        _last.Read(_last.Graph.Norms, norms);
        int first = Array.FindIndex(norms, norm => !float.IsFinite(norm));
        return first < 0 ? null : _last.Graph.Graph.Parameters[first].Name;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plain.Dispose();
        _measured?.Dispose();
    }

    private PlannedStep Choose(bool isMeasured)
    {
        if (isMeasured && _measured is null)
        {
            // The measured form needs a little more room, so it owns the arena that both share.
            TrainingGraph plain = _plain.Graph;
            _plain.Dispose();
            _measured = new PlannedStep(_graph.Measured().FusedFor(_device), _device, _state);
            _plain = new PlannedStep(plain, _device, _state, _measured);
            _meter = new HealthMeter(_measured.Graph);
        }

        return _last = isMeasured ? _measured! : _plain;
    }

    private StepResult Run(ReadOnlySpan<int> labels, double rate, long step)
    {
        StepResult result = _last.Run(labels, rate, step, _seed);
        if (_last == _measured)
        {
            _meter!.Take(_measured, result, step);
            _hasReading = true;
        }

        return result;
    }
}
