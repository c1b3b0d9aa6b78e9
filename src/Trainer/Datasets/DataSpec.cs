using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>A data set by name and folder: <c>synthetic</c>, <c>cifar10:DIR</c>.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Folder">Where it is; empty for synthetic.</param>
public sealed record DataSpec(string Kind, string Folder)
{
    private static readonly IReadOnlyDictionary<string, Func<string, DataOptions, DataSplits>> s_kinds = new Dictionary<string, Func<string, DataOptions, DataSplits>>
    {
        ["cifar10"] = Cifar10.Open,
    };

    /// <summary>Reads the text of <c>--data</c>.</summary>
    /// <exception cref="DataSpecException">The kind is unknown, or the folder is missing from the text.</exception>
    public static DataSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == "synthetic")
        {
            return new DataSpec(text, string.Empty);
        }

        string[] parts = text.Split(':', 2);
        string known = $"synthetic, {string.Join(", ", s_kinds.Keys.Select(kind => $"{kind}:DIR"))}";
        return !s_kinds.ContainsKey(parts[0]) ? throw new DataSpecException($"'{text}' names no data set; there are {known}")
            : parts.Length < 2 || parts[1].Length == 0 ? throw new DataSpecException($"'{text}' lacks the folder: {parts[0]}:DIR")
            : new DataSpec(parts[0], parts[1]);
    }

    /// <summary>Opens the data set; training pictures are limited and held out as asked.</summary>
    /// <exception cref="DataFileException">Something is missing or damaged.</exception>
    public DataSplits Open(DataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        DataSplits splits;
        if (Folder.Length == 0)
        {
            (ImageSource drawn, ImageSource drawnTest) = ProceduralImages.Splits(options.Seed);
            splits = new DataSplits(Kind, drawn, drawnTest, null, []);
        }
        else
        {
            splits = s_kinds[Kind](Folder, options);
        }

        ImageSource train = options.Limit is { } limit ? ImageSubset.Take(splits.Train, limit, options.Seed) : splits.Train;
        if (options.Validation > 0)
        {
            (train, ImageSource held) = ImageSubset.Split(train, options.Validation, options.Seed);
            splits = splits with { Validation = held.Count > 0 ? held : throw new DataFileException(Kind, $"{train.Count} training pictures are too few to hold some out") };
        }

        return splits with { Train = train };
    }
}
