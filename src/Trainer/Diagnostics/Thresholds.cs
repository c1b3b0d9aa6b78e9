namespace Gimbal.Trainer.Diagnostics;

/// <summary>Where health ends. Each number has its source; <c>gimbal diagnose --calibrate</c> tells how well they part ill networks from sound ones.</summary>
internal static class Thresholds
{
    /// <summary>Ratio of the gradients' norms at the first and the last hidden layer, either way, that trains worse.</summary>
    /// <remarks>
    /// He et al. 2015: 22 layers by Xavier (5e-4) converge slower. He et al. 2016: plain networks of 32 layers with batch norm (455 by
    /// Yang et al. 2019) are worse than those of 20 (46).
    /// </remarks>
    public const double RatioWarning = 1e2;

    /// <summary>Ratio that does not train.</summary>
    /// <remarks>He et al. 2015: 30 layers by Xavier (3e-5) stall.</remarks>
    public const double RatioCritical = 1e4;

    /// <summary>Ratio that does not train where batch norm makes it: no step is larger than the others, because batch norm takes the scale of weights away.</summary>
    /// <remarks>He et al. 2016: plain networks of 56 layers with batch norm (4e4) learn, worse than those of 20; those of 110 (1e9) fail.</remarks>
    public const double NormalizedRatioCritical = 1e6;

    /// <summary>First loss over that of guessing, ln K. Logits that large are sure of what they have not seen. cs231n looks at the same number.</summary>
    public const double FirstLossWarning = 3;

    /// <summary>First loss over ln K with which steps of a usual size are lost.</summary>
    public const double FirstLossCritical = 10;

    /// <summary>Share of a layer's units that are dead.</summary>
    /// <remarks>
    /// cs231n warns of 40 %. On a batch of 32 that is usual: the last of 20 sound layers of 64 units has 44 % at the start, because its images look ever more
    /// alike, and the hidden layer of a tutorial's network 61 % after 30 steps that go well.
    /// </remarks>
    public const double DeadWarning = 0.75;

    /// <summary>Share of dead units through which next to nothing passes.</summary>
    /// <remarks>
    /// After 30 steps by <c>gimbal diagnose --model simple-cnn --limit N</c>, beside the test accuracy by <c>gimbal train</c> with the same options: 93 % dead end at 76 % right
    /// (N = 2000, seed 3), 97 % at 21 % (N = 1000), 99 % at 41 % (N = 1500).
    /// </remarks>
    public const double DeadCritical = 0.95;

    /// <summary>Share of a layer's values beyond 0.97: Glorot and Bengio 2010 watch the same. Of a sigmoid only the upper end counts, half of all.</summary>
    public const double SaturatedWarning = 0.25;

    /// <summary>Share of a layer's values beyond 0.97 with which its gradient is a small fraction of what arrives.</summary>
    public const double SaturatedCritical = 0.4;

    /// <summary>Size of an update beside the weight's: cs231n, "somewhere around 1e-3".</summary>
    public const double UpdateTooLarge = 0.3;

    /// <summary>Size of an update beside the weight's below which nothing is learnt in a reasonable time.</summary>
    public const double UpdateTooSmall = 1e-6;

    /// <summary>Late loss over early loss.</summary>
    public const double LossGrowth = 1.3;

    /// <summary>Late loss over the first with which a network is taken to learn.</summary>
    public const double LearningLoss = 0.8;

    /// <summary>Share of steps that are clipped.</summary>
    public const double ClippedShare = 0.9;

    /// <summary>Median norm over the limit: Pascanu et al. 2013 converge with limits from half to ten times the mean norm.</summary>
    public const double ClipFactor = 20;

    /// <summary>How near a measured constant must come to a theoretical one to bear its name.</summary>
    public const double SameConstant = 0.08;
}
