using Gimbal.Inference;

namespace Gimbal.Export;

/// <summary>What the file is made for.</summary>
public sealed record ExportOptions
{
    /// <summary>Smallest operator set that can be asked for.</summary>
    public const int LeastOpset = 13;

    /// <summary>Largest operator set that can be asked for.</summary>
    public const int MostOpset = 21;

    /// <summary>Operator set, 13 to 21. 17 runs on every ONNX Runtime since 1.12 and is the newest the Debian 12 checker knows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another one is asked for.</exception>
    public int Opset
    {
        get;
        init => field = value is >= LeastOpset and <= MostOpset
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Opset), $"operator set {value} is not in {LeastOpset} to {MostOpset}");
    } = 17;

    /// <summary>What the input holds.</summary>
    public InputForm Input { get; init; } = InputForm.FloatNchw;

    /// <summary>What the output holds.</summary>
    public OutputForm Output { get; init; } = OutputForm.Logits;

    /// <summary>The IR version that belongs to <see cref="Opset"/>.</summary>
    public int IrVersion => Opset switch
    {
        <= 14 => 7,
        <= 18 => 8,
        <= 20 => 9,
        _ => 10,
    };
}
