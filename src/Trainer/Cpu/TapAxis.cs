namespace Gimbal.Trainer.Cpu;

/// <summary>
/// One spatial axis of a correlation: output i, stored at <c>Target + i·TargetStride</c>, is a sum over taps t of the source at
/// <c>First + i·Stride + t·Step</c> times the filter at <c>FilterFirst + t·FilterStep</c>; outside the source are zeros.
/// </summary>
/// <remarks>
/// Both the forward pass and the gradient of the input have this form. With a stride, the gradient falls apart into one
/// correlation for each remainder of the input index, because only every stride-th tap meets a given input.
/// </remarks>
internal readonly record struct TapAxis(
    int Outputs, int Sources, int Stride, int First, int Taps, int Step, int FilterFirst, int FilterStep, int Target, int TargetStride)
{
    /// <summary>Axis of the forward pass: outputs are output pixels, sources are input pixels.</summary>
    public static TapAxis Forward(int outputs, int sources, int taps, int stride, int pad, int dilation) =>
        new(outputs, sources, stride, -pad, taps, dilation, FilterFirst: 0, FilterStep: 1, Target: 0, TargetStride: 1);

    /// <summary>
    /// Axis of the gradient of those input pixels whose index leaves <paramref name="remainder"/> modulo the stride: outputs are
    /// input pixels, sources are output pixels.
    /// </summary>
    public static TapAxis Backward(int remainder, int inputs, int outputs, int taps, int stride, int pad, int dilation)
    {
        // Input h meets output p at tap r when h + pad = p·stride + r·dilation. Ascending p means descending r.
        int last = taps - 1;
        while (last >= 0 && Remainder(remainder + pad - (last * dilation), stride) != 0)
        {
            last--;
        }

        int count = 0;
        int between = 1;
        for (int r = last - 1; r >= 0; r--)
        {
            if (Remainder(remainder + pad - (r * dilation), stride) == 0)
            {
                between = count == 0 ? last - r : between;
                count++;
            }
        }

        return new(
            Outputs: (inputs - remainder + stride - 1) / stride,
            Sources: outputs,
            Stride: 1,
            First: (remainder + pad - (Math.Max(last, 0) * dilation)) / stride,
            Taps: last < 0 ? 0 : count + 1,
            Step: count == 0 ? 1 : between * dilation / stride,
            FilterFirst: last,
            FilterStep: -between,
            Target: remainder,
            TargetStride: stride);
    }

    private static int Remainder(int value, int modulus) => ((value % modulus) + modulus) % modulus;
}
