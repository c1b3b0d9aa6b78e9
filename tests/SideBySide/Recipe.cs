namespace Gimbal.SideBySide;

/// <summary>How both sides train a model: those with batch norm throughout with SGD and clipped gradients, the others with Adam.</summary>
public static class Recipe
{
    /// <summary>Learning rate of Adam.</summary>
    public const float AdamRate = 1e-3f;

    /// <summary>Learning rate of SGD.</summary>
    public const float SgdRate = 0.05f;

    /// <summary>Momentum of SGD.</summary>
    public const float SgdMomentum = 0.9f;

    /// <summary>Weight decay of SGD, on filters and matrices.</summary>
    public const float SgdDecay = 1e-4f;

    /// <summary>What SGD's gradients together are clipped to.</summary>
    public const float SgdLargestNorm = 1;

    /// <summary>Whether a model is trained with SGD.</summary>
    public static bool UsesSgd(string model) => model == "fast-cnn" || model.StartsWith("resnet", StringComparison.Ordinal);

    /// <summary>Learning rate of a model.</summary>
    public static float RateOf(string model) => UsesSgd(model) ? SgdRate : AdamRate;
}
