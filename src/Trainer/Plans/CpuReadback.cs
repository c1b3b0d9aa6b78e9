using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Plans;

/// <summary>Copies at once: a run has ended when its call returns.</summary>
internal sealed class CpuReadback(Plan plan, IReadOnlyList<Value> outputs) : Readback
{
    private readonly float[] _elements = new float[outputs.Sum(output => output.Shape.Count)];

    /// <inheritdoc/>
    public override void Take()
    {
        int first = 0;
        for (int i = 0; i < outputs.Count; i++)
        {
            int count = outputs[i].Shape.Count;
            plan.Read(outputs[i], _elements.AsSpan(first, count));
            first += count;
        }
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Wait() => _elements;

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
