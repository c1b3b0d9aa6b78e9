using SkiaSharp;

namespace Gimbal.Imaging;

/// <summary>Decodes JPEG, PNG, WebP, BMP and the first frame of GIF, the same way for training and for the app.</summary>
/// <remarks>
/// The picture is turned upright by its EXIF orientation; transparency is laid on white; values are taken as stored, without colour
/// management. Grey from colour is (299·R + 587·G + 114·B + 500)/1000; colour from grey repeats the value.
/// A damaged or truncated file is refused, never filled up with black.
/// </remarks>
internal static class PictureDecoder
{
    /// <summary>Most pixels a picture may have; checked against the header, before anything is decoded.</summary>
    public const long MostPixels = 64_000_000;

    /// <summary>Decodes an encoded picture.</summary>
    /// <param name="encoded">Content of the file.</param>
    /// <param name="channels">1 or 3; 0 takes 1 for files stored in grey and 3 for the others.</param>
    /// <exception cref="PictureException">Not a picture, damaged, or too large.</exception>
    public static Picture Decode(ReadOnlySpan<byte> encoded, int channels)
    {
        if (encoded.IsEmpty)
        {
            throw new PictureException("the file is empty");
        }

        using SKData data = SKData.CreateCopy(encoded);
        using SKCodec codec = SKCodec.Create(data) ?? throw new PictureException("not a picture that can be read (JPEG, PNG, WebP, BMP, GIF)");
        SKImageInfo header = codec.Info;
        if (header.Width < 1 || header.Height < 1 || (long)header.Width * header.Height > MostPixels)
        {
            throw new PictureException($"{header.Width}x{header.Height} pixels are more than {MostPixels}");
        }

        SKImageInfo wanted = new(header.Width, header.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        byte[] rgba = new byte[wanted.BytesSize];
        SKCodecResult result = Read(codec, wanted, rgba);
        if (result != SKCodecResult.Success)
        {
            throw new PictureException(result == SKCodecResult.IncompleteInput ? "the picture is truncated" : $"the picture is damaged ({result})");
        }

        if (channels == 0)
        {
            channels = header.ColorType == SKColorType.Gray8 || IsGrey(rgba) ? 1 : 3;
        }

        (int height, int width, byte[] upright) = PictureOrientation.Apply(header.Height, header.Width, rgba, codec.EncodedOrigin);
        return new Picture(height, width, channels, Flatten(upright, channels));
    }

    /// <summary>Rows and columns of the upright picture in a file, from its header; null where that cannot be read.</summary>
    public static (int Height, int Width)? Size(string path)
    {
        using SKCodec? codec = SKCodec.Create(path);
        return codec is null ? null
            : PictureOrientation.IsTurned(codec.EncodedOrigin) ? (codec.Info.Width, codec.Info.Height)
            : (codec.Info.Height, codec.Info.Width);
    }

    private static unsafe SKCodecResult Read(SKCodec codec, SKImageInfo wanted, byte[] rgba)
    {
        fixed (byte* pixels = rgba)
        {
            return codec.GetPixels(wanted, (nint)pixels);
        }
    }

    private static bool IsGrey(ReadOnlySpan<byte> rgba)
    {
        for (int i = 0; i < rgba.Length; i += 4)
        {
            if (rgba[i] != rgba[i + 1] || rgba[i] != rgba[i + 2])
            {
                return false;
            }
        }

        return true;
    }

    private static byte[] Flatten(ReadOnlySpan<byte> rgba, int channels)
    {
        byte[] pixels = new byte[rgba.Length / 4 * channels];
        for (int i = 0; i < rgba.Length / 4; i++)
        {
            int alpha = rgba[(4 * i) + 3];
            int r = OnWhite(rgba[4 * i], alpha);
            int g = OnWhite(rgba[(4 * i) + 1], alpha);
            int b = OnWhite(rgba[(4 * i) + 2], alpha);
            if (channels == 1)
            {
                pixels[i] = (byte)(((299 * r) + (587 * g) + (114 * b) + 500) / 1000);
            }
            else
            {
                (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]) = ((byte)r, (byte)g, (byte)b);
            }
        }

        return pixels;
    }

    // Opaque is the usual case, and its division is worth sparing.
    private static int OnWhite(int value, int alpha) => alpha == 255 ? value : ((value * alpha) + (255 * (255 - alpha)) + 127) / 255;
}
