using System.Numerics.Tensors;
using Google.Protobuf;

namespace Gimbal.Trainer.TensorBoard;

/// <summary>What a summary can hold, as TensorBoard shows it.</summary>
internal static class SummaryValues
{
    // TensorBoard's histogram view draws as many.
    private const int Buckets = 30;

    /// <summary>A point of a curve.</summary>
    public static Summary.Types.Value Scalar(string tag, double value) => new() { Tag = tag, SimpleValue = (float)value };

    /// <summary>A text in Markdown.</summary>
    public static Summary.Types.Value Text(string tag, string markdown) => new()
    {
        Tag = tag,
        Metadata = new SummaryMetadata { PluginData = new SummaryMetadata.Types.PluginData { PluginName = "text" } },
        Tensor = new TensorProto
        {
            Dtype = TensorProto.Types.DataType.DtString,
            TensorShape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dim { Size = 1 } } },
            StringVal = { ByteString.CopyFromUtf8(markdown) },
        },
    };

    /// <summary>A picture.</summary>
    /// <param name="tag">Its name.</param>
    /// <param name="png">PNG file.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">1 or 3.</param>
    public static Summary.Types.Value Image(string tag, byte[] png, int height, int width, int channels) => new()
    {
        Tag = tag,
        Image = new Summary.Types.Image { Height = height, Width = width, Colorspace = channels, EncodedImageString = ByteString.CopyFrom(png) },
    };

    /// <summary>How values spread between the smallest and the largest, in buckets of equal width; those that are not finite are left out.</summary>
    /// <returns>Null where no value is finite.</returns>
    public static Summary.Types.Value? Histogram(string tag, ReadOnlySpan<float> values)
    {
        ReadOnlySpan<float> counted = values.ContainsAnyExceptInRange(float.MinValue, float.MaxValue) ? [.. values.ToArray().Where(float.IsFinite)] : values;
        if (counted.Length == 0)
        {
            return null;
        }

        (double least, double most) = (TensorPrimitives.Min(counted), TensorPrimitives.Max(counted));
        // A tensor that is the same everywhere still gets buckets of some width.
        (double start, double width) = most > least ? (least, (most - least) / Buckets) : (least - 0.5, 1.0 / Buckets);
        double[] counts = new double[Buckets];
        double sum = 0;
        double squares = 0;
        foreach (float value in counted)
        {
            counts[Math.Min(Buckets - 1, (int)((value - start) / width))]++;
            sum += value;
            squares += (double)value * value;
        }

        HistogramProto histogram = new() { Min = least, Max = most, Num = counted.Length, Sum = sum, SumSquares = squares };
        histogram.BucketLimit.Add(Enumerable.Range(1, Buckets).Select(i => start + (i * width)));
        histogram.Bucket.Add(counts);
        return new Summary.Types.Value { Tag = tag, Histo = histogram };
    }
}
