using System.Globalization;

namespace Gimbal.Trainer.Training;

/// <summary>A loss or a gradient is no longer a finite number; the weights are those of the step before.</summary>
public sealed class DivergedException : Exception
{
    /// <summary>Reports where it happened.</summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="step">From 1, over the whole run.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="parameter">The first parameter whose gradient is not finite, or null.</param>
    public DivergedException(int epoch, long step, float loss, string? parameter)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"training diverged: loss {loss}{(parameter is null ? "" : $", gradient of {parameter} not finite")} (step {step}, epoch {epoch}); lower --lr, add --clip norm:1 or --warmup-epochs"))
    {
        (Epoch, Step, Parameter) = (epoch, step, parameter);
    }

    /// <summary>From 1.</summary>
    public int Epoch { get; }

    /// <summary>From 1, over the whole run.</summary>
    public long Step { get; }

    /// <summary>The first parameter whose gradient is not finite, or null.</summary>
    public string? Parameter { get; }
}
