using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Cuda;

/// <summary>What a card can do at most, as its maker publishes it: nothing here was measured, and no kernel reaches all of it.</summary>
/// <remarks>
/// Dense arithmetic: where a data sheet counts structured sparsity, half of its number. Sources, all NVIDIA's:
/// h200: "H200 Tensor Core GPU" data sheet, SXM column. h100: "H100 Tensor Core GPU" data sheet, SXM column. a100: "A100 Tensor Core GPU" data sheet, 80 GB SXM column.
/// l40s: "L40S GPU" data sheet. rtx4090: "Ada GPU Architecture" white paper, appendix A, tensor cores that accumulate in fp32.
/// </remarks>
/// <param name="Key">What <c>--gpu</c> calls it.</param>
/// <param name="Name">The card.</param>
/// <param name="BytesPerSecond">To and from its memory.</param>
/// <param name="Fp32">FLOP/s of single precision outside the tensor cores; a multiply-add counts twice.</param>
/// <param name="Tf32">FLOP/s of the tensor cores in TF32.</param>
/// <param name="Bf16">FLOP/s of the tensor cores in bfloat16.</param>
public sealed record CudaPeaks(string Key, string Name, double BytesPerSecond, double Fp32, double Tf32, double Bf16)
{
    /// <summary>The cards whose peaks are known; the first is the one floors are given for unless another is named.</summary>
    public static IReadOnlyList<CudaPeaks> All { get; } =
    [
        new("h200", "NVIDIA H200 SXM", 4.8e12, 66.9e12, 494.7e12, 989.4e12),
        new("h100", "NVIDIA H100 SXM", 3.35e12, 66.9e12, 494.7e12, 989.4e12),
        new("a100", "NVIDIA A100 SXM 80 GB", 2.039e12, 19.5e12, 156e12, 312e12),
        new("l40s", "NVIDIA L40S", 0.864e12, 91.6e12, 183e12, 362.05e12),
        new("rtx4090", "NVIDIA GeForce RTX 4090", 1.008e12, 82.6e12, 82.6e12, 165.2e12),
    ];

    /// <summary>Seconds below which no kernel does so much arithmetic.</summary>
    /// <param name="flop">Floating-point operations.</param>
    /// <param name="precision">Of products; in float32 the tensor cores stand idle.</param>
    public double ArithmeticSeconds(long flop, Precision precision) => flop / (precision == Precision.Bfloat16 ? Bf16 : Fp32);

    /// <summary>Seconds below which no kernel computes and moves so much.</summary>
    /// <param name="flop">Floating-point operations.</param>
    /// <param name="precision">Of products.</param>
    /// <param name="bytes">Read and written, all of them in the card's memory.</param>
    public double FloorSeconds(long flop, Precision precision, long bytes) => Math.Max(ArithmeticSeconds(flop, precision), bytes / BytesPerSecond);

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{Name}: {BytesPerSecond / 1e12:0.00} TB/s, {Fp32 / 1e12:0.0} TFLOP/s in fp32, {Tf32 / 1e12:0.0} in TF32, {Bf16 / 1e12:0.0} in bf16");
}
