using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Shape rules that several ops share.</summary>
internal static class Rule
{
    /// <summary>All inputs have one type, which is returned.</summary>
    public static TensorType SameTypes(Op op, IReadOnlyList<TensorType> inputs)
    {
        foreach (TensorType input in inputs)
        {
            Require(input == inputs[0], op, $"inputs {inputs[0]} and {input} differ");
        }

        return inputs[0];
    }

    /// <summary>The input is an activation [N, C, H, W].</summary>
    public static Shape Image(Op op, TensorType input)
    {
        Require(input.Axes == Axes.Image && input.Shape.Rank == 4, op, $"x {input} is not an image batch [N,C,H,W]");
        return input.Shape;
    }

    /// <summary>The input is a float32 matrix.</summary>
    public static Shape Matrix(Op op, string name, TensorType input)
    {
        Require(input.Axes == Axes.Plain && input.Shape.Rank == 2, op, $"{name} {input} is not a matrix");
        return input.Shape;
    }

    /// <summary>Refuses with the op's name in front.</summary>
    /// <exception cref="ShapeException">The rule does not hold.</exception>
    public static void Require(bool holds, Op op, string otherwise)
    {
        if (!holds)
        {
            throw new ShapeException($"{op.Name}: {otherwise}");
        }
    }

    /// <summary>Output extent of a sliding window: (extent + before + after − ((window − 1)·dilation + 1)) / stride + 1, rounded down.</summary>
    /// <exception cref="ShapeException">No window fits, or an attribute is out of range.</exception>
    public static int Windows(Op op, int extent, int window, int stride, int before, int after, int dilation = 1)
    {
        Require(
            window >= 1 && stride >= 1 && dilation >= 1 && before >= 0 && after >= 0,
            op,
            $"window, stride and dilation are 1 or more, padding 0 or more: {op}");
        long room = (long)extent + before + after - (((long)(window - 1) * dilation) + 1);
        Require(room >= 0, op, $"a window of {window} (dilation {dilation}) does not fit into {extent} with padding {before}+{after}");
        return checked((int)(room / stride) + 1);
    }
}
