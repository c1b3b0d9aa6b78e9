using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Training;
using static Gimbal.Trainer.Diagnostics.PatientNetworks;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>The networks the doctor is tried on: ill ones and sound ones. Thresholds were chosen with the eyes on those that are not held out.</summary>
internal static class Patients
{
    /// <summary>Usual steps by SGD.</summary>
    internal static TrainingOptions Sgd { get; } = new() { Optimizer = OptimizerName.Sgd, Lr = 0.01, Schedule = ScheduleName.Constant, Batch = 32 };

    /// <summary>Usual steps by Adam.</summary>
    internal static TrainingOptions Adam { get; } = new() { Optimizer = OptimizerName.Adam, Lr = 1e-3, Schedule = ScheduleName.Constant, Batch = 32 };

    // Deep enough that every init but He's shows, shallow enough to take milliseconds.
    private static readonly (string Name, bool IsHeldOut, Func<Network> Network)[] s_plain =
    [
        ("mlp 20x64", false, () => Mlp(20, 64)),
        ("mlp 16x96", true, () => Mlp(16, 96)),
        ("mlp 30x48", true, () => Mlp(30, 48)),
        ("conv 16x12", false, () => Conv(16, 12)),
        ("conv 24x8", true, () => Conv(24, 8)),
    ];

    // A gain of √6 is √(6/fan_in) times a standard normal.
    private static readonly (string Init, Verdict Verdict, Cause Cause)[] s_inits =
    [
        ("normal:0.01", Verdict.Vanishing, Cause.InitTooSmall),
        ("uniform:0.05", Verdict.Vanishing, Cause.InitTooSmall),
        ("pytorch", Verdict.Vanishing, Cause.PytorchDefaultInit),
        ("xavier-normal", Verdict.Vanishing, Cause.XavierUnderRelu),
        ("he-normal:2.449", Verdict.Exploding, Cause.UniformBoundTimesNormal),
        ("he-normal:3.5", Verdict.Exploding, Cause.InitTooLarge),
        ("zeros", Verdict.Vanishing, Cause.ZeroInit),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Patient> All { get; } = [.. IllByInit(), .. IllByBuild(), .. IllByUnits(), .. IllBySteps(), .. IllByInput(), .. Sound(), .. SoundThoughOdd(), .. LatePatients.All()];

    private static IEnumerable<Patient> IllByInit() =>
        from network in s_plain
        from init in s_inits
        select new Patient($"{network.Name}, {init.Init}", network.IsHeldOut, network.Network, Sgd with { Init = init.Init }, [init.Verdict], init.Cause);

    private static IEnumerable<Patient> IllByBuild() =>
    [
        .. from init in (string?[])[null, "normal:0.01"]
           from network in ((string Name, bool IsHeldOut, Func<Network> Network)[])
           [
               ("batch norm, conv 36x8", false, () => Conv(36, 8, isNormalized: true)),
               ("batch norm, conv 56x8", true, () => Conv(56, 8, isNormalized: true)),
               ("batch norm, mlp 60x32", false, () => Mlp(60, 32, isNormalized: true)),
               ("batch norm, mlp 44x48", true, () => Mlp(44, 48, isNormalized: true)),
           ]
           select new Patient($"{network.Name}{(init is null ? "" : $", {init}")}", network.IsHeldOut, network.Network, Sgd with { Init = init }, [Verdict.Exploding], Cause.BatchNormWithoutSkips),
        .. from network in ((string Name, bool IsHeldOut, Func<Network> Network)[])
           [
               ("no norm, 20 blocks of 8", false, () => Residual(20, 8, isNormalized: false)),
               ("no norm, 24 blocks of 12", false, () => Residual(24, 12, isNormalized: false)),
               ("no norm, 28 blocks of 8", true, () => Residual(28, 8, isNormalized: false)),
               ("no norm, 34 blocks of 8", true, () => Residual(34, 8, isNormalized: false)),
           ]
           select new Patient(network.Name, network.IsHeldOut, network.Network, Sgd, [Verdict.Exploding], Cause.ResidualWithoutNorm),
        .. from network in ((string Name, bool IsHeldOut, Func<Network> Network)[])
           [
               ("sigmoid, mlp 8x64", false, () => Mlp(8, 64, () => new Sigmoid())),
               ("sigmoid, mlp 12x48", true, () => Mlp(12, 48, () => new Sigmoid())),
               ("sigmoid, conv 10x12", true, () => Conv(10, 12, () => new Sigmoid())),
           ]
           select new Patient(network.Name, network.IsHeldOut, network.Network, Sgd with { Init = "xavier-normal" }, [Verdict.Vanishing], Cause.SigmoidSlope),
        new("tanh, mlp 20x64, normal:0.01", false, () => Mlp(20, 64, () => new Tanh()), Sgd with { Init = "normal:0.01" }, [Verdict.Vanishing], Cause.InitTooSmall),
        new("tanh, conv 20x8, normal:0.02", true, () => Conv(20, 8, () => new Tanh()), Sgd with { Init = "normal:0.02" }, [Verdict.Vanishing], Cause.InitTooSmall),
    ];

    private static IEnumerable<Patient> IllByUnits() =>
    [
        new("tanh, mlp 10x64, normal:0.5", false, () => Mlp(10, 64, () => new Tanh()), Sgd with { Init = "normal:0.5" }, [Verdict.Saturated], Cause.InitTooLarge),
        new("tanh, mlp 14x48, normal:1", true, () => Mlp(14, 48, () => new Tanh()), Sgd with { Init = "normal:1" }, [Verdict.Saturated], Cause.InitTooLarge),
        new("tanh, conv 8x12, normal:0.5", true, () => Conv(8, 12, () => new Tanh()), Sgd with { Init = "normal:0.5" }, [Verdict.Saturated], Cause.InitTooLarge),
        new("sigmoid, mlp 4x64, normal:2", false, () => Mlp(4, 64, () => new Sigmoid()), Sgd with { Init = "normal:2" }, [Verdict.Saturated], Cause.InitTooLarge),
        new("sigmoid, mlp 3x96, normal:3", true, () => Mlp(3, 96, () => new Sigmoid()), Sgd with { Init = "normal:3" }, [Verdict.Saturated], Cause.InitTooLarge),
        new("biases of -20, mlp 4x64", false, () => Mlp(4, 64, bias: -20), Sgd, [Verdict.Dead], Cause.DeadAtStart),
        new("biases of -5, mlp 8x48", true, () => Mlp(8, 48, bias: -5), Sgd, [Verdict.Dead], Cause.DeadAtStart),
        new("biases of -10, conv 6x12", false, () => Conv(6, 12, bias: -10), Sgd, [Verdict.Dead], Cause.DeadAtStart),
        new("biases of -6, conv 10x8", true, () => Conv(10, 8, bias: -6), Sgd, [Verdict.Dead], Cause.DeadAtStart),
    ];

    private static IEnumerable<Patient> IllBySteps() =>
    [
        .. from patient in ((string Name, bool IsHeldOut, Func<Network> Network, TrainingOptions Options)[])
           [
               ("mlp 6x64, sgd 5", false, () => Mlp(6, 64), Sgd with { Lr = 5 }),
               ("mlp 5x96, adam 1", true, () => Mlp(5, 96), Adam with { Lr = 1 }),
               ("conv 6x12, sgd 10", false, () => Conv(6, 12), Sgd with { Lr = 10 }),
               ("conv 8x16, adam 0.5", true, () => Conv(8, 16), Adam with { Lr = 0.5 }),
               ("tutorial 8, sgd 1", false, () => Tutorial(8), Sgd with { Lr = 1 }),
               ("tutorial 12, adam 0.3", true, () => Tutorial(12), Adam with { Lr = 0.3 }),
               ("3 blocks of 8, sgd 200", false, () => Residual(3, 8), Sgd with { Lr = 200 }),
               ("5 blocks of 12, adam 10", true, () => Residual(5, 12), Adam with { Lr = 10 }),
           ]
           select new Patient(patient.Name, patient.IsHeldOut, patient.Network, patient.Options, [Verdict.Unstable, Verdict.Dead], Cause.LearningRateTooHigh),
        new("mlp 4x64, sgd 1e-9", false, () => Mlp(4, 64), Sgd with { Lr = 1e-9 }, [Verdict.Degraded], Cause.LearningRateTooLow),
        new("4 blocks of 8, sgd 1e-8", true, () => Residual(4, 8), Sgd with { Lr = 1e-8 }, [Verdict.Degraded], Cause.LearningRateTooLow),
        new("mlp 4x64, clip norm:0.001", false, () => Mlp(4, 64), Sgd with { Clip = "norm:0.001" }, [Verdict.Degraded], Cause.ClipTooLow),
        new("4 blocks of 12, clip norm:0.001", true, () => Residual(4, 12), Sgd with { Clip = "norm:0.001" }, [Verdict.Degraded], Cause.ClipTooLow),
        new("tutorial 12, clip norm:0.0001", true, () => Tutorial(12), Sgd with { Clip = "norm:0.0001" }, [Verdict.Degraded], Cause.ClipTooLow),
    ];

    private static IEnumerable<Patient> IllByInput() =>
    [
        new("mlp 4x64, NaN", false, () => Mlp(4, 64), Sgd, [Verdict.NonFinite], Cause.NonFiniteInput) { Diet = Diet.NaN },
        new("3 blocks of 12, NaN", true, () => Residual(3, 12), Sgd, [Verdict.NonFinite], Cause.NonFiniteInput) { Diet = Diet.NaN },
        new("conv 5x12, infinity", true, () => Conv(5, 12), Sgd, [Verdict.NonFinite], Cause.NonFiniteInput) { Diet = Diet.Infinity },
        new("mlp 4x64 with biases of 0.1, constant", false, () => Mlp(4, 64, bias: 0.1f), Sgd, [Verdict.Dead], Cause.ConstantInput) { Diet = Diet.Constant },
        new("conv 5x12 with biases of 0.1, constant", true, () => Conv(5, 12, bias: 0.1f), Sgd, [Verdict.Dead], Cause.ConstantInput) { Diet = Diet.Constant },
    ];

    private static IEnumerable<Patient> Sound() =>
    [
        .. from patient in ((string Name, bool IsHeldOut, Func<Network> Network, TrainingOptions Options)[])
           [
               ("mlp 3x64", false, () => Mlp(3, 64), Sgd),
               ("mlp 6x64", false, () => Mlp(6, 64), Adam),
               ("mlp 10x96", true, () => Mlp(10, 96), Sgd),
               ("mlp 20x64", false, () => Mlp(20, 64), Adam),
               ("mlp 3x64, pytorch", false, () => Mlp(3, 64), Adam with { Init = "pytorch" }),
               ("mlp 4x48, xavier-uniform", true, () => Mlp(4, 48), Sgd with { Init = "xavier-uniform" }),
               ("mlp 5x64, orthogonal:1.414", true, () => Mlp(5, 64), Sgd with { Init = "orthogonal:1.414" }),
               ("mlp 8x64 with batch norm", false, () => Mlp(8, 64, isNormalized: true), Sgd),
               ("conv 4x12", false, () => Conv(4, 12), Sgd),
               ("conv 8x16", true, () => Conv(8, 16), Adam),
               ("conv 12x12", false, () => Conv(12, 12), Adam),
               ("conv 6x12 with batch norm", false, () => Conv(6, 12, isNormalized: true), Sgd),
               ("conv 12x16 with batch norm", true, () => Conv(12, 16, isNormalized: true), Sgd),
               ("conv 16x8 with batch norm, normal:0.01", true, () => Conv(16, 8, isNormalized: true), Sgd with { Init = "normal:0.01" }),
               ("3 blocks of 8", false, () => Residual(3, 8), Sgd),
               ("8 blocks of 8", false, () => Residual(8, 8), Sgd with { Lr = 0.1 }),
               ("14 blocks of 8", true, () => Residual(14, 8), Sgd),
               ("10 blocks of 12, pytorch", true, () => Residual(10, 12), Adam with { Init = "pytorch" }),
               ("3 blocks of 8 without norm", true, () => Residual(3, 8, isNormalized: false), Adam),
               ("tutorial 8", false, () => Tutorial(8), Adam),
               ("tutorial 16", true, () => Tutorial(16), Sgd),
               ("tanh, mlp 5x64, xavier-normal", false, () => Mlp(5, 64, () => new Tanh()), Sgd with { Init = "xavier-normal" }),
               ("tanh, conv 6x12, xavier-normal", true, () => Conv(6, 12, () => new Tanh()), Sgd with { Init = "xavier-normal" }),
               ("sigmoid, mlp 2x64, xavier-normal", false, () => Mlp(2, 64, () => new Sigmoid()), Adam with { Init = "xavier-normal" }),
               ("leaky, mlp 8x48", true, () => Mlp(8, 48, () => new LeakyReLU(0.1f)), Sgd),
           ]
           select new Patient($"sound: {patient.Name}", patient.IsHeldOut, patient.Network, patient.Options, [Verdict.Healthy], Cause.None),
    ];

    private static IEnumerable<Patient> SoundThoughOdd() =>
    [
        new("sound: mlp 4x64, random labels", false, () => Mlp(4, 64), Adam, [Verdict.Healthy], Cause.None) { Diet = Diet.RandomLabels },
        new("sound: 4 blocks of 8, random labels", true, () => Residual(4, 8), Sgd, [Verdict.Healthy], Cause.None) { Diet = Diet.RandomLabels },
        new("sound: tutorial 12, random labels", true, () => Tutorial(12), Adam, [Verdict.Healthy], Cause.None) { Diet = Diet.RandomLabels },
        new("sound: mlp 4x64, one label", false, () => Mlp(4, 64), Adam, [Verdict.Healthy], Cause.None) { Diet = Diet.OneLabel },
        new("sound: conv 6x16, one label", true, () => Conv(6, 16), Sgd, [Verdict.Healthy], Cause.None) { Diet = Diet.OneLabel },
        new("sound: mlp 4x64, adam 1e-5", false, () => Mlp(4, 64), Adam with { Lr = 1e-5 }, [Verdict.Healthy], Cause.None),
        new("sound: 6 blocks of 8, clip norm:1", true, () => Residual(6, 8), Sgd with { Clip = "norm:1" }, [Verdict.Healthy], Cause.None),
        new("sound: tutorial 16, label smoothing", true, () => Tutorial(16), Adam with { LabelSmoothing = 0.2f }, [Verdict.Healthy], Cause.None),
        new("sound: 3 blocks of 12, rmsprop", true, () => Residual(3, 12), Adam with { Optimizer = OptimizerName.Rmsprop }, [Verdict.Healthy], Cause.None),
    ];
}
