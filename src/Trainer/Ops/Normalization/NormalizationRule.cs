using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Shape rules of the ops that normalise channels.</summary>
internal static class NormalizationRule
{
    /// <summary>The first input is [N,C,H,W] or [N,C]; the next <paramref name="vectors"/> are [C], whose type is returned.</summary>
    public static TensorType Channels(Op op, IReadOnlyList<TensorType> inputs, int vectors)
    {
        TensorType x = inputs[0];
        Rule.Require(
            x.Element == ElementType.Float32 && (x.Shape.Rank == 4 ? x.Axes == Axes.Image : x.Shape.Rank == 2),
            op,
            $"x {x} is neither an image batch [N,C,H,W] nor a matrix [N,C]");
        TensorType channels = TensorType.Vector(x.Shape[1]);
        for (int i = 1; i <= vectors; i++)
        {
            Rule.Require(inputs[i] == channels, op, $"input {i} is {inputs[i]}, not one value for each of the {x.Shape[1]} channels");
        }

        return channels;
    }

    /// <summary>The last input is a gradient of the first one's type, which is returned.</summary>
    public static TensorType GradX(Op op, IReadOnlyList<TensorType> inputs)
    {
        Rule.Require(inputs[^1] == inputs[0], op, $"x {inputs[0]} and gradY {inputs[^1]} differ");
        return inputs[0];
    }

    /// <summary>ε is above 0, so that a constant channel does not divide by zero.</summary>
    public static void RequireEpsilon(Op op, float epsilon) => Rule.Require(epsilon > 0 && float.IsFinite(epsilon), op, $"epsilon {epsilon} is not above 0");

    /// <summary>The type of so many coefficients per channel.</summary>
    public static TensorType Coefficients(TensorType channels, int rows) => TensorType.Matrix(rows, channels.Shape.Count);

    /// <summary>k holds <paramref name="rows"/> coefficients for each channel of x.</summary>
    public static void RequireCoefficients(Op op, TensorType x, TensorType k, int rows)
    {
        TensorType channels = Channels(op, [x], vectors: 0);
        Rule.Require(k == Coefficients(channels, rows), op, $"coefficients {k} are not [{rows},{channels.Shape.Count}]");
    }

    /// <summary>How the CPU walks x as [rows, channels].</summary>
    public static ChannelPattern Pattern(Shape x) => new(x.Count / x[1], x[1]);

    /// <summary>How a CUDA device walks x as [rows, channels].</summary>
    public static CudaChannels CudaChannels(Shape x) => new(x.Count / x[1], x[1]);
}
