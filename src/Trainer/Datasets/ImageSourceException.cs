namespace Gimbal.Trainer.Datasets;

/// <summary>A source failed to give a picture or its label.</summary>
public sealed class ImageSourceException : Exception
{
    /// <summary>Reports which.</summary>
    /// <param name="source">The source's type.</param>
    /// <param name="index">Picture, from 0, as the source counts.</param>
    /// <param name="cause">What it threw.</param>
    public ImageSourceException(string source, int index, Exception cause)
        : base($"{source} cannot read picture {index}: {cause?.Message}", cause) => Index = index;

    /// <summary>Picture, from 0, as the source counts.</summary>
    public int Index { get; }
}
