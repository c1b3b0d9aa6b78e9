using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>How far what a device computed for a case is from the reference in double.</summary>
internal static class CaseErrors
{
    /// <summary>The relative error of each output; where tensor cores multiply, against the reference of the rounded operands.</summary>
    /// <param name="run">What ran.</param>
    /// <param name="cudaCase">The case it ran.</param>
    /// <param name="outputs">What it gave.</param>
    public static IReadOnlyList<double> Of(CudaKernelRun run, CudaCase cudaCase, IReadOnlyList<float[]> outputs) =>
        [.. (run.IsRounded ? cudaCase.ExpectedOfRounded() : cudaCase.Expected()).Select((expected, i) => RelativeError.Of(run.ToNumbers(i, outputs[i]), expected.Values))];
}
