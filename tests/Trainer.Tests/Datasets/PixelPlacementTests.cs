using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

/// <summary>Rows at a time give what the definition gives pixel by pixel.</summary>
public sealed class PixelPlacementTests
{
    private static readonly Normalization s_normalization = new([0.4f, 0.5f, 0.6f], [0.2f, 0.3f, 0.25f]);

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 6, 3)]
    [InlineData(7, 5, 3)]
    [InlineData(5, 9, 1)]
    public void Every_shift_mirror_and_cutout_is_the_definition_s(int height, int width, int channels)
    {
        byte[] pixels = new byte[height * width * channels];
        new Random(1).NextBytes(pixels);
        float[] table = s_normalization.Table();
        float[] actual = new float[pixels.Length];
        // Beyond the width, nothing of the picture is left.
        for (int shiftY = -height - 1; shiftY <= height + 1; shiftY++)
        {
            for (int shiftX = -width - 1; shiftX <= width + 1; shiftX++)
            {
                foreach (bool isMirrored in new[] { false, true })
                {
                    foreach ((int cut, int side) in new[] { (0, 0), (-2, 3), (1, 2), (-1, width + 2) })
                    {
                        PixelPlacement placement = new(height, width, channels, shiftY, shiftX, isMirrored, cut, cut, side);
                        Array.Fill(actual, float.NaN);
                        placement.Write(pixels, table, actual);
                        Assert.Equal(Expected(placement, pixels), actual);
                    }
                }
            }
        }
    }

    private static float[] Expected(PixelPlacement p, byte[] pixels)
    {
        float[] expected = new float[pixels.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            (int y, int x, int c) = (i / p.Channels / p.Width, i / p.Channels % p.Width, i % p.Channels);
            int fromY = y + p.ShiftY;
            int fromX = (p.IsMirrored ? p.Width - 1 - x : x) + p.ShiftX;
            bool isInside = fromY >= 0 && fromY < p.Height && fromX >= 0 && fromX < p.Width;
            bool isCut = y >= p.CutY && y < p.CutY + p.CutSide && x >= p.CutX && x < p.CutX + p.CutSide;
            byte value = isInside ? pixels[(((fromY * p.Width) + fromX) * p.Channels) + c] : (byte)0;
            expected[i] = isCut ? 0 : ((value / 255f) - s_normalization.Mean[c]) / s_normalization.Std[c];
        }

        return expected;
    }
}
