using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Layers;

/// <summary>Rows (or columns, if there are fewer) of the weight, seen as [M, C·R·S], are orthogonal and of length Gain (Saxe, McClelland, Ganguli 2014).</summary>
/// <param name="Gain">Length of the vectors.</param>
public sealed record Orthogonal(float Gain) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Philox random)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        int rows = tensor.Shape.Rank < 2 ? 1 : tensor.Shape[0];
        int columns = tensor.Shape.Count / rows;
        (int vectors, int length) = rows <= columns ? (rows, columns) : (columns, rows);
        double[][] basis = new double[vectors][];
        for (int v = 0; v < vectors; v++)
        {
            basis[v] = new double[length];
            for (int i = 0; i < length; i++)
            {
                basis[v][i] = random.Normal(0, ((ulong)v * (ulong)length) + (ulong)i);
            }

            Orthonormalize(basis, v);
        }

        for (int i = 0; i < tensor.Span.Length; i++)
        {
            (int row, int column) = (i / columns, i % columns);
            tensor.Span[i] = (float)(Gain * (rows <= columns ? basis[row][column] : basis[column][row]));
        }
    }

    // Gram and Schmidt, modified; the second sweep removes what rounding left of the first.
    private static void Orthonormalize(double[][] basis, int v)
    {
        double[] vector = basis[v];
        for (int sweep = 0; sweep < 2; sweep++)
        {
            for (int u = 0; u < v; u++)
            {
                double dot = Dot(vector, basis[u]);
                for (int i = 0; i < vector.Length; i++)
                {
                    vector[i] -= dot * basis[u][i];
                }
            }
        }

        double norm = Math.Sqrt(Dot(vector, vector));
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] /= norm;
        }
    }

    private static double Dot(double[] a, double[] b) => System.Numerics.Tensors.TensorPrimitives.Dot<double>(a, b);
}
