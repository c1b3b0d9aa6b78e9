using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Export.Tests.Models;

/// <summary>Networks of random layers, nested and in any order.</summary>
internal static class RandomNetwork
{
    /// <summary>A network with three classes.</summary>
    public static Network Draw(Random random)
    {
        int channels = random.Next(2) == 0 ? 1 : 3;
        int width = channels;
        List<Layer> layers = [];
        for (int i = random.Next(1, 8); i > 0; i--)
        {
            int before = width;
            width = random.Next(3) == 0 ? random.Next(1, 9) : width;
            layers.Add(width == before ? Keeping(random, width, depth: 2) : new Conv2d(before, width, random.Next(1, 4), padding: 1, bias: random.Next(2) == 0));
        }

        Size2 size = new(random.Next(4, 10), random.Next(4, 10));
        layers.AddRange([new GlobalAvgPool2d(), new Flatten(), new Linear(width, 3, initializer: Initializers.HeNormal)]);
        return Network.Create("random", new Sequential(layers), channels, size);
    }

    // Pictures keep their size and channels, so that any of these fits behind any other.
    private static Layer Keeping(Random random, int width, int depth) => random.Next(depth > 0 ? 12 : 9) switch
    {
        0 => new Conv2d(width, width, 3, padding: 1, groups: random.Next(2) == 0 ? 1 : width),
        1 => new Conv2d(width, width, new Size2(1, 3), padding: new Pad2(0, 2, 0, 2), dilation: new Size2(1, 2), bias: false),
        2 or 3 => new BatchNorm2d(width, epsilon: random.Next(2) == 0 ? 1e-5f : 1e-2f),
        4 => new ReLU(),
        5 => random.Next(2) == 0 ? new Tanh() : new Sigmoid(),
        6 => new LeakyReLU(0.2f),
        7 => random.Next(2) == 0 ? new MaxPool2d(3, 1, 1) : new AvgPool2d(3, 1, 1),
        8 => new Dropout(0.4f),
        9 => new Residual(Keeping(random, width, depth - 1)),
        10 => new Residual(Keeping(random, width, depth - 1), Keeping(random, width, depth - 1)),
        _ => new Sequential(new Conv2d(width, width, 1, bias: false), new BatchNorm2d(width), Keeping(random, width, depth - 1)),
    };
}
