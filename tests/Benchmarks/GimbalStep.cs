using Gimbal.SideBySide;
using Gimbal.Trainer.Graphs;
using TorchSharp;

namespace Gimbal.Benchmarks;

/// <summary>The product's side. Copying a batch into the plan's storage order is timed: a run does it too.</summary>
/// <param name="model">The network.</param>
/// <param name="threads">Members of the team.</param>
/// <param name="batches">What is trained on.</param>
/// <param name="start">The rival's weights; empty: weights of its own.</param>
internal sealed class GimbalStep(PairedModel model, int threads, Batches batches, IReadOnlyDictionary<string, torch.Tensor> start)
    : TrainingStep(batches.Images.Count)
{
    private readonly ProductTraining _training = new(model.Name, batches.Size, threads, start);

    /// <summary>Threads and vectors.</summary>
    public string Device => _training.Device;

    /// <summary>What one step costs by the cost model of the ops: FLOP as of direct convolution.</summary>
    public OpCost Cost => _training.Graph.Graph.Nodes.Aggregate(default(OpCost), (sum, node) => sum + node.Cost);

    public override float Run(int batch) => _training.Step(batches.Images[batch].Span, batches.Labels[batch]);

    public override void Dispose() => _training.Dispose();
}
