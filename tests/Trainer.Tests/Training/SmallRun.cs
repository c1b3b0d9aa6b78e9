using System.Runtime.InteropServices;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>Runs of seconds, on a few built-in pictures.</summary>
internal static class SmallRun
{
    /// <summary>Everything random or stateful takes part: augmentation, dropout, momentum, averages, clipping, readings of health.</summary>
    public static TrainingOptions Options { get; } = new()
    {
        Model = "resnet8",
        Batch = 32,
        Epochs = 2,
        Dropout = 0.2f,
        PadCrop = 2,
        Flip = true,
        Cutout = 4,
        Ema = 0.9f,
        Optimizer = OptimizerName.Sgd,
        Clip = "norm:1",
        HealthEvery = 4,
        Seed = 3,
    };

    /// <summary>Built-in pictures: the first of each split.</summary>
    public static DataSplits Data(int train = 160, int test = 50)
    {
        (ImageSource trainSet, ImageSource testSet) = ProceduralImages.Splits(1, train, test);
        return new DataSplits("shapes", trainSet, testSet, null, []);
    }

    /// <summary>A model of the catalogue for <see cref="Data"/>.</summary>
    public static Network Model(TrainingOptions options) => ModelCatalogue.Create(options.Model, new ModelShape(3, 32, 10, options.Dropout));

    /// <summary>Trains to the end and returns everything that changes.</summary>
    public static IReadOnlyDictionary<string, Tensor> Train(TrainingOptions options, Network network, DataSplits data, int threads)
    {
        using CpuDevice device = new(threads);
        using TrainingRun run = new(network, data, options, device);
        run.Run(new RunCallbacks());
        return run.CaptureState();
    }

    /// <summary>Asserts that two states are equal bit by bit.</summary>
    public static void AssertSameBits(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach ((string name, Tensor tensor) in expected)
        {
            Assert.True(MemoryMarshal.AsBytes(tensor.Span).SequenceEqual(MemoryMarshal.AsBytes(actual[name].Span)), $"{name} differs");
        }
    }
}
