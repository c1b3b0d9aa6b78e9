using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>The built-in data set: ten drawn shapes on 32x32 colour pictures, made from a seed, the same everywhere.</summary>
/// <remarks>
/// Place, size, rotation and colours are random, either of shape and ground may be the brighter, and both carry a gradient, noise and
/// stray strokes, so that neither colour nor mean brightness says anything about the class: it takes a network that sees shapes.
/// </remarks>
public sealed class ProceduralImages : ImageSource
{
    private const int Side = 32;
    private const uint TrainStream = 0xD4A3_0001;
    private const uint TestStream = 0xD4A3_0002;
    private static readonly string[] s_classes = ["disk", "ring", "square", "frame", "triangle", "star", "cross", "heart", "crescent", "arrow"];

    private readonly Philox _random;

    private ProceduralImages(int count, ulong seed, uint stream) => (Count, _random) = (count, new Philox(seed, stream));

    /// <summary>Number of training pictures of <see cref="Splits"/>.</summary>
    public const int TrainCount = 10_000;

    /// <summary>Number of test pictures of <see cref="Splits"/>.</summary>
    public const int TestCount = 2000;

    /// <summary>Training and test pictures, drawn from different seeds and random streams.</summary>
    public static (ImageSource Train, ImageSource Test) Splits(ulong seed, int train = TrainCount, int test = TestCount) =>
        (InMemory(new ProceduralImages(train, seed, TrainStream)), InMemory(new ProceduralImages(test, ~seed, TestStream)));

    /// <inheritdoc/>
    public override int Count { get; }

    /// <inheritdoc/>
    public override int Height => Side;

    /// <inheritdoc/>
    public override int Width => Side;

    /// <inheritdoc/>
    public override int Channels => 3;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes => s_classes;

    /// <inheritdoc/>
    public override bool IsThreadSafe => true;

    /// <inheritdoc/>
    public override int Label(int index) => index % s_classes.Length;

    /// <inheritdoc/>
    public override void Read(int index, Span<byte> pixels)
    {
        Draw draw = new(_random, (uint)index);
        ShapeOutline outline = new(Label(index), draw.Between(9, 12.5f), draw.Between(0, 2 * MathF.PI), Side / 2f + draw.Between(-4, 4), Side / 2f + draw.Between(-4, 4));
        Paint ground = Paint.Random(ref draw);
        Paint figure = Paint.Contrasting(ref draw, ground);
        Stroke[] strokes = [.. Enumerable.Range(0, 3).Select(_ => Stroke.Random(ref draw, Side))];
        Paint ink = Paint.Random(ref draw);
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                float inside = Coverage(outline.Distance(x + 0.5f, y + 0.5f));
                float struck = 0;
                foreach (Stroke stroke in strokes)
                {
                    struck = Math.Max(struck, 0.7f * Coverage(stroke.Distance(x + 0.5f, y + 0.5f)));
                }

                for (int c = 0; c < 3; c++)
                {
                    float value = Mix(Mix(ground.At(c, x, y), figure.At(c, x, y), inside), ink.At(c, x, y), struck);
                    float noise = draw.Noise((y * Side) + x, c);
                    pixels[(((y * Side) + x) * 3) + c] = (byte)Math.Clamp((int)MathF.Round(255 * (value + (0.06f * noise))), 0, 255);
                }
            }
        }
    }

    private static ImageSet InMemory(ProceduralImages drawn)
    {
        byte[] pixels = new byte[drawn.Count * drawn.PixelBytes];
        Parallel.For(0, drawn.Count, i => drawn.Read(i, pixels.AsSpan(i * drawn.PixelBytes, drawn.PixelBytes)));
        return new ImageSet(pixels, [.. Enumerable.Range(0, drawn.Count).Select(drawn.Label)], Side, Side, 3, s_classes);
    }

    // A pixel is covered by as much as its centre lies inside, over the width of one pixel.
    private static float Coverage(float distance) => Math.Clamp(0.5f - distance, 0, 1);

    private static float Mix(float a, float b, float share) => a + ((b - a) * share);

    /// <summary>Random numbers of one picture, in the order they are asked for.</summary>
    private struct Draw(Philox random, uint picture)
    {
        // Noise has indices of its own, above all others.
        private const ulong NoiseBase = 1 << 20;
        private ulong _next;

        public float Between(float low, float high) => low + ((high - low) * random.Uniform(picture, _next++));

        // The sum of four bytes: bell-shaped, with deviation about 1, at a quarter of the cost of a normal.
        public readonly float Noise(int pixel, int channel)
        {
            uint word = random.Word(picture, NoiseBase + (ulong)((pixel * 4) + channel));
            uint sum = (word & 255) + ((word >> 8) & 255) + ((word >> 16) & 255) + (word >> 24);
            return (sum - 510f) / 148;
        }
    }

    /// <summary>A colour that changes in a straight line across the picture.</summary>
    private readonly record struct Paint(float R, float G, float B, float SlopeX, float SlopeY)
    {
        private const float LeastContrast = 0.3f;

        public static Paint Random(ref Draw draw) => new(
            draw.Between(0.1f, 0.9f), draw.Between(0.1f, 0.9f), draw.Between(0.1f, 0.9f), draw.Between(-0.15f, 0.15f), draw.Between(-0.15f, 0.15f));

        public static Paint Contrasting(ref Draw draw, Paint other)
        {
            Paint paint;
            do
            {
                paint = Random(ref draw);
            }
            while (MathF.Abs(paint.R - other.R) + MathF.Abs(paint.G - other.G) + MathF.Abs(paint.B - other.B) < 3 * LeastContrast);
            return paint;
        }

        public float At(int channel, int x, int y) =>
            (channel == 0 ? R : channel == 1 ? G : B) + (((SlopeX * (x - (Side / 2))) + (SlopeY * (y - (Side / 2)))) / (Side / 2));
    }

    /// <summary>A short straight line with round ends.</summary>
    private readonly record struct Stroke(float X0, float Y0, float X1, float Y1, float Radius)
    {
        public static Stroke Random(ref Draw draw, int side)
        {
            (float x, float y, float angle, float length) = (draw.Between(0, side), draw.Between(0, side), draw.Between(0, MathF.PI), draw.Between(2, 7));
            return new Stroke(x, y, x + (length * MathF.Cos(angle)), y + (length * MathF.Sin(angle)), draw.Between(0.3f, 0.7f));
        }

        public float Distance(float x, float y)
        {
            (float dx, float dy) = (X1 - X0, Y1 - Y0);
            float along = Math.Clamp((((x - X0) * dx) + ((y - Y0) * dy)) / ((dx * dx) + (dy * dy)), 0, 1);
            return MathF.Sqrt(Square(x - X0 - (along * dx)) + Square(y - Y0 - (along * dy))) - Radius;
        }

        private static float Square(float value) => value * value;
    }
}
