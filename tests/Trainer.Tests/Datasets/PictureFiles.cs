using Gimbal.Trainer.Datasets;
using SkiaSharp;

namespace Gimbal.Trainer.Tests.Datasets;

/// <summary>Encoded pictures.</summary>
internal static class PictureFiles
{
    /// <summary>A picture of one colour.</summary>
    public static byte[] Flat(SKColor colour, int height = 8, int width = 8, SKEncodedImageFormat format = SKEncodedImageFormat.Png) =>
        Encode(height, width, (_, _) => colour, format);

    /// <summary>A picture of random pixels; different seeds give different pictures.</summary>
    public static byte[] Noise(int seed, int height = 8, int width = 8, SKEncodedImageFormat format = SKEncodedImageFormat.Png)
    {
        Random random = new(seed);
        return Encode(height, width, (_, _) => new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)), format);
    }

    /// <summary>A picture drawn pixel by pixel.</summary>
    public static byte[] Encode(int height, int width, Func<int, int, SKColor> pixel, SKEncodedImageFormat format)
    {
        using SKBitmap bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bitmap.SetPixel(x, y, pixel(y, x));
            }
        }

        using SKData data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    /// <summary>Adds the EXIF segment that states an orientation, 1 to 8, to a JPEG file.</summary>
    public static byte[] Oriented(byte[] jpeg, byte orientation) =>
    [
        0xFF, 0xD8,
        0xFF, 0xE1, 0x00, 0x22, .. "Exif\0\0"u8,
        .. "MM\0*"u8, 0, 0, 0, 8, // big-endian, first directory at 8
        0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, // one entry: orientation, short, one of them
        0, 0, 0, 0,
        .. jpeg[2..],
    ];

    /// <summary>Fills class folders with noise.</summary>
    public static void WriteClasses(TestFolder folder, string below, params (string Name, int Count)[] classes)
    {
        foreach ((string name, int count) in classes)
        {
            for (int i = 0; i < count; i++)
            {
                folder.Write(Path.Combine(below, name, $"{i:000}.png"), Noise((1000 * HashCode(below + name)) + i));
            }
        }
    }

    public static DataSplits Open(string folder, DataOptions? options = null) => ImageFolder.Open(folder, options ?? new DataOptions());

    public static byte[] Read(ImageSource source, int index)
    {
        byte[] pixels = new byte[source.PixelBytes];
        source.Read(index, pixels);
        return pixels;
    }

    // string.GetHashCode differs from process to process.
    private static int HashCode(string text) => text.Aggregate(17, (sum, c) => unchecked((sum * 31) + c) & 0xFFFFF);
}
