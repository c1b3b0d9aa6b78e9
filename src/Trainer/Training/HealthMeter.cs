using Gimbal.Trainer.Health;
using Gimbal.Trainer.Ops;

namespace Gimbal.Trainer.Training;

/// <summary>Keeps what the last measured step measured.</summary>
internal sealed class HealthMeter
{
    // Outputs in front of the signals: loss, images that were classified right, norm, norms, norms of the update.
    private const int FirstSignal = 5;

    private readonly TrainingGraph _graph;
    private readonly float[] _results;
    private long _step;

    /// <summary>Makes room for what <paramref name="graph"/> measures.</summary>
    public HealthMeter(TrainingGraph graph)
    {
        _graph = graph;
        _results = new float[graph.Graph.Outputs.Sum(output => output.Shape.Count)];
    }

    private int Parameters => _graph.Norms.Shape.Count;

    /// <summary>Copies what a step measured. Allocates nothing.</summary>
    /// <param name="results">All outputs of the step, one after the other.</param>
    /// <param name="step">Its number, from 0.</param>
    public void Take(ReadOnlySpan<float> results, long step)
    {
        results.CopyTo(_results);
        _step = step;
    }

    /// <summary>What was measured last.</summary>
    public HealthReading Read() => new(_step, _results[0], _results[2], [.. _graph.Layers.Select(ReadLayer)]);

    private LayerHealth ReadLayer(MeasuredLayer layer)
    {
        ReadOnlySpan<float> norms = _results.AsSpan(TrainingGraph.FirstNorm, Parameters);
        ReadOnlySpan<float> updateNorms = _results.AsSpan(TrainingGraph.FirstNorm + Parameters, 2 * Parameters);
        return new LayerHealth(
            layer.Layer,
            ReadSignal(layer.Activation, layer.ActivationCount),
            ReadSignal(layer.Gradient, layer.GradientCount),
            updateNorms[layer.Weight],
            norms[layer.Weight],
            updateNorms[Parameters + layer.Weight]);
    }

    private SignalStatistics ReadSignal(int output, int count)
    {
        int first = TrainingGraph.FirstNorm + (3 * Parameters) + ((output - FirstSignal) * SignalMeasure.Numbers);
        ReadOnlySpan<float> numbers = _results.AsSpan(first, SignalMeasure.Numbers);
        return new SignalStatistics(count, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }
}
