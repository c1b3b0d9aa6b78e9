namespace Gimbal.Trainer.Cpu;

/// <summary>One spatial axis of a pooling: output i looks at inputs i·Stride − Pad … i·Stride − Pad + Window − 1, those that exist.</summary>
/// <param name="Inputs">Number of inputs.</param>
/// <param name="Outputs">Number of outputs.</param>
/// <param name="Window">Length of the window.</param>
/// <param name="Stride">Inputs from one window to the next.</param>
/// <param name="Pad">Places ahead of the first input.</param>
internal readonly record struct WindowAxis(int Inputs, int Outputs, int Window, int Stride, int Pad)
{
    /// <summary>The inputs one output looks at.</summary>
    public (int From, int To) InputsOf(int output)
    {
        int first = (output * Stride) - Pad;
        return (Math.Max(first, 0), Math.Min(first + Window, Inputs));
    }

    /// <summary>The outputs that look at one input.</summary>
    public (int From, int To) OutputsOf(int input)
    {
        int last = input + Pad;
        int first = Math.Max(last - Window + 1, 0);
        return ((first + Stride - 1) / Stride, Math.Min((last / Stride) + 1, Outputs));
    }
}
