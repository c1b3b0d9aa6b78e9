using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Datasets;

/// <summary>Responses to the components are uncorrelated over the patches they were taken from.</summary>
public sealed class PatchComponentsTests
{
    private const int Side = 3;
    private const int Pictures = 90;
    private const int PatchLength = 3 * Side * Side;

    private static readonly ImageSource s_pictures = ProceduralImages.Splits(1, Pictures, 2).Train;
    private static readonly Normalization s_normalization = Normalization.Of(s_pictures);

    [Fact]
    public void Responses_to_different_components_are_uncorrelated_and_fall()
    {
        Tensor filter = Filled(2 * PatchLength);

        double[] responses = Products(filter, out double largest);

        // Float32 filters, sums in double.
        Assert.InRange(largest, 0, 1e-5 * responses[0]);
        Assert.Equal(responses.OrderDescending(), responses);
    }

    [Fact]
    public void Pixels_themselves_are_correlated()
    {
        Tensor pixels = new(new Shape(2 * PatchLength, 3, Side, Side));
        for (int i = 0; i < PatchLength; i++)
        {
            pixels.Span[(i * PatchLength) + i] = 1;
        }

        double[] responses = Products(pixels, out double largest);

        Assert.True(largest > 0.1 * responses[0]);
    }

    [Fact]
    public void The_second_half_is_the_first_with_the_sign_turned_and_all_are_as_long_as_Hes()
    {
        Tensor filter = Filled(20);

        for (int m = 0; m < 10; m++)
        {
            float[] component = filter.Span.Slice(m * PatchLength, PatchLength).ToArray();
            Assert.Equal(component.Select(x => -x), filter.Span.Slice((10 + m) * PatchLength, PatchLength).ToArray());
            Assert.Equal(Math.Sqrt(2), Math.Sqrt(component.Sum(x => (double)x * x)), 1e-6);
        }
    }

    [Fact]
    public void Filters_beyond_the_components_stay()
    {
        Tensor filter = Filled((2 * PatchLength) + 4);

        // Half of so many filters are two more than there are components.
        Assert.All(filter.Span.Slice(PatchLength * PatchLength, 2 * PatchLength).ToArray(), x => Assert.Equal(7, x));
        Assert.All(filter.Span[^(2 * PatchLength)..].ToArray(), x => Assert.Equal(7, x));
    }

    private static Tensor Filled(int filters)
    {
        Tensor filter = new(new Shape(filters, 3, Side, Side));
        filter.Span.Fill(7);
        new PatchComponents(s_pictures, s_normalization).Fill(filter);
        return filter;
    }

    // The mean square of the response to each of the first filters, and the largest mean product of two.
    private static double[] Products(Tensor filter, out double largest)
    {
        double[,] products = new double[PatchLength, PatchLength];
        float[] table = s_normalization.Table();
        byte[] room = new byte[s_pictures.PixelBytes];
        double[] response = new double[PatchLength];
        for (int n = 0; n < Pictures; n++)
        {
            ReadOnlySpan<byte> pixels = s_pictures.Fetch(n, room, out _);
            for (int patch = 0; patch < s_pictures.Height / Side * (s_pictures.Width / Side); patch++)
            {
                (int y, int x) = (patch / (s_pictures.Width / Side) * Side, patch % (s_pictures.Width / Side) * Side);
                Array.Clear(response);
                for (int i = 0; i < PatchLength; i++)
                {
                    (int c, int r, int s) = (i / (Side * Side), i / Side % Side, i % Side);
                    float pixel = table[(c * 256) + pixels[((((y + r) * s_pictures.Width) + x + s) * 3) + c]];
                    for (int m = 0; m < PatchLength; m++)
                    {
                        response[m] += (double)pixel * filter.Span[(m * PatchLength) + i];
                    }
                }

                for (int m = 0; m < PatchLength * PatchLength; m++)
                {
                    products[m / PatchLength, m % PatchLength] += response[m / PatchLength] * response[m % PatchLength];
                }
            }
        }

        largest = 0;
        for (int m = 0; m < PatchLength * PatchLength; m++)
        {
            largest = m / PatchLength == m % PatchLength ? largest : Math.Max(largest, Math.Abs(products[m / PatchLength, m % PatchLength]));
        }

        return [.. Enumerable.Range(0, PatchLength).Select(m => products[m, m])];
    }
}
