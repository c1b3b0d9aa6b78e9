namespace Gimbal.Trainer.Tests.Cpu;

/// <summary>How generated code spells operations on vectors of some width; 32 bits is one float, for processors without vectors.</summary>
internal sealed record VectorText(int Bits)
{
    public bool IsScalar => Bits == 32;

    public int Lanes => Bits / 32;

    public string Type => IsScalar ? "float" : $"{Name}<float>";

    private string Name => $"Vector{Bits}";

    // Processors with 256-bit vectors have fused multiply-add; below, the estimate takes it where it exists and never calls a library routine.
    private string Multiply => Bits >= 256 ? $"{Name}.FusedMultiplyAdd" : $"{Name}.MultiplyAddEstimate";

    public string Load(string address) => IsScalar ? $"*({address})" : $"{Name}.Load({address})";

    public string Store(string value, string address) => IsScalar ? $"*({address}) = {value}" : $"{Name}.Store({value}, {address})";

    public string Create(string number) => IsScalar ? number : $"{Name}.Create({number})";

    public string MultiplyAdd(string a, string b, string c) => IsScalar ? $"(({a} * {b}) + {c})" : $"{Multiply}({a}, {b}, {c})";
}
