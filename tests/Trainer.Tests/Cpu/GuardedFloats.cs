using Gimbal.Trainer.Cpu;

namespace Gimbal.Trainer.Tests.Cpu;

/// <summary>Native floats between two bands of NaN with a payload of their own, so that writing outside is seen and reading outside spreads.</summary>
internal sealed unsafe class GuardedFloats : IDisposable
{
    private const int Band = 256;
    private static readonly float Guard = BitConverter.UInt32BitsToSingle(0x7FC0BEEF);

    private readonly CpuMemory _memory;

    /// <summary>An output: every element is NaN.</summary>
    public GuardedFloats(int length)
    {
        Length = length;
        _memory = new CpuMemory(length + (2 * Band));
        new Span<float>(_memory.Pointer, length + (2 * Band)).Fill(Guard);
        Span.Fill(float.NaN);
    }

    /// <summary>An input.</summary>
    public GuardedFloats(float[] elements)
        : this(elements.Length) => elements.CopyTo(Span);

    public int Length { get; }

    public float* Pointer => _memory.Pointer + Band;

    public Span<float> Span => new(Pointer, Length);

    public void CheckGuards()
    {
        for (int i = 0; i < Band; i++)
        {
            Assert.True(IsGuard(_memory.Pointer[i]), $"element {i - Band} was written");
            Assert.True(IsGuard(Pointer[Length + i]), $"element {Length + i} of {Length} was written");
        }
    }

    public void Dispose() => _memory.Dispose();

    private static bool IsGuard(float x) => BitConverter.SingleToUInt32Bits(x) == BitConverter.SingleToUInt32Bits(Guard);
}
