using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Training;

namespace Gimbal.SideBySide;

/// <summary>How both sides train a model: residual networks with SGD and clipped gradients, fast-cnn as <c>--recipe fast</c> does but for the schedule of its rate, the others with Adam.</summary>
public sealed record Recipe
{
    /// <summary>Whether SGD; else Adam.</summary>
    public required bool UsesSgd { get; init; }

    /// <summary>Learning rate.</summary>
    public required float Rate { get; init; }

    /// <summary>Momentum of SGD.</summary>
    public float Momentum { get; init; }

    /// <summary>Whether momentum is Nesterov's.</summary>
    public bool IsNesterov { get; init; }

    /// <summary>Weight decay of SGD, on filters and matrices.</summary>
    public float Decay { get; init; }

    /// <summary>What the gradients together are clipped to; null: not at all.</summary>
    public float? LargestNorm { get; init; }

    /// <summary>Share of each target spread over all classes.</summary>
    public float LabelSmoothing { get; init; }

    private static Recipe Fast
    {
        get
        {
            TrainingOptions options = Recipes.ByName["fast"];
            return new Recipe
            {
                UsesSgd = options.Optimizer == OptimizerName.Sgd,
                // Of the first steps: from random weights, a few at the highest rate tell nothing.
                Rate = 0.01f,
                Momentum = options.Momentum ?? 0,
                IsNesterov = options.Nesterov,
                Decay = options.WeightDecay ?? 0,
                LabelSmoothing = options.LabelSmoothing,
            };
        }
    }

    /// <summary>That of a model.</summary>
    public static Recipe Of(string model) => model == "fast-cnn" ? Fast
        : model.StartsWith("resnet", StringComparison.Ordinal) ? new Recipe { UsesSgd = true, Rate = 0.05f, Momentum = 0.9f, Decay = 1e-4f, LargestNorm = 1 }
        : new Recipe { UsesSgd = false, Rate = 1e-3f };

    /// <summary>The product's step.</summary>
    /// <param name="batch">Images per step.</param>
    public StepOptions ToStep(int batch) => new(
        batch,
        UsesSgd ? new Sgd(Momentum, IsNesterov, Decay) : new Adam(),
        LargestNorm is { } limit ? new GradientClip(ClipMode.Norm, limit) : default,
        LabelSmoothing);
}
