using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

internal static class UpdateCases
{
    private static readonly TensorType[] Network =
        [TensorType.Filter(5, 3, 3, 3), TensorType.Vector(5), TensorType.Matrix(7, 45), TensorType.Vector(1)];

    private static readonly TensorType[] Single = [TensorType.Matrix(7, 45)];

    private static readonly TensorType[] Large = [TensorType.Matrix(130, 257), TensorType.Vector(3)];

    // A kernel that joins pieces of 4096 elements takes more of them here than a block has threads.
    private static readonly TensorType[] Huge = [TensorType.Vector((257 * 4096) + 5), TensorType.Vector(3)];

    public static IEnumerable<OpFamily> All =>
    [
        OpFamily.Of<SgdUpdate>(
            [
                Update(new SgdUpdate(0.9f, MomentumForm.Heavy, default, 5e-4f), Network),
                Update(new SgdUpdate(0.9f, MomentumForm.Nesterov, new(ClipMode.Norm, 1), 0.1f), Network),
                Update(new SgdUpdate(0, MomentumForm.Heavy, new(ClipMode.Value, 0.5f), 0), Large),
                Update(new SgdUpdate(0.5f, MomentumForm.Nesterov, new(ClipMode.Norm, 100), 0.1f), Large, norm: 0) with { Note = "nothing to clip" },
                Update(new SgdUpdate(0.9f, MomentumForm.Heavy, default, 0.1f), Network, norm: double.NaN) with { Note = "norm not a number" },
                Update(new SgdUpdate(0.9f, MomentumForm.Heavy, default, 0.1f), Single),
                Update(new SgdUpdate(0.9f, MomentumForm.Nesterov, new(ClipMode.Norm, 1), 0.1f, UpdateNorms.Taken), Network),
                Update(new SgdUpdate(0.9f, MomentumForm.Heavy, default, 0, UpdateNorms.Taken), Large),
                Update(new SgdUpdate(0, MomentumForm.Heavy, default, 0, UpdateNorms.Taken), Huge),
                Update(new SgdUpdate(0.9f, MomentumForm.Heavy, default, 0, UpdateNorms.Taken), [TensorType.Vector(3)]),
                Update(new SgdUpdate(0, MomentumForm.Heavy, default, 0, UpdateNorms.Taken), Network, size: 1e-17) with { Note = "squares nearly underflow float32" },
                Update(new SgdUpdate(0, MomentumForm.Heavy, default, 0, UpdateNorms.Taken), Network, size: 1e25) with { Note = "squares overflow float32" },
                Update(new SgdUpdate(0.9f, MomentumForm.Heavy, default, 0.1f, UpdateNorms.Taken), Network, norm: double.NaN) with { Note = "norm not a number" },
            ],
            random => Update(
                new SgdUpdate(random.Between(0, 0.99), (MomentumForm)random.Next(2), random.Clip(), random.Between(0, 0.1)), [random.Any(), random.Any()])),
        OpFamily.Of<AdamUpdate>(
            [
                Update(new AdamUpdate(0.9f, 0.999f, 1e-8f, DecayForm.Coupled, default, 0.1f), Network),
                Update(new AdamUpdate(0.9f, 0.999f, 1e-8f, DecayForm.Decoupled, default, 0.1f), Network),
                Update(new AdamUpdate(0.8f, 0.99f, 0.1f, DecayForm.Decoupled, new(ClipMode.Norm, 1), 0), Large),
                Update(new AdamUpdate(0.9f, 0.999f, 1e-8f, DecayForm.Coupled, default, 0), Network, count: 1) with { Note = "first step" },
                Update(new AdamUpdate(0.9f, 0.999f, 1e-8f, DecayForm.Coupled, default, 0), Network, norm: double.PositiveInfinity) with { Note = "norm infinite" },
                Update(new AdamUpdate(0.9f, 0.999f, 1e-8f, DecayForm.Coupled, default, 0.1f), Single),
                Update(new AdamUpdate(0.9f, 0.999f, 1e-8f, DecayForm.Decoupled, default, 0.1f, UpdateNorms.Taken), Network),
                Update(new AdamUpdate(0.9f, 0.999f, 1e-8f, DecayForm.Coupled, default, 0, UpdateNorms.Taken), [TensorType.Vector(3)]),
            ],
            random => Update(
                new AdamUpdate(
                    random.Between(0, 0.95), random.Between(0.5, 0.999), random.Between(1e-8, 0.1), (DecayForm)random.Next(2), random.Clip(), random.Between(0, 0.1)),
                [random.Any(), random.Any()],
                count: random.Next(1, 1000))),
        OpFamily.Of<RmspropUpdate>(
            [
                Update(new RmspropUpdate(0.99f, 1e-8f, 0, default, 0), Network),
                Update(new RmspropUpdate(0.9f, 0.1f, 0.9f, new(ClipMode.Value, 0.5f), 0.1f), Large),
                Update(new RmspropUpdate(0.9f, 0.1f, 0.9f, default, 0.1f), Network, norm: double.NaN) with { Note = "norm not a number" },
                Update(new RmspropUpdate(0.99f, 1e-8f, 0, default, 0), Single),
                Update(new RmspropUpdate(0.9f, 0.1f, 0.9f, default, 0.1f, UpdateNorms.Taken), Large),
                Update(new RmspropUpdate(0.9f, 0.1f, 0.9f, default, 0.1f, UpdateNorms.Taken), [TensorType.Vector(3)]),
            ],
            random => Update(
                new RmspropUpdate(random.Between(0, 0.99), random.Between(1e-8, 0.1), random.Between(0, 0.9), random.Clip(), random.Between(0, 0.1)),
                [random.Any(), random.Any()])),
        OpFamily.Of<EmaUpdate>(
            [Average(new(0.999f), 1000, Network), Average(new(0.999f), 0, Network) with { Note = "warm-up" }, Average(new(0.9f), 100000, Large), Average(new(0.9f), 10, Single)],
            random => Average(new(random.Between(0, 0.999)), random.Next(1000), [random.Any(), random.Any()])),
        OpFamily.Of<AdaptiveClip>(
            [
                ClipUnits(0.01f, TensorType.Filter(16, 3, 3, 3), 1),
                ClipUnits(0.1f, TensorType.Matrix(7, 45), 0.1),
                ClipUnits(0.1f, TensorType.Vector(9), 1),
                ClipUnits(0.1f, TensorType.Filter(5, 2, 1, 3), 0) with { Note = "weights 0" },
            ],
            random => ClipUnits(random.Between(0.01, 1), random.Any() with { Axes = Axes.Plain }, 1)),
        OpFamily.Of<GradientNorm>(
            [Norm(Network), Norm(Large), Norm(Huge), Norm([TensorType.Vector(1)]), Norm(Network, Domain.Normal(0, 1e-18)) with { Note = "squares underflow float32" }, Norm(Network, Domain.Normal(0, 1e18)) with { Note = "squares overflow float32" }, Norm(Network, Domain.Given(1, 2, double.NaN)) with { Note = "not a number" }],
            random => Norm([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Any())])),
        OpFamily.Of<StepCount>(
            [Count(0, 1), Count(12345, 0), Count(7, double.NaN), Count(7, double.PositiveInfinity)],
            random => Count(random.Next(100000), random.NextDouble())),
    ];

    /// <summary>An update of parameters of the given types, with every state replaced; size is that of weights and gradients.</summary>
    public static OpCase Update(ParameterUpdate op, IReadOnlyList<TensorType> types, double count = 10, double norm = 3, double size = 1)
    {
        int states = op.StateNames.Count;
        IEnumerable<OpInput> Group(string name, Func<Random, TensorType, double[]> domain) =>
            types.Select((type, i) => new OpInput($"{name}{i}", type, domain));
        // Mean squares come from nowhere near 0, where the step is a quotient of two roundings.
        IEnumerable<OpInput> kept = op.StateNames.SelectMany(name =>
            Group(name, name.Contains("sq", StringComparison.Ordinal) ? Domain.Uniform(0.1, 1) : Domain.Normal(0, 0.5)));
        int written = types.Count * states;
        return new(
            op,
            [
                Scalar("count", count), Scalar("norm", norm), Scalar("learning_rate", 0.1),
                .. Group("w", Domain.Normal(0, size)), .. Group("g", Domain.Normal(0, size)), .. kept,
            ])
        {
            Replaces =
            [
                .. Enumerable.Range(ParameterUpdate.Scalars, types.Count),
                .. Enumerable.Range(ParameterUpdate.Scalars + (2 * types.Count), written),
                .. op.Norms == UpdateNorms.Taken ? (int[])[-1] : [],
            ],
        };
    }

    private static OpCase Average(EmaUpdate op, double count, IReadOnlyList<TensorType> types) => new(
        op,
        [
            Scalar("count", count),
            .. types.Select((type, i) => new OpInput($"w{i}", type, Domain.Normal())),
            .. types.Select((type, i) => new OpInput($"a{i}", type, Domain.Normal())),
        ])
    {
        Replaces = [.. Enumerable.Range(1 + types.Count, types.Count)],
    };

    private static OpCase ClipUnits(float limit, TensorType type, double deviation) => new(
        new AdaptiveClip(limit), new OpInput("w", type, Domain.Normal(0, deviation)), new OpInput("g", type, Domain.Normal(0, 0.1)));

    private static OpCase Norm(IReadOnlyList<TensorType> types, Func<Random, TensorType, double[]>? domain = null) =>
        new(new GradientNorm(), [.. types.Select((type, i) => new OpInput($"g{i}", type, domain ?? Domain.Normal()))]);

    private static OpCase Count(double count, double norm) => new(new StepCount(), Scalar("count", count), Scalar("norm", norm))
    {
        Replaces = [0],
        Note = $"{count} {norm}",
    };

    private static OpInput Scalar(string name, double value) => new(name, TensorType.Vector(1), Domain.Given((float)value));

    private static GradientClip Clip(this Random random) => (ClipMode)random.Next(3) switch
    {
        ClipMode.None => default,
        ClipMode mode => new(mode, random.Between(0.1, 5)),
    };
}
