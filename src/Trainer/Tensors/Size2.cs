namespace Gimbal.Trainer.Tensors;

/// <summary>Height and width, in pixels.</summary>
public readonly record struct Size2(int H, int W)
{
    /// <summary>A square.</summary>
    public static implicit operator Size2(int side) => new(side, side);

    /// <summary>A square.</summary>
    public static Size2 FromInt32(int side) => new(side, side);

    /// <summary>Prints <c>3x3</c>.</summary>
    public override string ToString() => $"{H}x{W}";
}
