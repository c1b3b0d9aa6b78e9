namespace Gimbal.Trainer.Datasets;

/// <summary>Tells when some classes have many more pictures than others.</summary>
internal static class ClassBalance
{
    private const double LargestRatio = 3;
    private const int MostListed = 10;

    /// <summary>The share of each class, largest first, where the largest has more than three times the pictures of the smallest; null elsewhere.</summary>
    /// <param name="counts">Pictures by class.</param>
    public static string? Note(IReadOnlyDictionary<string, int> counts)
    {
        (int Count, string Name)[] classes = [.. counts.Select(c => (c.Value, c.Key)).OrderByDescending(c => c.Value)];
        if (classes[0].Count <= LargestRatio * classes[^1].Count)
        {
            return null;
        }

        IEnumerable<string> shares = classes.Select(c => FormattableString.Invariant($"{c.Name} {100.0 * c.Count / counts.Values.Sum():0.#} %"));
        string list = classes.Length <= MostListed
            ? string.Join(", ", shares)
            : $"{string.Join(", ", shares.Take(MostListed / 2))} ... {string.Join(", ", shares.TakeLast(MostListed / 2))}";
        return $"classes are unbalanced: {list}; --class-weights balanced makes each count the same";
    }
}
