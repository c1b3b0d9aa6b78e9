using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Training;

/// <summary>The deployed form of a network on a device, with weights of its own: what evaluation and parity are measured with.</summary>
public sealed class Evaluator : IDisposable
{
    private readonly Graph _graph;
    private readonly StateStore _state;
    private readonly Plan _plan;

    /// <summary>Plans the network with batch norm frozen.</summary>
    /// <param name="network">What to evaluate.</param>
    /// <param name="device">Where.</param>
    /// <param name="batch">Images per call.</param>
    /// <param name="isFused">Whether the device may compute several ops in one pass over memory; without, each is computed as the network has it.</param>
    public Evaluator(Network network, Device device, int batch, bool isFused = true)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(device);
        GraphBuilder builder = new($"{network.Name}.evaluate");
        Value logits = network.AppendAtInference(builder, network.ImportImages(builder, batch));
        Value labels = builder.Input("labels", TensorType.Vector(batch) with { Element = ElementType.Int32 });
        IReadOnlyList<Value> loss = builder.AddAll(new SoftmaxCrossEntropy(0), [logits, labels]);
        Graph graph = builder.Build(logits, loss[0], loss[2]);
        _graph = isFused ? FusionRules.Apply(graph, device) : graph;
        _state = device.NewState(_graph);
        _plan = device.NewPlan(_graph, _state);
        Batch = batch;
    }

    /// <summary>Images per call.</summary>
    public int Batch { get; }

    /// <summary>Takes over the weights and statistics the deployed network reads.</summary>
    /// <exception cref="KeyNotFoundException"><paramref name="weights"/> lacks one.</exception>
    public void Load(IReadOnlyDictionary<string, Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        foreach (Value state in _state.States)
        {
            _state.Write(state.Name, weights[state.Name]);
        }
    }

    /// <summary>Mean loss over the labelled images of a batch, and how many of them are classified right.</summary>
    /// <param name="images">Normalised; unused rows hold anything finite and the label −1.</param>
    public (float Loss, int Correct) Evaluate(ImageBatch images)
    {
        ArgumentNullException.ThrowIfNull(images);
        images.WriteTo(_plan, _graph.Input(Network.ImagesName));
        _plan.Write(_graph.Input("labels"), images.Labels);
        _plan.Run();
        Span<float> loss = [0];
        Span<float> correct = [0];
        _plan.Read(_graph.Outputs[1], loss);
        _plan.Read(_graph.Outputs[2], correct);
        return (loss[0], (int)correct[0]);
    }

    /// <summary>Logits [N, classes] of a batch.</summary>
    /// <param name="images">Normalised.</param>
    /// <param name="logits">N·classes elements.</param>
    public void Logits(ImageBatch images, Span<float> logits)
    {
        ArgumentNullException.ThrowIfNull(images);
        images.WriteTo(_plan, _graph.Input(Network.ImagesName));
        _plan.Run();
        _plan.Read(_graph.Outputs[0], logits);
    }

    /// <summary>Logits of every picture of a source, row by row: [count, classes].</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="normalization">Of the training images.</param>
    public float[] Logits(ImageSource source, Normalization normalization)
    {
        ArgumentNullException.ThrowIfNull(source);
        int classes = _graph.Outputs[0].Shape[1];
        OrderedBatches batches = new(source, normalization, Batch);
        ImageBatch batch = batches.NewBatch();
        float[] logits = new float[Batch * classes];
        float[] all = new float[source.Count * classes];
        for (int i = 0; i < batches.Count; i++)
        {
            batches.Load(i, batch);
            Logits(batch, logits);
            logits.AsSpan(0, batch.Held * classes).CopyTo(all.AsSpan(i * Batch * classes));
        }

        return all;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plan.Dispose();
        _state.Dispose();
    }
}
