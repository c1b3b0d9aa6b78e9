using SkiaSharp;

namespace Gimbal.Imaging;

/// <summary>Turns a picture upright, as EXIF says the camera was held.</summary>
internal static class PictureOrientation
{
    private const int PixelBytes = 4;

    /// <summary>Rearranges pixels of four bytes.</summary>
    /// <returns>Rows, columns and pixels of the upright picture; the input itself where it is upright already.</returns>
    public static (int Height, int Width, byte[] Pixels) Apply(int height, int width, byte[] pixels, SKEncodedOrigin origin)
    {
        if (origin == SKEncodedOrigin.TopLeft)
        {
            return (height, width, pixels);
        }

        (int outHeight, int outWidth) = IsTurned(origin) ? (width, height) : (height, width);
        byte[] upright = new byte[pixels.Length];
        for (int y = 0; y < outHeight; y++)
        {
            for (int x = 0; x < outWidth; x++)
            {
                (int fromY, int fromX) = Source(origin, y, x, height, width);
                pixels.AsSpan(((fromY * width) + fromX) * PixelBytes, PixelBytes).CopyTo(upright.AsSpan(((y * outWidth) + x) * PixelBytes));
            }
        }

        return (outHeight, outWidth, upright);
    }

    /// <summary>Whether rows of the stored picture are columns of the upright one.</summary>
    public static bool IsTurned(SKEncodedOrigin origin) =>
        origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    // The origin names where row 0 and column 0 of the stored picture belong in the upright one.
    private static (int Y, int X) Source(SKEncodedOrigin origin, int y, int x, int height, int width) => origin switch
    {
        SKEncodedOrigin.TopRight => (y, width - 1 - x),
        SKEncodedOrigin.BottomRight => (height - 1 - y, width - 1 - x),
        SKEncodedOrigin.BottomLeft => (height - 1 - y, x),
        SKEncodedOrigin.LeftTop => (x, y),
        SKEncodedOrigin.RightTop => (height - 1 - x, y),
        SKEncodedOrigin.RightBottom => (height - 1 - x, width - 1 - y),
        SKEncodedOrigin.LeftBottom => (x, width - 1 - y),
        _ => (y, x),
    };
}
