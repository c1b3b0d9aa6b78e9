using System.Numerics;
using Gimbal.Trainer.Cpu;

namespace Gimbal.Trainer.Ops;

/// <summary>y = (x − a)·b + c per channel: subtracting first keeps the digits a large mean would cost.</summary>
internal readonly unsafe struct NormalizeChannels : IChannelMap
{
    /// <summary>Patterns it reads.</summary>
    public const int Coefficients = 3;

    public static float Element(float* x, float* g, float* pattern, int width) => ((*x - pattern[0]) * pattern[width]) + pattern[2 * width];

    public static Vector<float> Elements(float* x, float* g, float* pattern, int width) => Vector.FusedMultiplyAdd(
        Vector.Load(x) - Vector.Load(pattern), Vector.Load(pattern + width), Vector.Load(pattern + (2 * width)));
}
