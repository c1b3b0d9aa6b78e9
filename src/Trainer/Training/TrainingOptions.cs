using System.ComponentModel;
using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Training;

/// <summary>Optimisers by name.</summary>
public enum OptimizerName
{
    /// <summary>Stochastic gradient descent.</summary>
    Sgd,

    /// <summary>Adam.</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay.</summary>
    AdamW,

    /// <summary>RMSprop.</summary>
    Rmsprop,
}

/// <summary>Learning-rate schedules by name.</summary>
public enum ScheduleName
{
    /// <summary>Always the same.</summary>
    Constant,

    /// <summary>Drops by a factor every so many epochs.</summary>
    Step,

    /// <summary>Half a cosine.</summary>
    Cosine,

    /// <summary>One cycle up and down.</summary>
    OneCycle,
}

/// <summary>What weighs each class in the loss.</summary>
public enum ClassWeighting
{
    /// <summary>Every image counts the same.</summary>
    None,

    /// <summary>Every class counts the same: n/(K·n_k).</summary>
    Balanced,
}

/// <summary>What a step with a loss or a gradient that is not finite does.</summary>
public enum NonFinitePolicy
{
    /// <summary>Ends the run with the layer's name.</summary>
    Stop,

    /// <summary>Leaves the weights alone and goes on.</summary>
    Skip,
}

/// <summary>Everything that decides what a run trains and how; each property is a flag of the tool and a key of its config file.</summary>
/// <remarks>Null means: chosen by <see cref="Resolve"/> from the model, the optimiser and the data.</remarks>
public sealed record TrainingOptions
{
    /// <summary>Where the images come from.</summary>
    [Description("synthetic, cifar10:DIR, images:DIR or idx:DIR")]
    public string Data { get; init; } = "synthetic";

    /// <summary>Model of the catalogue.</summary>
    [Description("model of the catalogue")]
    public string Model { get; init; } = "resnet8";

    /// <summary>Rows and columns images are resized to.</summary>
    [Description("side of the images in pixels; default: the data's own, 64 for folders of photos of several sizes")]
    public int? Size { get; init; }

    /// <summary>Passes over the training images.</summary>
    [Description("passes over the training images")]
    public int Epochs { get; init; } = 10;

    /// <summary>Images per step.</summary>
    [Description("images per step")]
    public int Batch { get; init; } = 128;

    /// <summary>Optimiser.</summary>
    [Description("optimiser")]
    public OptimizerName Optimizer { get; init; } = OptimizerName.AdamW;

    /// <summary>Learning rate.</summary>
    [Description("learning rate; default: 0.1 for sgd, 0.001 for the others, 0.01 for adamw with one-cycle")]
    public double? Lr { get; init; }

    /// <summary>Momentum of SGD and RMSprop.</summary>
    [Description("momentum of sgd (default 0.9) and rmsprop (default 0)")]
    public float? Momentum { get; init; }

    /// <summary>Nesterov's form of momentum.</summary>
    [Description("Nesterov's form of momentum, with sgd")]
    public bool Nesterov { get; init; }

    /// <summary>λ on tensors of rank 2 and more.</summary>
    [Description("weight decay; batch norm and biases stay free; default: 0.01 for adamw, 0.0001 for sgd, 0 for the others")]
    public float? WeightDecay { get; init; }

    /// <summary>Learning-rate schedule.</summary>
    [Description("learning-rate schedule")]
    public ScheduleName Schedule { get; init; } = ScheduleName.OneCycle;

    /// <summary>Epochs between drops of the step schedule.</summary>
    [Description("epochs between drops of the step schedule; default: a third of all")]
    public double? StepEpochs { get; init; }

    /// <summary>Factor of each drop.</summary>
    [Description("factor of each drop of the step schedule")]
    public double Gamma { get; init; } = 0.1;

    /// <summary>Epochs of linear warm-up.</summary>
    [Description("epochs of linear warm-up from 0")]
    public double WarmupEpochs { get; init; }

    /// <summary>Initializer of convolution and linear weights.</summary>
    [Description("initializer of the weights in place of the model's own, NAME or NAME:X")]
    public string? Init { get; init; }

    /// <summary>Whether the first convolution begins with the principal components of patches of the training pictures.</summary>
    [Description("begin the first convolution with the principal components of patches of the training images, whose responses are uncorrelated")]
    public bool Whiten { get; init; }

    /// <summary>Gradient clipping.</summary>
    [Description("none, norm:X, value:X or agc:X")]
    public string Clip { get; init; } = "none";

    /// <summary>Share of each target spread over all classes.</summary>
    [Description("label smoothing, 0 to below 1")]
    public float LabelSmoothing { get; init; }

    /// <summary>Dropout in front of the last layer.</summary>
    [Description("dropout in front of the last layer, 0 to below 1")]
    public float Dropout { get; init; }

    /// <summary>Decay of averaged weights.</summary>
    [Description("decay of averaged weights, e.g. 0.999; they are evaluated and exported; 0: none")]
    public float Ema { get; init; }

    /// <summary>Class weights.</summary>
    [Description("weights of the classes in the loss")]
    public ClassWeighting ClassWeights { get; init; }

    /// <summary>Padding of pad-crop augmentation.</summary>
    [Description("pixels of padding for random crops; 0: none; default: 4 for cifar10, else 0")]
    public int? PadCrop { get; init; }

    /// <summary>Random mirror images.</summary>
    [Description("mirror images at random; default: for cifar10 and images")]
    public bool? Flip { get; init; }

    /// <summary>Side of the cutout square.</summary>
    [Description("side of a random grey square in pixels; 0: none")]
    public int Cutout { get; init; }

    /// <summary>Share of the training images held out to choose the best epoch.</summary>
    [Description("share of the training images held out to choose the best epoch")]
    public double Validation { get; init; }

    /// <summary>Share of a folder without train/ and test/ that becomes the test set.</summary>
    [Description("test share of an image folder that has no test/ of its own")]
    public double TestFraction { get; init; } = 0.2;

    /// <summary>Largest number of training images.</summary>
    [Description("use at most so many training images")]
    public int? Limit { get; init; }

    /// <summary>Pictures that cannot be decoded.</summary>
    [Description("what to do with pictures that cannot be decoded")]
    public BadImages BadImages { get; init; }

    /// <summary>Loss or gradient not finite.</summary>
    [Description("what a step does whose loss or gradient is not finite")]
    public NonFinitePolicy NonFinite { get; init; }

    /// <summary>Steps between readings of the layers' health; what is trained does not depend on it.</summary>
    [Description("steps between readings of the layers' health (health.jsonl, report, TensorBoard); 0: none; the result does not depend on it")]
    public int HealthEvery { get; init; } = 10;

    /// <summary>Where to compute.</summary>
    [Description("auto (the CPU), cpu or cuda")]
    public string Device { get; init; } = "auto";

    /// <summary>What training's convolutions and matrix products are computed in.</summary>
    [Description("fp32, or bf16 with --device cuda: tensor cores multiply training's operands as bfloat16 and add in fp32; weights, evaluation and the exported model stay fp32")]
    public string Precision { get; init; } = "fp32";

    /// <summary>Convolutions without Winograd's algorithm.</summary>
    [Description("convolutions on the CPU term by term, without Winograd's algorithm: smaller rounding errors, two to three times the time")]
    public bool Exact { get; init; }

    /// <summary>Threads; the result does not depend on it.</summary>
    [Description("threads; 0: one per processor; the result does not depend on it")]
    public int Threads { get; init; }

    /// <summary>Seed of everything random.</summary>
    [Description("seed of everything random")]
    public ulong Seed { get; init; } = 1;

    /// <summary>The part that concerns the data.</summary>
    public DataOptions ToDataOptions() => new()
    {
        Size = Size,
        Validation = Validation,
        TestFraction = TestFraction,
        Limit = Limit,
        Seed = Seed,
        BadImages = BadImages,
    };

    /// <summary>Fills what was left open.</summary>
    public TrainingOptions Resolve()
    {
        bool isSgd = Optimizer == OptimizerName.Sgd;
        bool isCifar = Data.StartsWith("cifar10", StringComparison.Ordinal);
        return this with
        {
            Lr = Lr ?? (isSgd ? 0.1 : Optimizer == OptimizerName.AdamW && Schedule == ScheduleName.OneCycle ? 0.01 : 0.001),
            Momentum = Momentum ?? (isSgd ? 0.9f : 0),
            WeightDecay = WeightDecay ?? (isSgd ? 1e-4f : Optimizer == OptimizerName.AdamW ? 0.01f : 0),
            StepEpochs = StepEpochs ?? Epochs / 3.0,
            PadCrop = PadCrop ?? (isCifar ? 4 : 0),
            Flip = Flip ?? (isCifar || Data.StartsWith("images", StringComparison.Ordinal)),
        };
    }
}
