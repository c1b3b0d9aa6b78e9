namespace Gimbal.Inference;

/// <summary>One class and how likely it is.</summary>
/// <param name="Index">Position among the model's classes.</param>
/// <param name="Label">Name of the class.</param>
/// <param name="Probability">0 to 1.</param>
public sealed record Prediction(int Index, string Label, float Probability);

/// <summary>What a model says about one picture.</summary>
public sealed class Classification
{
    internal Classification(IReadOnlyList<string> classes, ReadOnlySpan<float> outputs, OutputForm form)
    {
        float[] probabilities = form == OutputForm.Probabilities ? outputs.ToArray() : Softmax(outputs);
        Outputs = outputs.ToArray();
        All = [.. probabilities.Select((p, i) => new Prediction(i, classes[i], p)).OrderByDescending(p => p.Probability).ThenBy(p => p.Index)];
    }

    /// <summary>Every class, the likeliest first; of equals the one with the lower index.</summary>
    public IReadOnlyList<Prediction> All { get; }

    /// <summary>The likeliest class.</summary>
    public Prediction Best => All[0];

    /// <summary>What the graph gave: logits or probabilities, in the order of the classes.</summary>
    public IReadOnlyList<float> Outputs { get; }

    private static float[] Softmax(ReadOnlySpan<float> logits)
    {
        double max = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            max = Math.Max(max, logit);
        }

        double[] exponentials = new double[logits.Length];
        for (int i = 0; i < logits.Length; i++)
        {
            exponentials[i] = Math.Exp(logits[i] - max);
        }

        double sum = exponentials.Sum();
        return [.. exponentials.Select(e => (float)(e / sum))];
    }
}
