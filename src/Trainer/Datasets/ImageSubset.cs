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
    public override bool IsThreadSafe => source.IsThreadSafe;

    /// <inheritdoc/>
    public override void Read(int index, Span<byte> pixels) => source.Read(indices[index], pixels);

    /// <inheritdoc/>
    public override int Label(int index) => source.Label(indices[index]);

    // The source itself is asked, because other subsets may share it.
    internal override ReadOnlySpan<byte> Fetch(int index, Span<byte> room, out int label) => source.Fetch(indices[index], room, out label);

    /// <summary>The first <paramref name="count"/> pictures of a seeded shuffle.</summary>
    public static ImageSource Take(ImageSource source, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        return count >= source.Count ? source : new ImageSubset(source, Choose(source.Count, count, seed));
    }

    /// <summary>Divides a source in two, each class in the same proportion, at random but repeatably.</summary>
    /// <param name="source">What to divide.</param>
    /// <param name="share">Share of the second part, between 0 and 1; each class keeps at least one picture in the first part.</param>
    /// <param name="seed">Chooses the pictures.</param>
    public static (ImageSource Kept, ImageSource Part) Split(ImageSource source, double share, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        (int[] kept, int[] part) = Divide([.. Enumerable.Range(0, source.Count).Select(source.Label)], share, seed);
        return (new ImageSubset(source, kept), new ImageSubset(source, part));
    }

    /// <summary>What <see cref="Take"/> takes: at most <paramref name="limit"/> of <paramref name="count"/> positions.</summary>
    internal static int[] Choose(int count, int limit, ulong seed) =>
        limit >= count ? [.. Enumerable.Range(0, count)] : new Philox(seed, TakeStream).Permutation(0, count)[..limit];

    /// <summary>What <see cref="Split"/> puts where, in ascending order.</summary>
    internal static (int[] Kept, int[] Part) Divide(IReadOnlyList<int> labels, double share, ulong seed)
    {
        Dictionary<int, int> quota = labels.CountBy(label => label).ToDictionary(c => c.Key, c => Math.Clamp((int)Math.Round(c.Value * share), 0, c.Value - 1));
        List<int> kept = [];
        List<int> part = [];
        foreach (int index in new Philox(seed, SplitStream).Permutation(0, labels.Count))
        {
            (quota[labels[index]]-- > 0 ? part : kept).Add(index);
        }

        return ([.. kept.Order()], [.. part.Order()]);
    }
}
