using Gimbal.Trainer.Tensors;
using TorchSharp;

namespace Gimbal.Oracle.Tests;

/// <summary>Random configurations and elements that are the same in every run.</summary>
internal static class RandomValues
{
    /// <summary>A uniform integer from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static int Between(this Random random, int first, int last) => random.Next(first, last + 1);

    /// <summary>One of <paramref name="choices"/>.</summary>
    public static T OneOf<T>(this Random random, params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];

    /// <summary>Normally distributed elements, rounded to float32.</summary>
    public static float[] Normal(this Random random, Shape shape, double scale = 1, double mean = 0)
    {
        float[] values = new float[shape.Count];
        for (int i = 0; i < values.Length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(mean + (scale * radius * Math.Cos(2 * Math.PI * random.NextDouble())));
        }

        return values;
    }

    /// <summary>The same elements in libtorch, in double.</summary>
    public static torch.Tensor Torch(this float[] values, Shape shape) =>
        torch.tensor(values, [.. shape.Axes.ToArray().Select(extent => (long)extent)]).to(torch.float64);
}
