namespace Gimbal.Trainer.Checkpoints;

/// <summary>Element types a safetensors file of ours may hold; the names are the format's.</summary>
public enum StoredType
{
    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>Unsigned byte.</summary>
    U8,
}
