namespace Gimbal.Trainer.Tensors;

/// <summary>What the operands of convolutions and matrix products are rounded to. Tensors in memory, sums and everything else are float32 in each.</summary>
public enum Precision
{
    /// <summary>Nothing: IEEE single precision throughout.</summary>
    Float32,

    /// <summary>bfloat16, 8 bits of significand: tensor cores multiply, and add up in float32.</summary>
    Bfloat16,
}
