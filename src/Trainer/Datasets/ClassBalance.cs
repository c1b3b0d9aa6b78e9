namespace Gimbal.Trainer.Datasets;

/// <summary>Tells when some classes have many more pictures than others.</summary>
internal static class ClassBalance
{
    private const double LargestRatio = 3;
    private const int MostListed = 10;

    /// <summary>The share of each class, largest first, where the largest has more than three times the pictures of the smallest; null elsewhere.</summary>
    public static string? Note(ImageSource source)
    {
        (int Count, string Name)[] classes = [.. source.CountByClass().Zip(source.Classes).OrderByDescending(c => c.First)];
        if (classes[0].Count <= LargestRatio * classes[^1].Count)
        {
            return null;
        }

        IEnumerable<string> shares = classes.Select(c => FormattableString.Invariant($"{c.Name} {100.0 * c.Count / source.Count:0.#} %"));
        string list = classes.Length <= MostListed
            ? string.Join(", ", shares)
            : $"{string.Join(", ", shares.Take(MostListed / 2))} ... {string.Join(", ", shares.TakeLast(MostListed / 2))}";
        return $"classes are unbalanced: {list}; --class-weights balanced makes each count the same";
    }
}
