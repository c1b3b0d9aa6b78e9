using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Cpu;

/// <summary>The order elements have in memory on the CPU: images N, H, W, C; filters R, S, C, M; everything else as written.</summary>
public static unsafe class Storage
{
    /// <summary>Copies from logical order (N, C, H, W or M, C, R, S) into storage order.</summary>
    public static void Store(TensorType type, ReadOnlySpan<float> logical, float* storage) =>
        Reorder(type, logical, new Span<float>(storage, type.Shape.Count), isStoring: true);

    /// <summary>Copies from storage order into logical order.</summary>
    public static void Load(TensorType type, float* storage, Span<float> logical) =>
        Reorder(type, new ReadOnlySpan<float>(storage, type.Shape.Count), logical, isStoring: false);

    private static void Reorder(TensorType type, ReadOnlySpan<float> from, Span<float> to, bool isStoring)
    {
        Shape shape = type.Shape;
        switch (type.Axes)
        {
            case Axes.Plain:
                from.CopyTo(to);
                break;
            case Axes.Image:
                if (isStoring)
                {
                    ChannelsLast.Store(shape, from, to);
                }
                else
                {
                    ChannelsLast.Load(shape, from, to);
                }

                break;
            case Axes.Filter:
                ReverseAxes(from, to, isStoring ? shape[0] : shape[2] * shape[3], shape[1], isStoring ? shape[2] * shape[3] : shape[0]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "unknown axes");
        }
    }

    // [a, b, c] becomes [c, b, a]: what turns M, C, R·S into R·S, C, M and back.
    private static void ReverseAxes(ReadOnlySpan<float> from, Span<float> to, int a, int b, int c)
    {
        for (int i = 0; i < a; i++)
        {
            for (int j = 0; j < b; j++)
            {
                for (int k = 0; k < c; k++)
                {
                    to[(((k * b) + j) * a) + i] = from[(((i * b) + j) * c) + k];
                }
            }
        }
    }
}
