using System.Diagnostics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gimbal.Trainer.Training;

/// <summary>What a run calls while it trains.</summary>
public sealed record RunCallbacks
{
    /// <summary>After every step.</summary>
    public Action<StepReport>? Step { get; init; }

    /// <summary>After every epoch, once it is evaluated.</summary>
    public Action<EpochResult>? Epoch { get; init; }

    /// <summary>When the state is worth saving: at the end of an epoch, every so many steps, on cancellation. The second argument tells whether the epoch just completed is the best so far.</summary>
    public Action<TrainingRun, bool>? Save { get; init; }

    /// <summary>Steps between saves inside an epoch; 0: none.</summary>
    public int SaveSteps { get; init; }

    /// <summary>Receives what the run notices.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}

/// <summary>Trains a network: epochs, evaluation, position. The same options, data and seed give the same bits on any number of threads.</summary>
public sealed class TrainingRun : IDisposable
{
    private readonly Device _device;
    private readonly StateStore _state;
    private readonly TrainingStep _step;
    private readonly Evaluator _evaluator;
    private readonly BatchLoader _loader;
    private readonly Schedule _schedule;
    private readonly GradientClip _clip;
    private readonly float[] _images;
    private readonly int[] _labels;
    private readonly Lazy<string> _fingerprint;

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

        Normalization = Normalization.Of(data.Train);
        Augmentation augmentation = new(Options.PadCrop ?? 0, Options.Flip ?? false, Options.Cutout);
        _loader = new BatchLoader(data.Train, Normalization, Options.Batch, augmentation, Options.Seed);
        _schedule = Options.ToSchedule(_loader.BatchesPerEpoch);
        _clip = Options.ToClip();
        TrainingGraph graph = TrainingGraph.Create(
            network, Options.ToStep(_loader.Batch, Options.ClassWeights == ClassWeighting.Balanced ? BalancedWeights(data.Train) : null));
        _state = device.NewState(graph.Graph);
        Initialize();
        _step = new TrainingStep(graph, device, _state, Options.Seed);
        _evaluator = new Evaluator(network, device, _loader.Batch);
        // Saving and evaluating copy the state.
        CpuMemory.RequireRoom(2 * _state.MemoryBytes);
        _images = new float[_loader.Batch * data.Train.PixelBytes];
        _labels = new int[_loader.Batch];
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
    public RunPosition Position { get; private set; } = new();

    /// <summary>Batches of an epoch.</summary>
    public int BatchesPerEpoch => _loader.BatchesPerEpoch;

    /// <summary>Bytes of weights, optimiser state, activations and gradients.</summary>
    public long MemoryBytes => _state.MemoryBytes + _step.MemoryBytes;

    /// <summary>True once every epoch is done.</summary>
    public bool IsComplete => Position.Epoch >= Options.Epochs;

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

        Position = position;
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
        _loader.Load(0, 0, _images, _labels);
        _step.Run(_images, _labels, 0, 0);
        long start = Stopwatch.GetTimestamp();
        _step.Run(_images, _labels, 0, 0);
        _step.Run(_images, _labels, 0, 0);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / 2;
        Restore(before, Position);
        return seconds * BatchesPerEpoch;
    }

    /// <summary>Trains from the present position to the last epoch.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; the state was offered to <see cref="RunCallbacks.Save"/> first.</exception>
    /// <exception cref="DivergedException">Loss or gradient is not finite and the policy is to stop.</exception>
    public void Run(RunCallbacks callbacks, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(callbacks);
        while (!IsComplete)
        {
            TrainEpoch(callbacks, cancellation);
            CompleteEpoch(callbacks);
        }
    }

    /// <summary>Mean loss and accuracy of the deployed form on some images.</summary>
    public (double Loss, double Accuracy) Evaluate(ImageSource source, IReadOnlyDictionary<string, Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(source);
        _evaluator.Load(weights);
        OrderedBatches batches = new(source, Normalization, _evaluator.Batch);
        double loss = 0;
        long correct = 0;
        for (int i = 0; i < batches.Count; i++)
        {
            int held = batches.Load(i, _images, _labels);
            (float batchLoss, int batchCorrect) = _evaluator.Evaluate(_images, _labels);
            loss += (double)batchLoss * held;
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

    private void Initialize()
    {
        Initializer? chosen = Options.ToInitializer();
        _state.Initialize(Options.Seed, value => value.Kind == Graphs.ValueKind.Parameter && value.Shape.Rank > 1 ? chosen : null);
        foreach (Graphs.Value average in _state.States.Where(v => v.Name.StartsWith(TrainingGraph.EmaPrefix, StringComparison.Ordinal)))
        {
            _state.Write(average.Name, _state.Read(average.Name[TrainingGraph.EmaPrefix.Length..]));
        }
    }

    private void TrainEpoch(RunCallbacks callbacks, CancellationToken cancellation)
    {
        int epoch = Position.Epoch;
        int first = Position.Batch;
        double before = Position.Seconds;
        long start = Stopwatch.GetTimestamp();
        while (Position.Batch < BatchesPerEpoch)
        {
            if (cancellation.IsCancellationRequested)
            {
                callbacks.Save?.Invoke(this, false);
                cancellation.ThrowIfCancellationRequested();
            }

            int batch = Position.Batch;
            long step = ((long)epoch * BatchesPerEpoch) + batch;
            double rate = _schedule.At(step);
            _loader.Load(epoch, batch, _images, _labels);
            StepResult result = _step.Run(_images, _labels, rate, step);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Advance(result, step, before + elapsed, callbacks.Logger);
            callbacks.Step?.Invoke(new StepReport(
                epoch + 1, batch + 1, BatchesPerEpoch, result.Loss, rate, result.Norm, (batch + 1 - first) * _loader.Batch / elapsed));
            if (callbacks.SaveSteps > 0 && (step + 1) % callbacks.SaveSteps == 0 && Position.Batch < BatchesPerEpoch)
            {
                callbacks.Save?.Invoke(this, false);
            }
        }
    }

    private void Advance(StepResult result, long step, double seconds, ILogger logger)
    {
        if (!result.IsFinite && Options.NonFinite == NonFinitePolicy.Stop)
        {
            throw new DivergedException(Position.Epoch + 1, step + 1, result.Loss, _step.FirstNonFiniteGradient());
        }

        if (!result.IsFinite)
        {
            Log.Skipped(logger, step + 1, result.Loss, _step.FirstNonFiniteGradient() ?? "none");
        }

        Position = Position with
        {
            Batch = Position.Batch + 1,
            LossSum = Position.LossSum + (result.IsFinite ? result.Loss : 0),
            Correct = Position.Correct + result.Correct,
            NormSum = Position.NormSum + (result.IsFinite ? result.Norm : 0),
            Clipped = Position.Clipped + (_clip.Mode == ClipMode.Norm && result.Norm > _clip.Limit ? 1 : 0),
            Skipped = Position.Skipped + (result.IsFinite ? 0 : 1),
            Seconds = seconds,
        };
    }

    private void CompleteEpoch(RunCallbacks callbacks)
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
        Position = new RunPosition
        {
            Epoch = result.Epoch,
            History = [.. done.History, result],
            BestEpoch = isBest ? result.Epoch : done.BestEpoch,
        };
        callbacks.Epoch?.Invoke(result);
        callbacks.Save?.Invoke(this, isBest);
    }
}

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "step {Step} skipped: loss {Loss}, first gradient that is not finite: {Parameter}")]
    public static partial void Skipped(ILogger logger, long step, float loss, string parameter);
}
