namespace Gimbal.Trainer.Tensors;

/// <summary>Counter-based random numbers: the value at (seed, stream, step, index) is the same on every backend and needs no state.</summary>
/// <remarks>Philox4x32-10. Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.</remarks>
public readonly struct Philox
{
    private readonly uint _key0;
    private readonly uint _key1;
    private readonly uint _stream;

    /// <summary>Random numbers of one purpose.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="stream">Tells purposes apart: one per random op, parameter or data source.</param>
    public Philox(ulong seed, uint stream)
    {
        (_key0, _key1, _stream) = ((uint)seed, (uint)(seed >> 32), stream);
    }

    /// <summary>Four independent 32-bit words.</summary>
    public (uint A, uint B, uint C, uint D) Words(uint step, ulong index)
    {
        (uint a, uint b, uint c, uint d) = ((uint)index, (uint)(index >> 32), step, _stream);
        (uint key0, uint key1) = (_key0, _key1);
        for (int round = 0; round < 10; round++)
        {
            ulong left = 0xD2511F53UL * a;
            ulong right = 0xCD9E8D57UL * c;
            (a, b, c, d) = ((uint)(right >> 32) ^ b ^ key0, (uint)right, (uint)(left >> 32) ^ d ^ key1, (uint)left);
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }

        return (a, b, c, d);
    }

    /// <summary>One 32-bit word: element <paramref name="index"/> of the sequence of this step.</summary>
    public uint Word(uint step, ulong index)
    {
        (uint a, uint b, uint c, uint d) = Words(step, index >> 2);
        return (index & 3) switch { 0 => a, 1 => b, 2 => c, _ => d };
    }

    /// <summary>Uniform in [0, 1), on a grid of 2⁻²⁴.</summary>
    public float Uniform(uint step, ulong index) => ToUniform(Word(step, index));

    /// <summary>What <see cref="Uniform"/> makes of a word.</summary>
    public static float ToUniform(uint word) => (word >> 8) * (1f / (1 << 24));

    /// <summary>Standard normal by Box and Muller, computed in double.</summary>
    public float Normal(uint step, ulong index)
    {
        (uint a, uint b, uint c, uint d) = Words(step, index >> 1);
        (uint radius, uint angle) = (index & 1) == 0 ? (a, b) : (c, d);
        return (float)(Math.Sqrt(-2 * Math.Log((radius + 1.0) / 4294967296.0)) * Math.Cos(2 * Math.PI * angle / 4294967296.0));
    }

    /// <summary>Uniform integer in [0, <paramref name="bound"/>), without modulo bias above 2⁻³².</summary>
    public int Below(uint step, ulong index, int bound) => (int)(((ulong)Word(step, index) * (uint)bound) >> 32);

    /// <summary>A permutation of 0 … count − 1 (Fisher and Yates).</summary>
    public int[] Permutation(uint step, int count)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
        {
            int j = Below(step, (ulong)i, i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }
}
