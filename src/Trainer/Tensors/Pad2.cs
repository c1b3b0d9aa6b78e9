namespace Gimbal.Trainer.Tensors;

/// <summary>Rows and columns of padding on each side, in pixels.</summary>
public readonly record struct Pad2(int Top, int Left, int Bottom, int Right)
{
    /// <summary>The same padding on all four sides.</summary>
    public static implicit operator Pad2(int side) => new(side, side, side, side);

    /// <summary>The same padding on all four sides.</summary>
    public static Pad2 FromInt32(int side) => new(side, side, side, side);

    /// <summary>Prints <c>1,1,1,1</c>: top, left, bottom, right, the order of ONNX.</summary>
    public override string ToString() => $"{Top},{Left},{Bottom},{Right}";
}
