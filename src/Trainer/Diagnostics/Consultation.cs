using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>One network before the doctor, on its own data: examined as it is, and with the remedy, on the same batches.</summary>
public sealed class Consultation
{
    private readonly Network _network;
    private readonly TrainingOptions _options;
    private readonly DataSplits _data;
    private readonly SavedRun? _run;
    private readonly BatchLoader _loader;
    private readonly Examination _examination;

    /// <summary>A network as a run would begin, or a run as it stands.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="data">On what.</param>
    /// <param name="run">Where it stands; null: at the beginning.</param>
    /// <param name="device">Where it is examined.</param>
    public Consultation(Network network, TrainingOptions options, DataSplits data, SavedRun? run, Device device)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        (_network, _options, _data, _run) = (network, options.Resolve(), data, run);
        Augmentation augmentation = new(_options.PadCrop ?? 0, _options.Flip ?? false, _options.Cutout);
        Normalization normalization = Normalization.Of(data.Train);
        _loader = new BatchLoader(data.Train, normalization, _options.Batch, augmentation, _options.Seed);
        _examination = new Examination(device, new PatchComponents(data.Train, normalization));
    }

    /// <summary>Takes steps as it is.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Observation Observe(int steps, CancellationToken cancellation = default) => Observe(_network, _options, _run?.State, steps, cancellation);

    /// <summary>Takes steps with a remedy, from the same state on the same batches; a remedy of the weights or the network begins anew.</summary>
    /// <param name="remedy">One that changes options.</param>
    /// <param name="steps">How many.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">The remedy takes another network.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Observation Try(Remedy remedy, int steps, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(remedy);
        TrainingOptions changed = remedy.Changed?.Resolve() ?? throw new ArgumentException("the remedy takes another network", nameof(remedy));
        ModelShape shape = new(_data.Train.Channels, new(_data.Train.Height, _data.Train.Width), _data.Train.Classes.Count, changed.Dropout);
        bool isSameModel = changed.Model == _options.Model;
        return Observe(
            isSameModel ? _network : ModelCatalogue.Create(changed.Model, shape), changed, isSameModel && changed.Init == _options.Init && !remedy.StartsAnew ? _run?.State : null, steps, cancellation);
    }

    private Observation Observe(Network network, TrainingOptions options, IReadOnlyDictionary<string, Tensor>? start, int steps, CancellationToken cancellation)
    {
        Schedule schedule = options.ToSchedule(_loader.BatchesPerEpoch);
        long total = (long)options.Epochs * _loader.BatchesPerEpoch;
        long done = _run is null ? 0 : ((long)_run.Position.Epoch * _loader.BatchesPerEpoch) + _run.Position.Batch;
        // A run that has come to its end would begin its schedule anew; its last rate is next to 0.
        long begun = done + steps <= total ? done : 0;
        return _examination.Of(
            network,
            options,
            start,
            // The steps that training would take next: what the schedule has in store for later is not what ails a network now.
            step => schedule.At(begun + step),
            _loader.NewBatch(),
            (step, batch) => _loader.Load((int)((done + step) / _loader.BatchesPerEpoch), (int)((done + step) % _loader.BatchesPerEpoch), batch),
            steps,
            cancellation);
    }
}
