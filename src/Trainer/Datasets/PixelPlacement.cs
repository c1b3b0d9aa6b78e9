namespace Gimbal.Trainer.Datasets;

/// <summary>Where the pixels of one picture go: shift, mirror and cutout, drawn from four random words.</summary>
internal readonly record struct PixelPlacement(int Height, int Width, int Channels, int ShiftY, int ShiftX, bool IsMirrored, int CutY, int CutX, int CutSide)
{
    /// <summary>Draws the changes of one picture.</summary>
    public static PixelPlacement Draw(Augmentation augmentation, ImageSource source, (uint A, uint B, uint C, uint D) random)
    {
        int pad = augmentation.PadCrop;
        return new PixelPlacement(
            source.Height,
            source.Width,
            source.Channels,
            Below(random.A >> 16, (2 * pad) + 1) - pad,
            Below(random.A & 0xFFFF, (2 * pad) + 1) - pad,
            augmentation.Flip && (random.B & 1) == 1,
            Below(random.C >> 16, source.Height) - (augmentation.Cutout / 2),
            Below(random.C & 0xFFFF, source.Width) - (augmentation.Cutout / 2),
            augmentation.Cutout);
    }

    /// <summary>As it is.</summary>
    public static PixelPlacement Unchanged(ImageSource source) => new(source.Height, source.Width, source.Channels, 0, 0, false, 0, 0, 0);

    /// <summary>Writes normalised planes C, H, W from interleaved bytes.</summary>
    /// <param name="pixels">H·W·C bytes.</param>
    /// <param name="table">Input value of each byte, 256 a channel.</param>
    /// <param name="image">Receives C·H·W elements.</param>
    public void Write(ReadOnlySpan<byte> pixels, ReadOnlySpan<float> table, Span<float> image)
    {
        for (int c = 0; c < Channels; c++)
        {
            ReadOnlySpan<float> values = table.Slice(c * 256, 256);
            for (int y = 0; y < Height; y++)
            {
                Span<float> row = image.Slice(((c * Height) + y) * Width, Width);
                int from = y + ShiftY;
                if (from < 0 || from >= Height)
                {
                    row.Fill(values[0]);
                }
                else
                {
                    WriteRow(pixels.Slice(from * Width * Channels, Width * Channels), values, row, c);
                }

                if (y >= CutY && y < CutY + CutSide)
                {
                    // The mean colour is 0 after normalisation.
                    int left = Math.Max(0, CutX);
                    row[left..Math.Max(left, Math.Min(Width, CutX + CutSide))].Clear();
                }
            }
        }
    }

    private static int Below(uint word16, int bound) => (int)((word16 * (ulong)bound) >> 16);

    private void WriteRow(ReadOnlySpan<byte> pixels, ReadOnlySpan<float> values, Span<float> row, int channel)
    {
        for (int x = 0; x < row.Length; x++)
        {
            int from = (IsMirrored ? row.Length - 1 - x : x) + ShiftX;
            row[x] = from >= 0 && from < row.Length ? values[pixels[(from * Channels) + channel]] : values[0];
        }
    }
}
