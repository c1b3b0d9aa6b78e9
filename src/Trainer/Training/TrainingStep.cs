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
/// <remarks>
/// <see cref="Run(ImageBatch, double, long, bool)"/> is <see cref="Start(ImageBatch, double, long, bool)"/> and <see cref="Finish"/>. A device that computes while the host goes on never waits for it where
/// the next step is started before the last is finished. Where the device keeps the pictures, it takes several steps in one call: they begin when as many are started, or when
/// one of them is to be finished.
/// </remarks>
public sealed class TrainingStep : IDisposable
{
    private readonly TrainingGraph _graph;
    private readonly Device _device;
    private readonly StateStore _state;
    private readonly ulong _seed;
    private PlannedStep _plain;
    private PlannedStep? _measured;
    private readonly float[] _norms;
    private readonly StartedSteps[] _started = new StartedSteps[PlannedStep.Slots];
    private long _calls;
    private long _finishedCalls;
    // Steps of the next series that are set and have not begun.
    private int _waiting;
    private long _measuredStep;
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
        _norms = new float[graph.Norms.Shape.Count];
    }

    /// <summary>What is computed, as the device plans it.</summary>
    public TrainingGraph Graph => _plain.Graph;

    /// <summary>Bytes of activations, gradients and temporaries.</summary>
    public long MemoryBytes => _plain.MemoryBytes + (_measured?.MemoryBytes ?? 0);

    /// <summary>What the last measured step measured.</summary>
    /// <exception cref="InvalidOperationException">No step was measured.</exception>
    public HealthReading Health => _hasReading ? _meter!.Read() : throw new InvalidOperationException("no step was measured");

    /// <summary>Steps that were started and not finished.</summary>
    public int Outstanding => _started[0].Left + _started[1].Left + _waiting;

    /// <summary>Steps that may stay outstanding while the device has one to go on with: what was called last, and all while a series fills.</summary>
    public int Ahead => _waiting > 0 ? Outstanding : _calls > _finishedCalls ? _started[(_calls - 1) % PlannedStep.Slots].Left : 0;

    /// <summary>Runs one step. Allocates nothing, but for the first that is measured.</summary>
    /// <inheritdoc cref="Start(ImageBatch, double, long, bool)" path="/param"/>
    public StepResult Run(ImageBatch batch, double rate, long step, bool isMeasured = false)
    {
        Start(batch, rate, step, isMeasured);
        return Finish();
    }

    /// <summary>Runs one step on images in logical order. Allocates nothing, but for the first that is measured.</summary>
    /// <param name="images">Normalised, [N,C,H,W].</param>
    /// <param name="labels">[N].</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the step, from 0; random ops draw by it.</param>
    /// <param name="isMeasured">Whether <see cref="Health"/> is measured on the way.</param>
    public StepResult Run(ReadOnlySpan<float> images, ReadOnlySpan<int> labels, double rate, long step, bool isMeasured = false)
    {
        PlannedStep planned = Choose(isMeasured);
        planned.Write(images);
        Start(planned, labels, rate, step);
        return Finish();
    }

    /// <summary>Starts one step. Allocates nothing, but for the first that is measured.</summary>
    /// <param name="batch">Pictures and labels; it may be filled again at once.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">Number of the step, from 0; random ops draw by it.</param>
    /// <param name="isMeasured">Whether <see cref="Health"/> is measured on the way; no other step may be outstanding beside one that measures.</param>
    /// <exception cref="InvalidOperationException">Two calls of the device are outstanding, or a step beside this that measures.</exception>
    public void Start(ImageBatch batch, double rate, long step, bool isMeasured = false)
    {
        ArgumentNullException.ThrowIfNull(batch);
        PlannedStep planned = Choose(isMeasured);
        int length = batch.Resident is { } pictures && !isMeasured ? planned.SeriesLength(pictures) : 1;
        if (length > 1)
        {
            planned.Write(batch, rate, step, _seed, _waiting++);
            if (_waiting == length)
            {
                StartWaiting();
            }
        }
        else
        {
            planned.Write(batch);
            Start(planned, batch.Labels, rate, step);
        }
    }

    /// <summary>Takes back the steps that were started and have not begun: they are as if they had never been.</summary>
    public void TakeBack() => _waiting = 0;

    /// <summary>Waits for the earliest step that is not finished.</summary>
    /// <exception cref="InvalidOperationException">None is outstanding.</exception>
    public StepResult Finish()
    {
        if (Outstanding == 0)
        {
            throw new InvalidOperationException("no step was started");
        }

        if (_waiting > 0 && _calls - _finishedCalls < PlannedStep.Slots)
        {
            StartWaiting();
        }

        int slot = (int)(_finishedCalls % PlannedStep.Slots);
        ref StartedSteps started = ref _started[slot];
        PlannedStep planned = started.Planned;
        ReadOnlySpan<float> results = started.IsSeries ? planned.WaitInSeries(started.Count - started.Left, slot) : planned.Wait(slot);
        started.Left--;
        _finishedCalls += started.Left == 0 ? 1 : 0;
        StepResult result = new(results[0], (int)results[1], results[2]);
        results.Slice(TrainingGraph.FirstNorm, _norms.Length).CopyTo(_norms);
        if (planned == _measured)
        {
            _meter!.Take(results, _measuredStep);
            _hasReading = true;
        }

        return result;
    }

    /// <summary>Name of the first parameter whose gradient was not finite in the step that was finished last, or null.</summary>
    public string? FirstNonFiniteGradient()
    {
        int first = Array.FindIndex(_norms, norm => !float.IsFinite(norm));
        return first < 0 ? null : _graph.Graph.Parameters[first].Name;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plain.Dispose();
        _measured?.Dispose();
    }

    private PlannedStep Choose(bool isMeasured)
    {
        bool isFull = _calls - _finishedCalls == PlannedStep.Slots;
        if (Outstanding > 0 && (isMeasured || isFull || (_calls > _finishedCalls && _started[(_calls - 1) % PlannedStep.Slots].Planned == _measured)))
        {
            throw new InvalidOperationException($"{Outstanding} steps are outstanding; two calls of a device may be, and none beside a step that measures");
        }

        if (!isMeasured)
        {
            return _plain;
        }

        if (_measured is null)
        {
            Measure();
        }

        return _measured!;
    }

    // The measured form needs a little more room, so it owns the arena that both share.
    private void Measure()
    {
        TrainingGraph plain = _plain.Graph;
        _plain.Dispose();
        _measured = new PlannedStep(_graph.Measured().FusedFor(_device), _device, _state);
        _plain = new PlannedStep(plain, _device, _state, _measured);
        _meter = new HealthMeter(_measured.Graph);
    }

    private void Start(PlannedStep planned, ReadOnlySpan<int> labels, double rate, long step)
    {
        if (_waiting > 0)
        {
            throw new InvalidOperationException($"{_waiting} steps of a series are outstanding; only others on pictures that the device keeps may be started");
        }

        int slot = (int)(_calls % PlannedStep.Slots);
        planned.Start(labels, rate, step, _seed, slot);
        if (planned == _measured)
        {
            _measuredStep = step;
        }

        _started[slot] = new StartedSteps(planned, 1, IsSeries: false) { Left = 1 };
        _calls++;
    }

    private void StartWaiting()
    {
        int slot = (int)(_calls % PlannedStep.Slots);
        _plain.StartSeries(_waiting, slot);
        _started[slot] = new StartedSteps(_plain, _waiting, IsSeries: true) { Left = _waiting };
        (_waiting, _calls) = (0, _calls + 1);
    }

    // One call of the device.
    private record struct StartedSteps(PlannedStep Planned, int Count, bool IsSeries)
    {
        public int Left { get; set; }
    }
}
