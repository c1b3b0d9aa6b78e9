using Gimbal.Imaging;
using SkiaSharp;

namespace Gimbal.Trainer.Datasets;

/// <summary>Pictures of a source as small PNG files, for reports and logs.</summary>
public static class Thumbnails
{
    /// <summary>One picture.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="index">Its position.</param>
    /// <param name="longest">Largest side of the result in pixels; smaller pictures stay as they are.</param>
    /// <returns>A PNG file.</returns>
    public static byte[] Png(ImageSource source, int index, int longest) => Grid(source, [index], 1, longest).Png;

    /// <summary>Several pictures in rows.</summary>
    /// <param name="source">Where they are.</param>
    /// <param name="indices">Which, one or more.</param>
    /// <param name="columns">Pictures in a row, 1 or more.</param>
    /// <param name="longest">Largest side of one picture in pixels; smaller pictures stay as they are.</param>
    /// <returns>A PNG file with its rows and columns.</returns>
    public static (byte[] Png, int Height, int Width) Grid(ImageSource source, IReadOnlyList<int> indices, int columns, int longest)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1);
        double scale = Math.Min(1, (double)longest / Math.Max(source.Height, source.Width));
        int height = Math.Max(1, (int)Math.Round(source.Height * scale));
        int width = Math.Max(1, (int)Math.Round(source.Width * scale));
        int rows = (indices.Count + columns - 1) / columns;
        columns = Math.Min(columns, indices.Count);
        int stride = columns * width * source.Channels;
        byte[] sheet = new byte[rows * height * stride];
        for (int i = 0; i < indices.Count; i++)
        {
            byte[] pixels = new byte[source.PixelBytes];
            source.Read(indices[i], pixels);
            Picture small = PictureResizer.Resize(new Picture(source.Height, source.Width, source.Channels, pixels), height, width);
            int corner = (i / columns * height * stride) + (i % columns * width * source.Channels);
            for (int row = 0; row < height; row++)
            {
                small.Pixels.AsSpan(row * width * source.Channels, width * source.Channels).CopyTo(sheet.AsSpan(corner + (row * stride)));
            }
        }

        return (Encode(sheet, rows * height, columns * width, source.Channels), rows * height, columns * width);
    }

    private static byte[] Encode(byte[] pixels, int height, int width, int channels)
    {
        using SKBitmap bitmap = new(width, height, channels == 1 ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque);
        Span<byte> target = bitmap.GetPixelSpan();
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int pixel = ((y * width) + x) * channels;
                if (channels == 1)
                {
                    target[(y * bitmap.RowBytes) + x] = pixels[pixel];
                    continue;
                }

                pixels.AsSpan(pixel, channels).CopyTo(target[((y * bitmap.RowBytes) + (4 * x))..]);
                target[(y * bitmap.RowBytes) + (4 * x) + 3] = byte.MaxValue;
            }
        }

        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }
}
