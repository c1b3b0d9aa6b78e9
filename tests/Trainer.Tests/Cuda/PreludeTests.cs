using System.Numerics;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using static Gimbal.Trainer.Tests.Cuda.SimulatedContext;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>The host twins of native/cuda/prelude.cuh. Their device halves do the same operations in the same order.</summary>
[Collection(Simulator.Collection)]
public sealed class PreludeTests
{
    // Where functions have limits of their own: zeros, subnormals, the ends of exp, infinities and NaN.
    private static readonly float[] s_special =
        [0, -0f, 1e-45f, -1e-40f, 1e-38f, 0.5f, 1, -1, 2, 88.7f, 88.8f, -87.4f, -103.9f, -104.1f, 1e30f, -1e30f, float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, BitConverter.UInt32BitsToSingle(0x7FFFFFFF)];

    [SimulatorTheory]
    [InlineData(0, 104)]
    [InlineData(1, 1e30)]
    [InlineData(2, 12)]
    public void Exp_log_and_tanh_are_within_1e_7(int function, double range)
    {
        float[] inputs = Draw(range);
        float[] values = Evaluate(function, inputs, inputs);
        double[] exact = [.. inputs.Select(x => function switch { 0 => Math.Exp(x), 1 => Math.Log(x), _ => Math.Tanh(x) })];
        Assert.Empty(Off(values));
        Assert.NotEmpty(Off([.. values.Select(value => value * 1.0000003f)]));

        // Near the limits the nearest float is right; a subnormal is off by half its spacing at least.
        IEnumerable<string> Off(float[] values) => Enumerable.Range(0, Count)
            .Where(i => !Same(values[i], (float)exact[i]) && !(Math.Abs(values[i] - exact[i]) <= Math.Max(1e-7 * Math.Abs(exact[i]), 0.75e-45)))
            .Select(i => $"f({inputs[i]:g9}) = {values[i]:g9} instead of {exact[i]:g9}");
    }

    [SimulatorTheory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public void Operations_give_the_bits_of_their_definition(int function)
    {
        float[] x = Draw(10);
        float[] y = [.. x.Reverse()];
        float[] values = Evaluate(function, x, y);
        for (int i = 0; i < Count; i++)
        {
            float expected = function switch
            {
                3 => MathF.Sqrt(x[i]),
                5 => x[i] / y[i],
                6 => MathF.Min(x[i], y[i]),
                7 => MathF.Max(x[i], y[i]),
                8 or 9 => ToBfloat16(x[i]),
                _ => float.IsNaN(x[i]) ? 2 : float.IsFinite(x[i]) ? 1 : 0,
            };
            Assert.True(Same(values[i], expected), $"f({x[i]:g9}, {y[i]:g9}) = {values[i]:g9} instead of {expected:g9}");
        }
    }

    [SimulatorFact]
    public void The_reciprocal_root_is_within_one_unit_in_the_last_place()
    {
        float[] x = Draw(10);
        float[] values = Evaluate(4, x, x);
        Assert.All(x.Zip(values), pair => Assert.True(
            !(pair.First > 0) || float.IsInfinity(pair.First) || Math.Abs((pair.Second * Math.Sqrt(pair.First)) - 1) <= 1.2e-7, $"{pair}"));
    }

    [SimulatorFact]
    public void Random_words_are_those_of_the_CPU()
    {
        using SimulatedContext context = new(check: true);
        Succeed(context.Launch("random_words", grid: 1));
        uint[] words = [.. Download(context.Output, Count).Select(BitConverter.SingleToUInt32Bits)];
        Philox random = new(0x0123456789ABCDEF, 5);
        for (uint i = 0; i < 64; i++)
        {
            (uint a, uint b, uint c, uint d) = random.Words(7, 0xFFFFFFE0UL + i);
            Assert.Equal([a, b, c, d], words[(int)(4 * i)..(int)((4 * i) + 4)]);
        }
    }

    [SimulatorFact]
    public void Shuffles_and_ballots_move_between_lanes()
    {
        using SimulatedContext context = new(check: true);
        Succeed(context.Launch("shuffles"));
        float[] output = Download(context.Output, 96);
        uint votes = Enumerable.Range(0, 32).Where(lane => lane % 3 == 0).Aggregate(0u, (sum, lane) => sum | 1u << lane);
        for (int lane = 0; lane < 32; lane++)
        {
            // Lanes past the end keep what they have.
            Assert.Equal(lane + 3 < 32 ? lane + 3 : lane, output[lane]);
            Assert.Equal(lane ^ 5, output[32 + lane]);
            Assert.Equal(votes, BitConverter.SingleToUInt32Bits(output[64 + lane]));
        }
    }

    private static float[] Evaluate(int function, float[] x, float[] y)
    {
        using SimulatedContext context = new(check: true);
        Upload(context.Input, x);
        Upload(context.Workspace, y);
        Succeed(context.Launch("function_values", choice: function));
        return Download(context.Output, Count);
    }

    private static float[] Draw(double range)
    {
        Random random = new(11);
        // Backwards, as second operands are taken, special ones meet their neighbours: both zeros, and NaN on either side.
        IEnumerable<float> neighbours = s_special.Skip(1).Append(s_special[0]).Reverse();
        int drawn = Count - (2 * s_special.Length);
        return [.. s_special, .. Enumerable.Range(0, drawn).Select(_ => (float)(range * Math.Pow(random.NextDouble(), 8) * (random.Next(2) == 0 ? -1 : 1))), .. neighbours];
    }

    // Rounds to nearest even by the definition: of the two neighbours the nearer, and of two as near the even one.
    private static float ToBfloat16(float x)
    {
        if (!float.IsFinite(x))
        {
            return x;
        }

        uint bits = BitConverter.SingleToUInt32Bits(x) & 0xFFFF0000;
        float below = BitConverter.UInt32BitsToSingle(bits);
        float above = BitConverter.UInt32BitsToSingle(bits + 0x10000);
        double toBelow = Math.Abs((double)x - below);
        double toAbove = Math.Abs((float.IsInfinity(above) ? Math.CopySign(BigPower, x) : above) - (double)x);
        return toBelow < toAbove || (toBelow == toAbove && (bits & 0x10000) == 0) ? below : above;
    }

    // What follows the largest bfloat16.
    private static double BigPower { get; } = (double)BigInteger.Pow(2, 128);

    private static bool Same(float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b));
}
