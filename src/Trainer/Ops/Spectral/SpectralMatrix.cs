using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>A weight in memory as a matrix: a row for each output of the layer, or, as filters lie, a column.</summary>
/// <param name="Address">Of the elements, row-major.</param>
/// <param name="Rows">Rows in memory.</param>
/// <param name="Columns">Columns in memory.</param>
/// <param name="IsTransposed">Whether outputs are columns.</param>
internal readonly unsafe record struct SpectralMatrix(nint Address, int Rows, int Columns, bool IsTransposed)
{
    /// <summary>Outputs of the layer.</summary>
    public int Outputs => IsTransposed ? Columns : Rows;

    /// <summary>What each output sums over.</summary>
    public int Inputs => IsTransposed ? Rows : Columns;

    /// <summary>The weight of that type.</summary>
    public static SpectralMatrix Of(TensorType type, float* elements)
    {
        int outputs = type.Shape[0];
        int inputs = type.Shape.Count / outputs;
        return type.Axes == Axes.Filter ? new((nint)elements, inputs, outputs, true) : new((nint)elements, outputs, inputs, false);
    }

    /// <summary>Appends y = Wᵀ·u: a number for each input.</summary>
    public void TimesOutputs(CpuSteps steps, float* u, float* y) => Product(steps, u, y, IsTransposed);

    /// <summary>Appends y = W·v: a number for each output.</summary>
    public void TimesInputs(CpuSteps steps, float* v, float* y) => Product(steps, v, y, !IsTransposed);

    private void Product(CpuSteps steps, float* x, float* y, bool isAlongRows)
    {
        if (isAlongRows)
        {
            MatrixVector.Rows(steps, "spectral_product", (float*)Address, x, y, Rows, Columns);
        }
        else
        {
            MatrixVector.Columns(steps, "spectral_product", (float*)Address, x, y, Rows, Columns);
        }
    }
}
