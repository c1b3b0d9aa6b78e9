namespace Gimbal.Trainer.Cpu;

/// <summary>Whether a matrix product reads an operand as it is stored or transposed.</summary>
public enum Transpose
{
    /// <summary>As stored.</summary>
    No,

    /// <summary>Rows and columns exchanged.</summary>
    Yes,
}
