namespace Gimbal.Trainer.Cpu;

/// <summary>The extents of one two-dimensional convolution: y[n, p, q, m] = sum over r, s, c of x[n, p·stride - pad + r·dilation, ..., c]·w[r, s, c, m].</summary>
/// <param name="N">Images.</param>
/// <param name="C">Input channels, all groups together.</param>
/// <param name="H">Input rows.</param>
/// <param name="W">Input columns.</param>
/// <param name="M">Output channels, all groups together.</param>
/// <param name="R">Filter rows.</param>
/// <param name="S">Filter columns.</param>
/// <param name="StrideH">Rows from one output to the next.</param>
/// <param name="StrideW">Columns from one output to the next.</param>
/// <param name="PadTop">Rows of zeros above the image.</param>
/// <param name="PadLeft">Columns of zeros left of it.</param>
/// <param name="PadBottom">Rows of zeros below it.</param>
/// <param name="PadRight">Columns of zeros right of it.</param>
/// <param name="DilationH">Rows from one filter tap to the next.</param>
/// <param name="DilationW">Columns from one filter tap to the next.</param>
/// <param name="Groups">Independent groups of channels; divides C and M.</param>
public readonly record struct ConvGeometry(
    int N,
    int C,
    int H,
    int W,
    int M,
    int R,
    int S,
    int StrideH,
    int StrideW,
    int PadTop,
    int PadLeft,
    int PadBottom,
    int PadRight,
    int DilationH,
    int DilationW,
    int Groups)
{
    /// <summary>Output rows.</summary>
    public int P => ((H + PadTop + PadBottom - (DilationH * (R - 1)) - 1) / StrideH) + 1;

    /// <summary>Output columns.</summary>
    public int Q => ((W + PadLeft + PadRight - (DilationW * (S - 1)) - 1) / StrideW) + 1;

    /// <summary>Input channels of one group.</summary>
    public int GroupC => C / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupM => M / Groups;
}
