using Gimbal.Imaging;

namespace Gimbal.Inference.Tests.Imaging;

/// <summary>Scaling and cropping against the definition: a triangle filter in two dimensions, in double.</summary>
public sealed class PictureResizerTests
{
    [Theory]
    [InlineData(40, 60, 32, 32)]
    [InlineData(60, 40, 32, 32)]
    [InlineData(300, 200, 32, 32)]
    [InlineData(7, 5, 32, 32)]
    [InlineData(33, 32, 32, 32)]
    [InlineData(1, 1, 8, 12)]
    [InlineData(1, 90, 8, 12)]
    [InlineData(90, 1, 8, 12)]
    [InlineData(31, 47, 1, 1)]
    [InlineData(2, 3, 64, 48)]
    [InlineData(64, 96, 8, 12)]
    public void Every_byte_is_the_filters_value_but_for_rounding(int height, int width, int toHeight, int toWidth)
    {
        foreach (int channels in (int[])[1, 3])
        {
            Picture picture = Noise(height, width, channels);
            double[] expected = Filtered(picture, toHeight, toWidth);

            Picture resized = PictureResizer.Resize(picture, toHeight, toWidth);

            Assert.Equal((toHeight, toWidth, channels), (resized.Height, resized.Width, resized.Channels));
            // Rows and columns are each rounded to a byte: half a step twice, and the fixed point's last bit.
            Assert.True(Largest(expected, resized.Pixels) <= 1.01, $"{Largest(expected, resized.Pixels)} of 255");
        }
    }

    [Fact]
    public void Taking_the_nearest_pixel_would_not_pass()
    {
        Picture picture = Noise(64, 96, 3);
        byte[] nearest = [.. Enumerable.Range(0, 8 * 12 * 3).Select(i => picture.Pixels[((((i / 36 * 8) + 4) * 96) + (i / 3 % 12 * 8) + 4) * 3 + (i % 3)])];

        Assert.True(Largest(Filtered(picture, 8, 12), nearest) > 20);
    }

    [Fact]
    public void A_picture_of_the_wanted_size_stays_what_it_is()
    {
        Picture picture = Noise(8, 12, 3);

        Assert.Same(picture, PictureResizer.Resize(picture, 8, 12));
    }

    [Theory]
    [InlineData(500_000, 1)]
    [InlineData(1, 500_000)]
    public void A_strip_costs_what_is_left_of_it(int height, int width)
    {
        Picture strip = new(height, width, 1, new byte[500_000]);
        strip.Pixels.AsSpan().Fill(9);
        strip.Pixels[250_000] = 200;
        long before = GC.GetAllocatedBytesForCurrentThread();

        Picture resized = PictureResizer.Resize(strip, 224, 224);

        // All rows at the wanted width would be 112 MB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
        Assert.True(Largest(Filtered(strip, 224, 224), resized.Pixels) <= 1.01);
        Assert.Contains(resized.Pixels, p => p > 50);
    }

    private static Picture Noise(int height, int width, int channels)
    {
        byte[] pixels = new byte[height * width * channels];
        new Random((height * 1000) + width).NextBytes(pixels);
        return new Picture(height, width, channels, pixels);
    }

    private static double Largest(double[] expected, byte[] actual) => expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();

    // Scale so that the picture covers the wanted size, cut out the centre, weigh each pixel by its distance from the output's centre.
    private static double[] Filtered(Picture picture, int height, int width)
    {
        double scale = Math.Min((double)picture.Height / height, (double)picture.Width / width);
        double[] output = new double[height * width * picture.Channels];
        for (int y = 0; y < height; y++)
        {
            (int at, double weight)[] rows = [.. Taps(((picture.Height - (height * scale)) / 2) + ((y + 0.5) * scale), scale, picture.Height)];
            for (int x = 0; x < width; x++)
            {
                (int at, double weight)[] columns = [.. Taps(((picture.Width - (width * scale)) / 2) + ((x + 0.5) * scale), scale, picture.Width)];
                for (int c = 0; c < picture.Channels; c++)
                {
                    double sum = 0;
                    foreach ((int row, double down) in rows)
                    {
                        foreach ((int column, double across) in columns)
                        {
                            sum += down * across * picture.Pixels[(((row * picture.Width) + column) * picture.Channels) + c];
                        }
                    }

                    output[(((y * width) + x) * picture.Channels) + c] = sum;
                }
            }
        }

        return output;
    }

    private static IEnumerable<(int At, double Weight)> Taps(double centre, double scale, int count)
    {
        double reach = Math.Max(1, scale);
        int first = Math.Max(0, (int)(centre - reach) - 1);
        (int At, double Weight)[] near = [.. Enumerable.Range(first, Math.Min(count, (int)(centre + reach) + 2) - first)
            .Select(i => (i, Math.Max(0, 1 - (Math.Abs(i + 0.5 - centre) / reach))))];
        double sum = near.Sum(tap => tap.Weight);
        return near.Where(tap => tap.Weight > 0).Select(tap => (tap.At, tap.Weight / sum));
    }
}
