using System.Buffers.Binary;
using SkiaSharp;

namespace Gimbal.Inference.Tests;

/// <summary>Encoded pictures.</summary>
internal static class Pictures
{
    /// <summary>A picture drawn pixel by pixel.</summary>
    public static byte[] Encode(
        int height, int width, Func<int, int, SKColor> pixel, SKEncodedImageFormat format = SKEncodedImageFormat.Png, SKColorType type = SKColorType.Rgba8888)
    {
        using SKBitmap bitmap = new(new SKImageInfo(width, height, type, type == SKColorType.Gray8 ? SKAlphaType.Opaque : SKAlphaType.Unpremul));
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

    /// <summary>Random colours.</summary>
    public static byte[] Noise(int height, int width, int seed = 1)
    {
        Random random = new(seed);
        return Encode(height, width, (_, _) => new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)));
    }

    /// <summary>A JPEG file with an EXIF segment that states an orientation.</summary>
    public static byte[] Oriented(byte[] jpeg, byte orientation) =>
    [
        0xFF, 0xD8,
        0xFF, 0xE1, 0x00, 0x22, .. "Exif\0\0"u8,
        .. "MM\0*"u8, 0, 0, 0, 8, // big-endian, first directory at 8
        0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, // one entry: orientation, short, one of them
        0, 0, 0, 0,
        .. jpeg[2..],
    ];

    /// <summary>A JPEG file whose header states another size than its content has.</summary>
    public static byte[] Claiming(byte[] jpeg, int height, int width)
    {
        byte[] claiming = [.. jpeg];
        int frame = claiming.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(claiming.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(claiming.AsSpan(frame + 7), (ushort)width);
        return claiming;
    }
}
