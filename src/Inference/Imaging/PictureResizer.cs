namespace Gimbal.Imaging;

/// <summary>Brings pictures to one size: the centre part with the wanted proportions is scaled by a triangle filter.</summary>
/// <remarks>
/// The same as scaling the shorter side and cropping the centre. Shrinking widens the filter with the scale, so that fine detail is averaged
/// and not aliased. Weights are computed in double, sums in fixed point (weights of 22 bits, half rounded up), so that every machine
/// gives the same bytes. A picture of the wanted size is returned as it is.
/// </remarks>
internal static class PictureResizer
{
    private const int FractionBits = 22;

    /// <summary>Scales and crops.</summary>
    /// <param name="picture">Any size.</param>
    /// <param name="height">Wanted rows.</param>
    /// <param name="width">Wanted columns.</param>
    public static Picture Resize(Picture picture, int height, int width)
    {
        if (picture.Height == height && picture.Width == width)
        {
            return picture;
        }

        double scale = Math.Min((double)picture.Height / height, (double)picture.Width / width);
        Filter across = Filter.Create(picture.Width, width, scale);
        Filter down = Filter.Create(picture.Height, height, scale);
        // Rows that are cropped away are not scaled: a strip of a million rows would not fit into memory.
        byte[] narrow = Horizontal(picture, down.First, down.End, across, width);
        return new Picture(height, width, picture.Channels, Vertical(narrow, down, width * picture.Channels, height));
    }

    private static byte[] Horizontal(Picture picture, int firstRow, int endRow, Filter filter, int width)
    {
        int channels = picture.Channels;
        byte[] output = new byte[(endRow - firstRow) * width * channels];
        for (int y = 0; y < endRow - firstRow; y++)
        {
            ReadOnlySpan<byte> row = picture.Pixels.AsSpan((firstRow + y) * picture.Width * channels, picture.Width * channels);
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < channels; c++)
                {
                    output[(((y * width) + x) * channels) + c] = filter.Apply(x, row[c..], channels, 0);
                }
            }
        }

        return output;
    }

    private static byte[] Vertical(ReadOnlySpan<byte> input, Filter filter, int rowBytes, int height)
    {
        byte[] output = new byte[height * rowBytes];
        for (int y = 0; y < height; y++)
        {
            for (int i = 0; i < rowBytes; i++)
            {
                output[(y * rowBytes) + i] = filter.Apply(y, input[i..], rowBytes, filter.First);
            }
        }

        return output;
    }

    /// <summary>For each output position the input positions it is made of, and their weights.</summary>
    private sealed class Filter
    {
        private readonly int[] _first;
        private readonly int[][] _weights;

        private Filter(int count) => (_first, _weights) = (new int[count], new int[count][]);

        public static Filter Create(int input, int output, double scale)
        {
            Filter filter = new(output);
            double offset = (input - (output * scale)) / 2;
            double support = Math.Max(1, scale);
            for (int i = 0; i < output; i++)
            {
                double centre = offset + ((i + 0.5) * scale);
                int first = Math.Max(0, (int)Math.Floor(centre - support));
                int end = Math.Min(input, (int)Math.Ceiling(centre + support));
                double[] weights = new double[end - first];
                for (int k = 0; k < weights.Length; k++)
                {
                    weights[k] = Math.Max(0, 1 - (Math.Abs(first + k + 0.5 - centre) / support));
                }

                double sum = weights.Sum();
                filter._first[i] = first;
                filter._weights[i] = [.. weights.Select(w => (int)Math.Round(w / sum * (1 << FractionBits)))];
            }

            return filter;
        }

        /// <summary>First input position that is read.</summary>
        public int First => _first[0];

        /// <summary>The position behind the last that is read.</summary>
        public int End => _first[^1] + _weights[^1].Length;

        /// <summary>One output.</summary>
        /// <param name="position">Which.</param>
        /// <param name="values">Inputs.</param>
        /// <param name="stride">Elements from one input to the next.</param>
        /// <param name="origin">Position of the first element of <paramref name="values"/>.</param>
        public byte Apply(int position, ReadOnlySpan<byte> values, int stride, int origin)
        {
            int[] weights = _weights[position];
            int at = (_first[position] - origin) * stride;
            long sum = 1 << (FractionBits - 1);
            foreach (int weight in weights)
            {
                sum += (long)weight * values[at];
                at += stride;
            }

            return (byte)Math.Clamp(sum >> FractionBits, 0, 255);
        }
    }
}
