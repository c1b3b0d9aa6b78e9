using Gimbal.SideBySide;

namespace Gimbal.Benchmarks;

/// <summary>The product's side, from the rival's weights. Copying a batch into the plan's storage order is timed: a run does it too.</summary>
internal sealed class GimbalStep(string model, int threads, Batches batches, TorchStep rival) : TrainingStep
{
    private readonly ProductTraining _training = new(model, batches.Size, threads, rival.State);
    private int _next;

    public override string Name => "Gimbal";

    public override float Run()
    {
        int batch = _next++ % batches.Images.Count;
        return _training.Step(batches.Images[batch].Span, batches.Labels[batch]);
    }

    public override void Dispose() => _training.Dispose();
}
