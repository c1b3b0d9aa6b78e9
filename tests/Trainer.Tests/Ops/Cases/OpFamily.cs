using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Tests.Ops.Cases;

/// <summary>The cases of one op.</summary>
/// <param name="Op">Its type.</param>
/// <param name="Fixed">Chosen by hand: odd sizes, a batch of one, each attribute off its default, large magnitudes, several chunks.</param>
/// <param name="Draw">A small case with random attributes and shapes, from a domain without kinks.</param>
public sealed record OpFamily(Type Op, IReadOnlyList<OpCase> Fixed, Func<Random, OpCase> Draw)
{
    /// <summary>Names the op by its type.</summary>
    public static OpFamily Of<TOp>(IReadOnlyList<OpCase> chosen, Func<Random, OpCase> draw)
        where TOp : Op => new(typeof(TOp), chosen, draw);

    /// <summary>The drawn case of that number.</summary>
    public OpCase Drawn(int seed) => Draw(new Random(seed)) with { Seed = seed, Note = "drawn" };
}
