using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>An op case in one precision: every case in float32, and products in bfloat16 too.</summary>
/// <param name="OpCase">The op and its operands.</param>
/// <param name="Precision">Of its launches.</param>
internal sealed record CudaCase(OpCase OpCase, Precision Precision)
{
    // Both operands of a product come first; a bias is added in float32.
    private const int Factors = 2;

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, CudaCase> All { get; } = AllOps.Cases.Values
        .SelectMany(opCase => IsProduct(opCase) ? [new CudaCase(opCase, Precision.Float32), new(opCase, Precision.Bfloat16)] : (CudaCase[])[new(opCase, Precision.Float32)])
        .ToDictionary(cudaCase => cudaCase.ToString());

    /// <summary>The outputs for the operands as drawn, in double.</summary>
    public IReadOnlyList<DoubleTensor> Expected() => Evaluate((_, x) => x);

    /// <summary>The same for operands rounded to bfloat16.</summary>
    public IReadOnlyList<DoubleTensor> ExpectedOfRounded() => Evaluate((i, x) => i < Factors ? Rounded(x) : x);

    /// <summary>Σ|a·b| of each output: what errors of the factors are amplified by.</summary>
    /// <remarks>What is added counts nothing; where a gradient stops, it stops here too.</remarks>
    public IReadOnlyList<DoubleTensor> Magnitudes() => Evaluate((i, x) => i < Factors ? Math.Abs(x) : IsMask(i) ? x : 0);

    /// <summary>The nearest bfloat16, of two as near the even one; what is no number stays so.</summary>
    public static double Rounded(double x)
    {
        uint bits = BitConverter.SingleToUInt32Bits((float)x);
        return double.IsNaN(x) ? x : BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }

    /// <inheritdoc/>
    public override string ToString() => Precision == Precision.Float32 ? OpCase.Name : $"{OpCase.Name} in bfloat16";

    private static bool IsProduct(OpCase opCase) => opCase.Op is Conv or ConvGradInput or ConvGradWeight or Gemm or FusedConv { X: ConvOperand.Plain }
        or FusedConvGradInput { GradY: ConvOperand.Plain };

    private bool IsMask(int input) =>
        OpCase.Op is FusedConvGradInput fused && input - Factors - (fused.HasSkip ? 1 : 0) is var place && place >= 0 && place < (int)fused.Mask;

    private IReadOnlyList<DoubleTensor> Evaluate(Func<int, double, double> change) => ReferenceOps.Evaluate(
        OpCase.Op,
        [.. OpCase.Inputs.Select(i => i.Type)],
        [.. OpCase.DrawInputs().Select((input, i) => new DoubleTensor(input.Shape, [.. input.Values.Select(x => change(i, x))]))]);
}
