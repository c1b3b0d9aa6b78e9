namespace Gimbal.Trainer.Tests.Ops.Cases;

/// <summary>The one list of op cases.</summary>
public static class AllOps
{
    /// <summary>Drawn cases per op that every check runs besides the chosen ones.</summary>
    public const int DrawnPerOp = 8;

    /// <summary>Every op of the trainer, with its cases.</summary>
    public static IReadOnlyList<OpFamily> Families { get; } =
    [
        .. ElementwiseCases.All,
        .. ProductCases.All,
        .. SoftmaxCases.All,
        .. DropoutCases.All,
        .. PoolingCases.All,
        .. NormalizationCases.All,
        .. SpectralCases.All,
        .. LossCases.All,
        .. UpdateCases.All,
        .. SignalCases.All,
        .. FusionCases.All,
    ];

    /// <summary>The chosen cases and the first drawn ones of every op, by name.</summary>
    public static IReadOnlyDictionary<string, OpCase> Cases { get; } = Families
        .SelectMany(family => family.Fixed.Concat(Enumerable.Range(0, DrawnPerOp).Select(family.Drawn)))
        .ToDictionary(c => c.Name);
}
