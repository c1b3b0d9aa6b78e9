using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>The principal components of small patches of normalised pictures, which a first convolution may start from.</summary>
/// <remarks>
/// Responses to them are uncorrelated over the pictures; with a batch norm behind, which makes their variances equal, they are whitened. Networks learn in
/// fewer epochs from there (Page, "How to train your ResNet 8", 2019; Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU", 2024).
/// </remarks>
/// <param name="source">Training pictures; patches of some of them are looked at, from the first to the last.</param>
/// <param name="normalization">Of the training pictures.</param>
public sealed class PatchComponents(ImageSource source, Normalization normalization)
{
    private const int Patches = 100_000;

    // Jacobi's sweeps converge quadratically; half as many are enough for the patches of any filter.
    private const int Sweeps = 16;

    /// <summary>Writes the first M/2 components into a filter [M,C,R,S], and the same with the sign turned; where there are fewer, the rest stays as it is.</summary>
    /// <param name="filter">Of a convolution that reads the pictures; C is their channels.</param>
    public void Fill(Tensor filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        Shape shape = filter.Shape;
        int length = shape[1] * shape[2] * shape[3];
        double[,] products = Products(shape);
        double[,] vectors = Diagonalize(products);
        int[] order = [.. Enumerable.Range(0, length).OrderByDescending(i => products[i, i])];
        // As long as a filter of He's initializer is on average.
        double scale = Math.Sqrt(2);
        for (int m = 0; m < Math.Min(shape[0] / 2, length); m++)
        {
            for (int i = 0; i < length; i++)
            {
                float value = (float)(scale * vectors[i, order[m]]);
                filter.Span[(m * length) + i] = value;
                filter.Span[(((shape[0] / 2) + m) * length) + i] = -value;
            }
        }
    }

    // Sums of the products of any two values of a patch, over patches side by side in pictures evenly spaced, for those of one class may come one after the other.
    private double[,] Products(Shape filter)
    {
        (int rows, int columns) = (filter[2], filter[3]);
        int perPicture = Math.Max(1, source.Height / rows * (source.Width / columns));
        int pictures = Math.Clamp(Patches / perPicture, 1, source.Count);
        double[,] sums = new double[filter.Count / filter[0], filter.Count / filter[0]];
        float[] patch = new float[filter.Count / filter[0]];
        float[] table = normalization.Table();
        byte[] room = new byte[source.PixelBytes];
        for (int n = 0; n < pictures; n++)
        {
            ReadOnlySpan<byte> pixels = source.Fetch((int)((long)n * source.Count / pictures), room, out _);
            for (int y = 0; y <= source.Height - rows; y += rows)
            {
                for (int x = 0; x <= source.Width - columns; x += columns)
                {
                    for (int i = 0; i < patch.Length; i++)
                    {
                        (int c, int r, int s) = (i / (rows * columns), i / columns % rows, i % columns);
                        patch[i] = table[(c * 256) + pixels[((((y + r) * source.Width) + x + s) * source.Channels) + c]];
                    }

                    AddProducts(patch, sums);
                }
            }
        }

        return sums;
    }

    private static void AddProducts(float[] patch, double[,] sums)
    {
        for (int i = 0; i < patch.Length; i++)
        {
            for (int k = 0; k < patch.Length; k++)
            {
                sums[i, k] += (double)patch[i] * patch[k];
            }
        }
    }

    // Jacobi's method: rotations that turn one element after another to zero leave the eigenvalues on the diagonal. Returns the eigenvectors, as columns.
    private static double[,] Diagonalize(double[,] a)
    {
        int n = a.GetLength(0);
        double[,] vectors = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            vectors[i, i] = 1;
        }

        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    if (a[p, q] != 0)
                    {
                        double theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
                        double t = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt((theta * theta) + 1));
                        double cosine = 1 / Math.Sqrt((t * t) + 1);
                        Rotate(a, vectors, p, q, cosine, t * cosine);
                    }
                }
            }
        }

        return vectors;
    }

    private static void Rotate(double[,] a, double[,] vectors, int p, int q, double cosine, double sine)
    {
        int n = a.GetLength(0);
        for (int k = 0; k < n; k++)
        {
            (a[k, p], a[k, q]) = ((cosine * a[k, p]) - (sine * a[k, q]), (sine * a[k, p]) + (cosine * a[k, q]));
        }

        for (int k = 0; k < n; k++)
        {
            (a[p, k], a[q, k]) = ((cosine * a[p, k]) - (sine * a[q, k]), (sine * a[p, k]) + (cosine * a[q, k]));
            (vectors[k, p], vectors[k, q]) = ((cosine * vectors[k, p]) - (sine * vectors[k, q]), (sine * vectors[k, p]) + (cosine * vectors[k, q]));
        }
    }
}
