using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;
using static Gimbal.Trainer.Diagnostics.PatientNetworks;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Networks of kinds that came after the thresholds: none of them had a part in choosing one.</summary>
internal static class LatePatients
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Patient> All() => [.. IllByWeights(), .. IllBySteps(), .. Sound()];

    private static IEnumerable<Patient> IllByWeights() =>
    [
        Ill("vgg 8, pytorch", () => Vgg(8), Patients.Sgd with { Init = "pytorch" }, Verdict.Vanishing, Cause.PytorchDefaultInit),
        Ill("vgg 8, normal:0.01", () => Vgg(8), Patients.Sgd with { Init = "normal:0.01" }, Verdict.Vanishing, Cause.InitTooSmall),
        Ill("vgg 8, he-normal:2.449", () => Vgg(8), Patients.Sgd with { Init = "he-normal:2.449" }, Verdict.Exploding, Cause.UniformBoundTimesNormal),
        Ill("vgg 8, zeros", () => Vgg(8), Patients.Sgd with { Init = "zeros" }, Verdict.Vanishing, Cause.ZeroInit),
        Ill("leaky, mlp 24x56, normal:0.01", () => Mlp(24, 56, () => new LeakyReLU(0.01f)), Patients.Adam with { Init = "normal:0.01" }, Verdict.Vanishing, Cause.InitTooSmall),
        Ill("leaky, mlp 24x56, pytorch", () => Mlp(24, 56, () => new LeakyReLU(0.01f)), Patients.Sgd with { Init = "pytorch" }, Verdict.Vanishing, Cause.PytorchDefaultInit),
        Ill("separable 20x12", () => Separable(20, 12), Patients.Sgd, Verdict.Exploding, Cause.BatchNormWithoutSkips),
        Ill("no norm, 20 bottlenecks of 4", () => Bottleneck(20, 4, isNormalized: false), Patients.Sgd, Verdict.Exploding, Cause.ResidualWithoutNorm),
        Ill("tanh, vgg 8, normal:0.5", () => Vgg(8, () => new Tanh()), Patients.Sgd with { Init = "normal:0.5" }, Verdict.Saturated, Cause.InitTooLarge),
        Ill("sigmoid, mlp 10x80", () => Mlp(10, 80, () => new Sigmoid()), Patients.Sgd with { Init = "xavier-normal" }, Verdict.Vanishing, Cause.SigmoidSlope),
        Ill("sigmoid, mlp 4x72, zeros", () => Mlp(4, 72, () => new Sigmoid()), Patients.Sgd with { Init = "zeros" }, Verdict.Vanishing, Cause.ZeroInit),
        Ill("biases of -15, mlp 5x40", () => Mlp(5, 40, bias: -15), Patients.Adam, Verdict.Dead, Cause.DeadAtStart),
    ];

    private static IEnumerable<Patient> IllBySteps() =>
    [
        Ill("6 bottlenecks of 4, sgd 500", () => Bottleneck(6, 4), Patients.Sgd with { Lr = 500 }, Verdict.Unstable, Cause.LearningRateTooHigh),
        Ill("vgg 8, adam 1", () => Vgg(8), Patients.Adam with { Lr = 1 }, Verdict.Unstable, Cause.LearningRateTooHigh),
        Ill("mlp 2x256, sgd 3", () => Mlp(2, 256), Patients.Sgd with { Lr = 3 }, Verdict.Unstable, Cause.LearningRateTooHigh),
        Ill("mlp 2x256, sgd 1e-9", () => Mlp(2, 256), Patients.Sgd with { Lr = 1e-9 }, Verdict.Degraded, Cause.LearningRateTooLow),
        Ill("vgg 8, clip norm:0.0005", () => Vgg(8), Patients.Sgd with { Clip = "norm:0.0005" }, Verdict.Degraded, Cause.ClipTooLow),
        Ill("separable 4x16, NaN", () => Separable(4, 16), Patients.Sgd, Verdict.NonFinite, Cause.NonFiniteInput) with { Diet = Diet.NaN },
        Ill("6 bottlenecks of 4, infinity", () => Bottleneck(6, 4), Patients.Sgd, Verdict.NonFinite, Cause.NonFiniteInput) with { Diet = Diet.Infinity },
        Ill("mlp 5x40 with biases of 0.2, constant", () => Mlp(5, 40, bias: 0.2f), Patients.Sgd, Verdict.Dead, Cause.ConstantInput) with { Diet = Diet.Constant },
    ];

    private static IEnumerable<Patient> Sound() =>
    [
        Healthy("vgg 8", () => Vgg(8), Patients.Adam),
        Healthy("vgg 8 with batch norm", () => Vgg(8, isNormalized: true), Patients.Sgd),
        Healthy("vgg 8 with batch norm, normal:0.01", () => Vgg(8, isNormalized: true), Patients.Adam with { Init = "normal:0.01" }),
        Healthy("vgg 8, one label", () => Vgg(8), Patients.Adam) with { Diet = Diet.OneLabel },
        Healthy("tanh, vgg 8, xavier-normal", () => Vgg(8, () => new Tanh()), Patients.Sgd with { Init = "xavier-normal" }),
        Healthy("separable 4x16", () => Separable(4, 16), Patients.Sgd),
        Healthy("6 bottlenecks of 4", () => Bottleneck(6, 4), Patients.Sgd),
        Healthy("12 bottlenecks of 4", () => Bottleneck(12, 4), Patients.Adam),
        Healthy("6 bottlenecks of 4, random labels", () => Bottleneck(6, 4), Patients.Sgd) with { Diet = Diet.RandomLabels },
        Healthy("16 bottlenecks of 4 without norm, the last weight of each 0", () => Bottleneck(16, 4, isNormalized: false, last: new Constant(0)), Patients.Adam),
        Healthy("8 bottlenecks of 4 without norm, the last weight of each and the head 0", () => Bottleneck(8, 4, isNormalized: false, last: new Constant(0), head: new Constant(0)), Patients.Adam),
        Healthy("mlp 4x80, head 0", () => ZeroHead(4, 80), Patients.Adam),
        Healthy("leaky, mlp 6x56", () => Mlp(6, 56, () => new LeakyReLU(0.01f)), Patients.Sgd),
        Healthy("mlp 2x256", () => Mlp(2, 256), Patients.Adam),
        Healthy("mlp 2x256, pytorch", () => Mlp(2, 256), Patients.Sgd with { Init = "pytorch" }),
        Healthy("mlp 12x56 with batch norm", () => Mlp(12, 56, isNormalized: true), Patients.Sgd),
    ];

    // A step that is too large may kill units as well as blow up the loss.
    private static Patient Ill(string name, Func<Network> network, TrainingOptions options, Verdict verdict, Cause cause) =>
        new($"late: {name}", IsHeldOut: true, network, options, verdict == Verdict.Unstable ? [verdict, Verdict.Dead] : [verdict], cause);

    private static Patient Healthy(string name, Func<Network> network, TrainingOptions options) =>
        new($"late, sound: {name}", IsHeldOut: true, network, options, [Verdict.Healthy], Cause.None);
}
