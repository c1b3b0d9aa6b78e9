using Gimbal.Trainer.Plans;

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

    /// <summary>The same for a device that has the picture at <paramref name="position"/>.</summary>
    public PictureRow ToRow(int position) => new(position, ShiftY, ShiftX, IsMirrored ? 1 : 0, CutY, CutX, CutSide);

    /// <summary>Writes normalised pixels.</summary>
    /// <param name="pixels">H·W·C bytes.</param>
    /// <param name="table">Input value of each byte, 256 a channel.</param>
    /// <param name="image">Receives H·W·C elements.</param>
    public void Write(ReadOnlySpan<byte> pixels, ReadOnlySpan<float> table, Span<float> image)
    {
        int rowLength = Width * Channels;
        for (int y = 0; y < Height; y++)
        {
            Span<float> row = image.Slice(y * rowLength, rowLength);
            int from = y + ShiftY;
            if (from < 0 || from >= Height)
            {
                Blacken(row, table);
            }
            else
            {
                WriteRow(pixels.Slice(from * rowLength, rowLength), table, row);
            }

            if (y >= CutY && y < CutY + CutSide)
            {
                // The mean colour is 0 after normalisation.
                int left = Math.Max(0, CutX);
                row[(left * Channels)..(Math.Max(left, Math.Min(Width, CutX + CutSide)) * Channels)].Clear();
            }
        }
    }

    private static int Below(uint word16, int bound) => (int)((word16 * (ulong)bound) >> 16);

    private void Blacken(Span<float> row, ReadOnlySpan<float> table)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = table[i % Channels * 256];
        }
    }

    private void WriteRow(ReadOnlySpan<byte> pixels, ReadOnlySpan<float> table, Span<float> row)
    {
        // Columns first to end come from inside the picture, the others from its black border.
        int shift = IsMirrored ? ShiftX : -ShiftX;
        int first = Math.Clamp(shift, 0, Width);
        int end = Math.Clamp(Width + shift, 0, Width);
        Blacken(row[..(first * Channels)], table);
        Blacken(row[(end * Channels)..], table);
        if (first < end)
        {
            int start = IsMirrored ? Width - 1 - first + ShiftX : first + ShiftX;
            Translate(pixels, start, IsMirrored ? -1 : 1, table, row[(first * Channels)..(end * Channels)]);
        }
    }

    // Looking up is as fast as computing with vectors, whose divisions it spares.
    private void Translate(ReadOnlySpan<byte> pixels, int start, int step, ReadOnlySpan<float> table, Span<float> values)
    {
        ReadOnlySpan<float> first = table[..256];
        if (Channels == 1)
        {
            for (int x = 0; x < values.Length; x++, start += step)
            {
                values[x] = first[pixels[start]];
            }

            return;
        }

        ReadOnlySpan<float> second = table.Slice(256, 256);
        ReadOnlySpan<float> third = table.Slice(512, 256);
        int from = 3 * start;
        for (int x = 0; x <= values.Length - 3; x += 3, from += 3 * step)
        {
            values[x] = first[pixels[from]];
            values[x + 1] = second[pixels[from + 1]];
            values[x + 2] = third[pixels[from + 2]];
        }
    }
}
