namespace Gimbal.Trainer.Datasets;

/// <summary>What to do with a picture that cannot be decoded.</summary>
public enum BadImages
{
    /// <summary>Refuse the data.</summary>
    Fail,

    /// <summary>Leave it out and say so.</summary>
    Skip,
}

/// <summary>How a data set is opened.</summary>
public sealed record DataOptions
{
    /// <summary>
    /// Rows and columns pictures are brought to; null: the data's own, and 64 for folders whose pictures differ in size or have a side above 256.
    /// </summary>
    public int? Size { get; init; }

    /// <summary>Share of the training pictures held out for validation, each class alike; 0: none.</summary>
    public double Validation { get; init; }

    /// <summary>Share of a folder without train/ and test/ that becomes the test set.</summary>
    public double TestFraction { get; init; } = 0.2;

    /// <summary>Largest number of training pictures, chosen at random; null: all.</summary>
    public int? Limit { get; init; }

    /// <summary>Chooses test, validation and limited pictures.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Pictures that cannot be decoded.</summary>
    public BadImages BadImages { get; init; }

    /// <summary>Bytes of decoded pictures of a folder that are held in memory; more are kept in a file, at the cost of a copy per picture read.</summary>
    public long MostMemory { get; init; } = ImageSet.MostBytes;

    /// <summary>Where such files are kept; null: gimbal in the user's folder for caches.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Fetches the official archive first where the folder lacks the files.</summary>
    public bool Download { get; init; }

    /// <summary>Where to fetch from; null: where the data set is published.</summary>
    public OfficialArchive? Archive { get; init; }

    /// <summary>Hears how far fetching and decoding have come, on any thread.</summary>
    public IProgress<LoadProgress>? Progress { get; init; }
}
