using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Training;

/// <summary>What one training step computes besides the network.</summary>
/// <param name="Batch">Images per step.</param>
/// <param name="Optimizer">How parameters follow their gradients.</param>
/// <param name="Clip">What limits the gradients.</param>
/// <param name="LabelSmoothing">Share of each target that is spread over all classes.</param>
/// <param name="ClassWeights">Weight of each class in the loss; null: all the same.</param>
/// <param name="EmaDecay">Decay of the averaged weights; null: none are kept.</param>
/// <param name="Precision">Of the products of the network and of its gradients.</param>
/// <param name="MeasuredImages">Images of a batch that readings of the layers' health look at, the last ones; 0: all.</param>
public sealed record StepOptions(
    int Batch,
    Optimizer Optimizer,
    GradientClip Clip = default,
    float LabelSmoothing = 0,
    IReadOnlyList<float>? ClassWeights = null,
    float? EmaDecay = null,
    Precision Precision = Precision.Float32,
    int MeasuredImages = 0);

/// <summary>Where a measured step leaves what it measured of a layer.</summary>
/// <param name="Layer">Path of the layer: <c>layer1.0.conv1</c>.</param>
/// <param name="Weight">Position of its weight among the parameters.</param>
/// <param name="Activation">Position among the graph's outputs of the numbers of its activation.</param>
/// <param name="ActivationCount">Elements of one image's share of the activation.</param>
/// <param name="Gradient">Position among the graph's outputs of the numbers of its gradient.</param>
/// <param name="GradientCount">Elements of one image's share of the gradient.</param>
public sealed record MeasuredLayer(string Layer, int Weight, int Activation, int ActivationCount, int Gradient, int GradientCount);

/// <summary>One training step as a graph: forward, loss, backward, norm, clip and update, averages.</summary>
public sealed class TrainingGraph
{
    /// <summary>Prefix of the optimiser's states: <c>optimizer.exp_avg.conv1.weight</c>.</summary>
    public const string OptimizerPrefix = "optimizer.";

    /// <summary>Prefix of the averaged weights: <c>ema.conv1.weight</c>.</summary>
    public const string EmaPrefix = "ema.";

    private readonly Func<TrainingGraph> _measured;

    private TrainingGraph(Graph graph, Precision precision, IReadOnlyList<MeasuredLayer> layers, Func<TrainingGraph> measured) =>
        (Graph, Precision, Layers, _measured) = (graph, precision, layers, measured);

    /// <summary>The graph. Its outputs are <see cref="Loss"/>, <see cref="Correct"/>, <see cref="Norm"/>, <see cref="Norms"/> and, where it measures, <see cref="UpdateNorms"/> and the layers' signals.</summary>
    public Graph Graph { get; }

    /// <summary>In which the step is to be planned.</summary>
    public Precision Precision { get; }

    /// <summary>Input: normalised images [N,C,H,W].</summary>
    public Value Images => Graph.Input(Network.ImagesName);

    /// <summary>Input: int32 [N]; −1 leaves an image out.</summary>
    public Value Labels => Graph.Input("labels");

    /// <summary>Input: [1].</summary>
    public Value LearningRate => Graph.Input("learning_rate");

    /// <summary>Input: seed and step for random ops, int32 [3]; null when there are none.</summary>
    public Value? Random => Graph.Inputs.FirstOrDefault(v => v.Name == "random");

    /// <summary>Where <see cref="Norms"/> begin in all outputs, one after the other; in front are <see cref="Loss"/>, <see cref="Correct"/> and <see cref="Norm"/>.</summary>
    internal const int FirstNorm = 3;

    /// <summary>Mean loss of the batch [1].</summary>
    public Value Loss => Graph.Outputs[0];

    /// <summary>Number of images classified right [1].</summary>
    public Value Correct => Graph.Outputs[1];

    /// <summary>Norm of all gradients before clipping [1].</summary>
    public Value Norm => Graph.Outputs[2];

    /// <summary>Norm of each parameter's gradient before clipping, in the order of the graph's parameters.</summary>
    public Value Norms => Graph.Outputs[3];

    /// <summary>Layers whose health the step measures, from the images to the logits; none where it does not measure.</summary>
    public IReadOnlyList<MeasuredLayer> Layers { get; }

    /// <summary>Norms [2,k] of each parameter before the update and of its change, in the order of <see cref="Norms"/>; only where the step measures.</summary>
    public Value UpdateNorms => Graph.Outputs[4];

    /// <summary>Differentiates <paramref name="network"/> and appends the update.</summary>
    /// <param name="network">What to train.</param>
    /// <param name="options">What a step computes besides the network.</param>
    /// <param name="isMeasured">Whether the step also measures the health of its layers; what it trains is the same.</param>
    /// <exception cref="ShapeException">The network does not fit the batch or the options.</exception>
    public static TrainingGraph Create(Network network, StepOptions options, bool isMeasured = false)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        GraphBuilder builder = new($"{network.Name}.train");
        Value images = network.ImportImages(builder, options.Batch);
        Value logits = network.Append(builder, images);
        Value labels = builder.Input("labels", TensorType.Vector(options.Batch) with { Element = ElementType.Int32 });
        IReadOnlyList<Value> loss = builder.AddAll(
            new SoftmaxCrossEntropy(options.LabelSmoothing),
            options.ClassWeights is null
                ? [logits, labels]
                : [logits, labels, builder.Buffer("loss.class_weights", TensorType.Vector(network.Classes), new Given([.. options.ClassWeights]))]);

        IReadOnlyList<Value> parameters = builder.ValuesOf(ValueKind.Parameter);
        IReadOnlyList<LayerSignals> layers = isMeasured ? LayerSignals.Find([.. builder.Nodes], [.. parameters.Select(v => v.Name)]) : [];
        IReadOnlyDictionary<Value, Value> differentiated = Autodiff.Differentiate(
            builder, logits, loss[1], [.. parameters, .. layers.Select(layer => layer.PreActivation).Distinct()], new Add());
        parameters = [.. parameters.Where(differentiated.ContainsKey)];
        IReadOnlyList<Value> gradients = [.. parameters.Select(p => differentiated[p])];
        IReadOnlyList<Value> norms = builder.AddAll(new GradientNorm(), gradients);
        if (options.Clip.Mode == ClipMode.Adaptive)
        {
            gradients = ClipUnits(builder, logits, parameters, gradients, options.Clip.Limit);
        }

        List<Value> outputs = [loss[0], loss[2], norms[0], norms[1]];
        Value? updateNorms = AppendUpdate(builder, options, parameters, gradients, norms[0], isMeasured);
        if (updateNorms is not null)
        {
            outputs.Add(updateNorms);
        }

        IReadOnlyList<string> names = [.. parameters.Select(v => v.Name)];
        IReadOnlyList<MeasuredLayer> measured = [.. layers.Where(layer => differentiated.ContainsKey(layer.PreActivation))
            .Select(layer => Measure(builder, layer, differentiated[layer.PreActivation], names, outputs, new SignalMeasure(options.MeasuredImages)))];
        return new TrainingGraph(builder.Build(outputs), options.Precision, measured, () => Create(network, options, isMeasured: true));
    }

    /// <summary>This step as <paramref name="device"/> should plan it: the same inputs, states and outputs, computed in fewer passes over memory.</summary>
    public TrainingGraph FusedFor(Device device) => new(FusionRules.Apply(Graph, device), Precision, Layers, _measured);

    /// <summary>This step as a card should plan it; no card is needed to know.</summary>
    public TrainingGraph FusedForCuda() => new(FusionRules.ForCuda(Graph), Precision, Layers, _measured);

    /// <summary>This step with the health of its layers measured on the way.</summary>
    public TrainingGraph Measured() => _measured();

    // Layers that share a signal, as the two that end in one residual sum do, share what is measured of it.
    private static MeasuredLayer Measure(GraphBuilder builder, LayerSignals layer, Value gradient, IReadOnlyList<string> parameters, List<Value> outputs, SignalMeasure measure)
    {
        return new MeasuredLayer(
            layer.Layer,
            Array.IndexOf([.. parameters], layer.Weight),
            OutputOf("activation", layer.Activation),
            CountOf(layer.Activation),
            OutputOf("gradient", gradient),
            CountOf(gradient));

        int OutputOf(string scope, Value signal)
        {
            Node? earlier = builder.Nodes.FirstOrDefault(node => node.Op is SignalMeasure && node.Inputs[0] == signal);
            if (earlier is null)
            {
                using IDisposable named = builder.Scope($"{layer.Layer}.{scope}");
                outputs.Add(builder.AddBehind(measure, signal));
                return outputs.Count - 1;
            }

            return outputs.IndexOf(earlier.Outputs[0]);
        }

        static int CountOf(Value signal) => signal.Shape.Count / signal.Shape[0];
    }

    private static List<Value> ClipUnits(
        GraphBuilder builder, Value logits, IReadOnlyList<Value> parameters, IReadOnlyList<Value> gradients, float limit)
    {
        IReadOnlyList<Value> head = builder.Nodes.First(node => node.Outputs.Contains(logits)).Inputs;
        AdaptiveClip clip = new(limit);
        return [.. parameters.Select((p, i) => head.Contains(p) ? gradients[i] : builder.Add(clip, p, gradients[i]))];
    }

    // Returns the norms of weights and changes, where they are measured.
    private static Value? AppendUpdate(
        GraphBuilder builder, StepOptions options, IReadOnlyList<Value> parameters, IReadOnlyList<Value> gradients, Value norm, bool isMeasured)
    {
        ParameterUpdate update = options.Optimizer.ToUpdate(options.Clip, isMeasured ? Ops.UpdateNorms.Taken : Ops.UpdateNorms.None);
        Value count = builder.Buffer($"{OptimizerPrefix}count", TensorType.Vector(1), new Constant(0));
        Value nextCount = builder.AddAll(new StepCount(), [count, norm], [count])[0];
        Value rate = builder.Input("learning_rate", TensorType.Vector(1));
        IReadOnlyList<Value> states = [.. update.StateNames.SelectMany(state =>
            parameters.Select(p => builder.Buffer($"{OptimizerPrefix}{state}.{p.Name}", p.Type, new Constant(0))))];
        IReadOnlyList<Value> running = [.. builder.ValuesOf(ValueKind.Result).Where(v => v.Overwrites is not null && v.Overwrites != count)];
        IReadOnlyList<Value> updated = builder.AddAll(
            update,
            [nextCount, norm, rate, .. parameters, .. gradients, .. states],
            isMeasured ? [.. parameters, .. states, null] : [.. parameters, .. states]);
        if (options.EmaDecay is { } decay)
        {
            IReadOnlyList<Value> averaged = [.. updated.Take(parameters.Count), .. running];
            IReadOnlyList<Value> averages = [.. averaged.Select(v =>
                builder.Buffer($"{EmaPrefix}{v.Overwrites!.Name}", v.Type, new Constant(0)))];
            builder.AddAll(new EmaUpdate(decay), [nextCount, .. averaged, .. averages], [.. averages]);
        }

        return isMeasured ? updated[^1] : null;
    }
}
