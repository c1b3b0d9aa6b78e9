using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

/// <summary>Random types for drawn cases.</summary>
internal static class Drawing
{
    /// <summary>A small batch of images: odd extents and extents of 1 are common.</summary>
    public static TensorType Image(this Random random, int mostPixels = 6) => TensorType.Image(
        random.Next(1, 4), random.Next(1, 6), random.Next(1, mostPixels + 1), random.Next(1, mostPixels + 1));

    /// <summary>A small matrix.</summary>
    public static TensorType Matrix(this Random random) => TensorType.Matrix(random.Next(1, 6), random.Next(1, 12));

    /// <summary>An image batch, a matrix or a vector.</summary>
    public static TensorType Any(this Random random) => random.Next(3) switch
    {
        0 => random.Image(),
        1 => random.Matrix(),
        _ => TensorType.Vector(random.Next(1, 40)),
    };

    /// <summary>Evenly distributed float32.</summary>
    public static float Between(this Random random, double from, double to) => (float)(from + ((to - from) * random.NextDouble()));
}
