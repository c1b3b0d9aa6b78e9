using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Ops;

namespace Gimbal.Trainer.Training;

/// <summary>Keeps what the last measured step measured.</summary>
internal sealed class HealthMeter
{
    // Outputs in front of the signals are those of every step.
    private const int FirstSignal = 5;

    private readonly TrainingGraph _graph;
    private readonly IReadOnlyList<Value> _signals;
    private readonly float[] _numbers;
    private readonly float[] _norms;
    private readonly float[] _updateNorms;
    private StepResult _result;
    private long _step;

    /// <summary>Makes room for what <paramref name="graph"/> measures.</summary>
    public HealthMeter(TrainingGraph graph)
    {
        _graph = graph;
        _signals = [.. graph.Graph.Outputs.Skip(FirstSignal)];
        _numbers = new float[_signals.Count * SignalMeasure.Numbers];
        _norms = new float[graph.Norms.Shape.Count];
        _updateNorms = new float[graph.UpdateNorms.Shape.Count];
    }

    /// <summary>Copies what a step measured. Allocates nothing.</summary>
    public void Take(PlannedStep measured, StepResult result, long step)
    {
        (_result, _step) = (result, step);
        measured.Read(_graph.Norms, _norms);
        measured.Read(_graph.UpdateNorms, _updateNorms);
        for (int i = 0; i < _signals.Count; i++)
        {
            measured.Read(_signals[i], _numbers.AsSpan(i * SignalMeasure.Numbers, SignalMeasure.Numbers));
        }
    }

    /// <summary>What was measured last.</summary>
    public HealthReading Read() => new(_step, _result.Loss, _result.Norm, [.. _graph.Layers.Select(ReadLayer)]);

    private LayerHealth ReadLayer(MeasuredLayer layer) => new(
        layer.Layer,
        ReadSignal(layer.Activation, layer.ActivationCount),
        ReadSignal(layer.Gradient, layer.GradientCount),
        _updateNorms[layer.Weight],
        _norms[layer.Weight],
        _updateNorms[_norms.Length + layer.Weight]);

    private SignalStatistics ReadSignal(int output, int count)
    {
        ReadOnlySpan<float> numbers = _numbers.AsSpan((output - FirstSignal) * SignalMeasure.Numbers, SignalMeasure.Numbers);
        return new SignalStatistics(count, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }
}
