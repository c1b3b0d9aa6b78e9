using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>Some pictures of another source.</summary>
/// <param name="source">Where they are.</param>
/// <param name="indices">Which, in order.</param>
public sealed class ImageSubset(ImageSource source, IReadOnlyList<int> indices) : ImageSource
{
    // Streams of the random numbers that choose pictures, apart from those that train.
    private const uint TakeStream = 0x7A6B_0001;
    private const uint SplitStream = 0x7A6B_0002;

    /// <inheritdoc/>
    public override int Count => indices.Count;

    /// <inheritdoc/>
    public override int Height => source.Height;

    /// <inheritdoc/>
    public override int Width => source.Width;

    /// <inheritdoc/>
    public override int Channels => source.Channels;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes => source.Classes;

    /// <inheritdoc/>
    public override void Read(int index, Span<byte> pixels) => source.Read(indices[index], pixels);

    /// <inheritdoc/>
    public override int Label(int index) => source.Label(indices[index]);

    /// <summary>The first <paramref name="count"/> pictures of a seeded shuffle.</summary>
    public static ImageSource Take(ImageSource source, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        return count >= source.Count ? source : new ImageSubset(source, new Philox(seed, TakeStream).Permutation(0, source.Count)[..count]);
    }

    /// <summary>Divides a source in two, each class in the same proportion, at random but repeatably.</summary>
    /// <param name="source">What to divide.</param>
    /// <param name="share">Share of the second part, between 0 and 1; each class keeps at least one picture in the first part.</param>
    /// <param name="seed">Chooses the pictures.</param>
    public static (ImageSource Kept, ImageSource Part) Split(ImageSource source, double share, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        int[] order = new Philox(seed, SplitStream).Permutation(0, source.Count);
        int[] quota = [.. source.CountByClass().Select(n => Math.Clamp((int)Math.Round(n * share), 0, Math.Max(0, n - 1)))];
        List<int> kept = [];
        List<int> part = [];
        foreach (int index in order)
        {
            (quota[source.Label(index)]-- > 0 ? part : kept).Add(index);
        }

        kept.Sort();
        part.Sort();
        return (new ImageSubset(source, kept), new ImageSubset(source, part));
    }
}
