using Gimbal.Imaging;
using SkiaSharp;

namespace Gimbal.Inference.Tests.Imaging;

/// <summary>Pictures of every kind come out as rows of pixels, upright.</summary>
public sealed class PictureDecoderTests
{
    private static readonly SKColor s_orange = new(240, 130, 20);

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, 0)]
    [InlineData(SKEncodedImageFormat.Webp, 0)]
    [InlineData(SKEncodedImageFormat.Jpeg, 4)] // chroma is quantised, and averaged over 2x2 pixels
    public void Colours_stay_in_the_order_red_green_blue(SKEncodedImageFormat format, int tolerance)
    {
        Picture picture = PictureDecoder.Decode(Pictures.Encode(16, 24, (_, x) => x < 16 ? s_orange : SKColors.Black, format), channels: 3);

        Assert.Equal((16, 24, 3), (picture.Height, picture.Width, picture.Channels));
        Near([240, 130, 20], picture.Pixels.AsSpan(0, 3), tolerance);
        Near([0, 0, 0], picture.Pixels.AsSpan(^3), tolerance);
    }

    [Fact]
    public void Bitmaps_and_the_first_frame_of_GIF_are_read()
    {
        byte[] bitmap =
        [
            .. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0,
            40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, .. new byte[24], // 2x2, 24 bits, rows from the bottom, blue first
            3, 2, 1, 6, 5, 4, 0, 0, 9, 8, 7, 12, 11, 10, 0, 0,
        ];
        byte[] gif = [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 240, 130, 20, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B];

        Assert.Equal<byte>([7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6], PictureDecoder.Decode(bitmap, channels: 3).Pixels);
        Assert.Equal<byte>([240, 130, 20], PictureDecoder.Decode(gif, channels: 3).Pixels);
    }

    [Fact]
    public void Grey_is_repeated_for_colour_models_and_colour_is_weighed_for_grey_ones()
    {
        byte[] grey = Pictures.Encode(2, 2, (y, x) => new SKColor((byte)(100 + y), (byte)(100 + y), (byte)(100 + y)), type: SKColorType.Gray8);
        byte[] colour = Pictures.Encode(1, 1, (_, _) => s_orange);

        Assert.Equal<byte>([100, 100, 100, 100, 100, 100, 101, 101, 101, 101, 101, 101], PictureDecoder.Decode(grey, channels: 3).Pixels);
        Assert.Equal<byte>([100, 100, 101, 101], PictureDecoder.Decode(grey, channels: 0).Pixels);
        Assert.Equal<byte>([((299 * 240) + (587 * 130) + (114 * 20) + 500) / 1000], PictureDecoder.Decode(colour, channels: 1).Pixels);
        Assert.Equal(3, PictureDecoder.Decode(colour, channels: 0).Channels);
    }

    [Theory]
    [InlineData(0, 255, 255, 255)]
    [InlineData(255, 240, 130, 20)]
    [InlineData(51, 252, 230, 208)] // a fifth: 255 − (255 − value)/5
    public void Transparency_is_laid_on_white(byte alpha, byte r, byte g, byte b) =>
        Near([r, g, b], PictureDecoder.Decode(Pictures.Encode(1, 1, (_, _) => s_orange.WithAlpha(alpha)), channels: 3).Pixels, 0);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_photo_is_turned_upright(byte orientation)
    {
        const int H = 16;
        const int W = 24;
        int Upright(int y, int x) => 20 + (40 * ((y / 8 * (W / 8)) + (x / 8))); // blocks of JPEG's size keep their brightness
        bool isTurned = orientation >= 5;
        byte[] stored = Pictures.Encode(isTurned ? W : H, isTurned ? H : W, (y, x) => Grey(Stored(orientation, y, x)), SKEncodedImageFormat.Jpeg);

        Picture picture = PictureDecoder.Decode(Pictures.Oriented(stored, orientation), channels: 1);

        Assert.Equal((H, W), (picture.Height, picture.Width));
        byte[] expected = [.. Enumerable.Range(0, H * W).Select(i => (byte)Upright(i / W, i % W))];
        Near(expected, picture.Pixels, 3);

        // EXIF 2.32: which side of the scene the stored row 0 and column 0 are.
        int Stored(byte orientation, int y, int x) => orientation switch
        {
            1 => Upright(y, x), // top, left
            2 => Upright(y, W - 1 - x), // top, right
            3 => Upright(H - 1 - y, W - 1 - x), // bottom, right
            4 => Upright(H - 1 - y, x), // bottom, left
            5 => Upright(x, y), // left, top
            6 => Upright(x, W - 1 - y), // right, top
            7 => Upright(H - 1 - x, W - 1 - y), // right, bottom
            _ => Upright(H - 1 - x, y), // left, bottom
        };
    }

    [Fact]
    public void A_picture_of_one_pixel_is_classified()
    {
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Colour);
        byte[] filled = [.. Enumerable.Repeat((byte[])[240, 130, 20], ModelFiles.Size.H * ModelFiles.Size.W).SelectMany(p => p)];

        Assert.Equal(model.ClassifyBatch(filled)[0].Outputs, model.Classify(Pictures.Encode(1, 1, (_, _) => s_orange)).Outputs);
    }

    [Fact]
    public void A_picture_of_billions_of_pixels_is_refused_before_it_is_decoded()
    {
        byte[] bomb = Pictures.Claiming(Pictures.Encode(8, 8, (_, _) => s_orange, SKEncodedImageFormat.Jpeg), 65_500, 65_500);
        long before = GC.GetAllocatedBytesForCurrentThread();

        PictureException refusal = Assert.Throws<PictureException>(() => PictureDecoder.Decode(bomb, channels: 3));

        Assert.Contains("65500x65500", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void A_truncated_picture_is_refused_and_not_filled_up(SKEncodedImageFormat format)
    {
        Random random = new(3);
        byte[] whole = Pictures.Encode(40, 40, (_, _) => new SKColor((uint)random.Next() | 0xFF000000), format);
        Assert.Equal(40, PictureDecoder.Decode(whole, channels: 3).Height);

        foreach (double share in (double[])[0.01, 0.2, 0.5, 0.8])
        {
            Assert.Throws<PictureException>(() => PictureDecoder.Decode(whole.AsSpan(0, (int)(share * whole.Length)), channels: 3));
        }
    }

    [Fact]
    public void Damage_is_refused_or_decoded_and_nothing_else()
    {
        foreach (SKEncodedImageFormat format in (SKEncodedImageFormat[])[SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp])
        {
            byte[] whole = Pictures.Encode(20, 30, (y, x) => new SKColor((byte)(7 * x), (byte)(9 * y), 40), format);
            int refused = 0;
            for (int seed = 0; seed < 150; seed++)
            {
                Random random = new(seed);
                byte[] damaged = [.. whole];
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                try
                {
                    Picture picture = PictureDecoder.Decode(damaged, channels: 3);
                    Assert.Equal((long)picture.Height * picture.Width * 3, picture.Pixels.Length);
                }
                catch (PictureException)
                {
                    refused++;
                }
            }

            Assert.True(refused > 0, $"{format}: no damage is noticed");
        }
    }

    private static SKColor Grey(int value) => new((byte)value, (byte)value, (byte)value);

    private static void Near(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, int tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"byte {i} is {actual[i]}, not {expected[i]}");
        }
    }
}
