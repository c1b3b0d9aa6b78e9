using System.Diagnostics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Microsoft.Extensions.Logging;

namespace Gimbal.Trainer.Training;

/// <summary>Trains a network: epochs, evaluation, position. The same options, data and seed give the same bits on any number of threads.</summary>
public sealed class TrainingRun : IDisposable
{
    /// <summary>Images of a batch that readings of the layers' health look at, or all of a smaller one: as many as the gradient doctor was calibrated with.</summary>
    /// <remarks>Batches are drawn at random, so the first images are as good as any.</remarks>
    public const int MeasuredImages = 32;

    private readonly Device _device;
    private readonly StateStore _state;
    private readonly TrainingStep _step;
    private readonly Evaluator _evaluator;
    private readonly Dictionary<ImageSource, PictureFeed> _feeds = [];
    private readonly Dictionary<ImageSource, (OrderedBatches Batches, IReadOnlyList<ImageBatch> Ring)> _evaluated = [];
    private readonly BatchLoader _loader;
    private readonly Schedule _schedule;
    private readonly GradientClip _clip;
    private readonly Lazy<string> _fingerprint;
    private readonly RunningScore _lossScore = new();
    private readonly RunningScore _normScore = new();
    private RunPosition _completed = new();
    private EpochTally _tally;
    private StepReport _last;

    /// <summary>Plans training and evaluation and initialises the weights.</summary>
    /// <param name="network">What to train.</param>
    /// <param name="data">Images.</param>
    /// <param name="options">How; open values are resolved.</param>
    /// <param name="device">Where.</param>
    /// <exception cref="OptionsException">An option is out of range.</exception>
    /// <exception cref="ShapeException">Network and data do not fit.</exception>
    public TrainingRun(Network network, DataSplits data, TrainingOptions options, Device device)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (Network, Data, Options, _device) = (network, data, options.Resolve(), device);
        IEnumerable<ImageSource?> sources = [data.Train, data.Test, data.Validation];
        foreach (ImageSource source in sources.OfType<ImageSource>())
        {
            CheckFit(network, source);
        }

        InitialState.CheckFit(network, Options);
        Normalization = Normalization.Of(data.Train);
        Augmentation augmentation = new(Options.PadCrop ?? 0, Options.Flip ?? false, Options.Cutout);
        _loader = new BatchLoader(FeedOf(data.Train), Options.Batch, augmentation, Options.Seed);
        _schedule = Options.ToSchedule(_loader.BatchesPerEpoch);
        _clip = Options.ToClip();
        TrainingGraph graph = TrainingGraph.Create(
            network, Options.ToStep(_loader.Batch, Options.ClassWeights == ClassWeighting.Balanced ? BalancedWeights(data.Train) : null) with { MeasuredImages = MeasuredImages });
        _state = device.NewState(graph.Graph);
        InitialState.Fill(_state, Options, network, new PatchComponents(data.Train, Normalization));
        _step = new TrainingStep(graph, device, _state, Options.Seed);
        _evaluator = new Evaluator(network, device, _loader.Batch);
        // Saving and evaluating copy the state; training and evaluating load ahead.
        int rings = data.Validation is null ? 2 : 3;
        CpuMemory.RequireRoom((2 * _state.MemoryBytes) + (rings * BatchPrefetch.MemoryBytes(_loader.Batch * data.Train.PixelBytes)));
        _fingerprint = new Lazy<string>(() => Datasets.Fingerprint.Of(data.Train));
    }

    /// <summary>What is trained.</summary>
    public Network Network { get; }

    /// <summary>How, with nothing left open.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Of the training images.</summary>
    public Normalization Normalization { get; }

    /// <summary>The images.</summary>
    public DataSplits Data { get; }

    /// <summary>Where the run stands.</summary>
    public RunPosition Position => _tally.Of(_completed);

    /// <summary>Batches of an epoch.</summary>
    public int BatchesPerEpoch => _loader.BatchesPerEpoch;

    /// <summary>Steps taken so far, over all epochs.</summary>
    public long StepsDone => StepOf(_completed.Epoch, _tally.Steps);

    /// <summary>Bytes of weights, optimiser state, activations and gradients.</summary>
    public long MemoryBytes => _state.MemoryBytes + _step.MemoryBytes;

    /// <summary>True once every epoch is done.</summary>
    public bool IsComplete => _completed.Epoch >= Options.Epochs;

    /// <summary>Of the training images.</summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>The run as a checkpoint would hold it.</summary>
    public SavedRun Capture() => new(Network, Options, Position, CaptureState(), Data.Train.Classes, Normalization, Fingerprint);

    /// <summary>A copy of everything that changes: weights, statistics, optimiser state, averages; by name.</summary>
    public IReadOnlyDictionary<string, Tensor> CaptureState() => _state.ReadAll();

    /// <summary>Goes on from a captured state.</summary>
    /// <exception cref="KeyNotFoundException">A tensor is missing.</exception>
    /// <exception cref="ShapeException">A tensor has another shape.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state, RunPosition position)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach (Graphs.Value value in _state.States)
        {
            _state.Write(value.Name, state.TryGetValue(value.Name, out Tensor? tensor)
                ? tensor
                : throw new KeyNotFoundException($"tensor {value.Name} is missing"));
        }

        (_completed, _tally) = (position, new EpochTally(position));
    }

    /// <summary>What evaluation uses and export writes: the averaged weights where they are kept, else the weights.</summary>
    public static IReadOnlyDictionary<string, Tensor> Deployed(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Keys
            .Where(name => !name.StartsWith(TrainingGraph.OptimizerPrefix, StringComparison.Ordinal) && !name.StartsWith(TrainingGraph.EmaPrefix, StringComparison.Ordinal))
            .ToDictionary(name => name, name => state.GetValueOrDefault(TrainingGraph.EmaPrefix + name) ?? state[name]);
    }

    /// <summary>Times a few steps and puts everything back as it was.</summary>
    /// <returns>Seconds of one epoch's training, without evaluation.</returns>
    public double EstimateEpochSeconds()
    {
        IReadOnlyDictionary<string, Tensor> before = _state.ReadAll();
        ImageBatch batch = _loader.NewBatch();
        _loader.Load(0, 0, batch);
        long start = Stopwatch.GetTimestamp();
        _loader.Load(0, BatchesPerEpoch - 1, batch);
        double loading = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _step.Run(batch, 0, 0);
        start = Stopwatch.GetTimestamp();
        _step.Run(batch, 0, 0);
        _step.Run(batch, 0, 0);
        double training = Stopwatch.GetElapsedTime(start).TotalSeconds / 2;
        Restore(before, Position);
        // Both go on at the same time, and the slower sets the pace.
        return Math.Max(loading, training) * BatchesPerEpoch;
    }

    /// <summary>Trains from the present position to the last epoch.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the state was offered to <see cref="RunCallbacks.Save"/> first.</exception>
    /// <exception cref="DivergedException">Loss or gradient is not finite and the policy is to stop.</exception>
    public void Run(RunCallbacks callbacks, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(callbacks);
        using BatchPrefetch batches = new(_loader, StepOf(_completed.Epoch, _tally.Steps), StepOf(Options.Epochs, 0), cancellation: cancellation);
        using Activity? activity = Telemetry.StartRun(this);
        RunLog.Begins(callbacks.Logger, Network.Name, Options.Epochs, BatchesPerEpoch, Data.Train.Count, StepsDone);
        while (!IsComplete)
        {
            using Activity? epoch = Telemetry.StartEpoch(_completed.Epoch + 1);
            TrainEpoch(batches, callbacks, cancellation);
            EpochResult result = CompleteEpoch(callbacks);
            callbacks.Progress?.Report(Progress(result));
            Telemetry.Record(epoch, result);
        }
    }

    /// <summary>Mean loss and accuracy of the deployed form on some images, which the device may keep until the run is disposed.</summary>
    public (double Loss, double Accuracy) Evaluate(ImageSource source, IReadOnlyDictionary<string, Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(source);
        _evaluator.Load(weights);
        (OrderedBatches batches, IReadOnlyList<ImageBatch> ring) = EvaluatedBatches(source);
        using BatchPrefetch loaded = new(batches, 0, batches.Count, ring);
        double loss = 0;
        long correct = 0;
        for (int i = 0; i < batches.Count; i++)
        {
            ImageBatch batch = loaded.Next()!;
            (float batchLoss, int batchCorrect) = _evaluator.Evaluate(batch);
            loss += (double)batchLoss * batch.Held;
            correct += batchCorrect;
        }

        return (loss / source.Count, (double)correct / source.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _step.Dispose();
        _evaluator.Dispose();
        _state.Dispose();
        foreach (PictureFeed feed in _feeds.Values)
        {
            feed.Dispose();
        }
    }

    private static void CheckFit(Network network, ImageSource images)
    {
        if (network.ImageSize != (images.Channels, images.Height, images.Width) || network.Classes != images.Classes.Count)
        {
            throw new ShapeException(
                $"network {network.Name} takes {network.ImageSize} (channels, height, width) and {network.Classes} classes; the data has "
                + $"{(images.Channels, images.Height, images.Width)} and {images.Classes.Count}");
        }
    }

    private static float[] BalancedWeights(ImageSource source) =>
        [.. source.CountByClass().Select(n => n == 0 ? 0 : (float)((double)source.Count / (source.Classes.Count * (double)n)))];

    private PictureFeed FeedOf(ImageSource source)
    {
        if (!_feeds.TryGetValue(source, out PictureFeed? feed))
        {
            // No batch of training or evaluation is larger.
            _feeds[source] = feed = new PictureFeed(source, Normalization, _device, Math.Min(Options.Batch, Data.Train.Count));
        }

        return feed;
    }

    // The same room epoch after epoch.
    private (OrderedBatches Batches, IReadOnlyList<ImageBatch> Ring) EvaluatedBatches(ImageSource source)
    {
        if (!_evaluated.TryGetValue(source, out (OrderedBatches Batches, IReadOnlyList<ImageBatch> Ring) evaluated))
        {
            OrderedBatches batches = new(FeedOf(source), _evaluator.Batch);
            _evaluated[source] = evaluated = (batches, BatchPrefetch.NewRing(batches));
        }

        return evaluated;
    }

    private long StepOf(int epoch, int batch) => ((long)epoch * BatchesPerEpoch) + batch;

    private bool IsMeasured(long step) => Options.HealthEvery > 0 && step % Options.HealthEvery == 0;

    private void TrainEpoch(BatchPrefetch batches, RunCallbacks callbacks, CancellationToken cancellation)
    {
        EpochClock clock = new(_tally.Steps, _tally.Seconds, Stopwatch.GetTimestamp());
        for (int started = _tally.Steps; started < BatchesPerEpoch; started++)
        {
            long step = StepOf(_completed.Epoch, started);
            bool isMeasured = IsMeasured(step);
            Settle(isMeasured ? 0 : _step.Ahead, clock, callbacks);
            if (batches.Next() is not { } batch)
            {
                _step.TakeBack();
                Settle(0, clock, callbacks);
                callbacks.Save?.Invoke(this, false);
                RunLog.Stopped(callbacks.Logger, StepsDone);
                throw new OperationCanceledException(cancellation);
            }

            _step.Start(batch, _schedule.At(step), step, isMeasured);
            bool isSaved = callbacks.SaveSteps > 0 && (step + 1) % callbacks.SaveSteps == 0 && started + 1 < BatchesPerEpoch;
            // Where the device computes while the host goes on, the next call is queued behind this one before anyone waits for this one.
            bool isLeft = _device.IsAsynchronous && !isMeasured && !isSaved && started + 1 < BatchesPerEpoch;
            Settle(isLeft ? _step.Ahead : 0, clock, callbacks);
            if (isSaved)
            {
                callbacks.Save?.Invoke(this, false);
            }
        }
    }

    // Takes in what steps report until no more than so many are outstanding.
    private void Settle(int outstanding, EpochClock clock, RunCallbacks callbacks)
    {
        while (_step.Outstanding > outstanding)
        {
            StepResult result = _step.Finish();
            double elapsed = Stopwatch.GetElapsedTime(clock.Start).TotalSeconds;
            long step = StepOf(_completed.Epoch, _tally.Steps);
            if (IsMeasured(step) && (callbacks.Health is not null || Telemetry.IsHealthHeard))
            {
                // Ahead of the end of a run that diverges here: this reading tells where.
                HealthReading reading = _step.Health;
                Telemetry.Record(reading);
                callbacks.Health?.Invoke(reading);
            }

            Advance(result, step, clock.SecondsBefore + elapsed, callbacks.Logger);
            _last = Report(result, step, _schedule.At(step), (_tally.Steps - clock.FirstStep) / elapsed);
            Telemetry.Record(_last);
            callbacks.Step?.Invoke(_last);
            callbacks.Progress?.Report(Progress(null));
        }
    }

    private TrainingProgress Progress(EpochResult? epoch) => new(StepsDone, StepOf(Options.Epochs, 0), Options.Epochs, _last, epoch);

    private StepReport Report(StepResult result, long step, double rate, double stepsPerSecond) => new(
        _completed.Epoch + 1, _tally.Steps, BatchesPerEpoch, result.Loss, rate, result.Norm, stepsPerSecond * _loader.Batch)
    {
        Accuracy = _tally.Accuracy(_loader.Batch),
        LossScore = _lossScore.Add(result.Loss),
        GradientScore = _normScore.Add(result.Norm),
        ClippedShare = _tally.ClippedShare,
        SecondsLeft = (StepOf(Options.Epochs, 0) - step - 1) / stepsPerSecond,
    };

    private void Advance(StepResult result, long step, double seconds, ILogger logger)
    {
        if (!result.IsFinite && Options.NonFinite == NonFinitePolicy.Stop)
        {
            throw new DivergedException(_completed.Epoch + 1, step + 1, result.Loss, _step.FirstNonFiniteGradient());
        }

        if (!result.IsFinite)
        {
            RunLog.Skipped(logger, step + 1, result.Loss, _step.FirstNonFiniteGradient() ?? "none");
        }

        _tally.Add(result, _clip.Mode == ClipMode.Norm && result.Norm > _clip.Limit, seconds);
    }

    private EpochResult CompleteEpoch(RunCallbacks callbacks)
    {
        RunPosition done = Position;
        int steps = BatchesPerEpoch;
        int counted = Math.Max(1, steps - done.Skipped);
        IReadOnlyDictionary<string, Tensor> weights = Deployed(_state.ReadAll());
        (double Loss, double Accuracy)? validation = Data.Validation is null ? null : Evaluate(Data.Validation, weights);
        (double testLoss, double testAccuracy) = Evaluate(Data.Test, weights);
        EpochResult result = new(
            done.Epoch + 1,
            done.LossSum / counted,
            (double)done.Correct / ((long)steps * _loader.Batch),
            validation?.Loss,
            validation?.Accuracy,
            testLoss,
            testAccuracy,
            _schedule.At(((long)(done.Epoch + 1) * steps) - 1),
            done.NormSum / counted,
            (double)done.Clipped / steps,
            done.Skipped,
            done.Seconds,
            steps * _loader.Batch / done.Seconds);
        bool isBest = result.ValidationAccuracy is { } accuracy && done.History.All(earlier => earlier.ValidationAccuracy < accuracy);
        _completed = new RunPosition
        {
            Epoch = result.Epoch,
            History = [.. done.History, result],
            BestEpoch = isBest ? result.Epoch : done.BestEpoch,
        };
        _tally = default;
        RunLog.Epoch(callbacks.Logger, result);
        callbacks.Epoch?.Invoke(result);
        callbacks.Save?.Invoke(this, isBest);
        return result;
    }

    // Where in an epoch, and when, this process began with it.
    private readonly record struct EpochClock(int FirstStep, double SecondsBefore, long Start);
}
