using Gimbal.Trainer.Layers;

namespace Gimbal.Trainer.Models;

/// <summary>Networks without batch norm or skips.</summary>
internal static class SimpleModels
{
    private const int Hidden = 512;

    /// <summary>Two 3x3 convolutions of 64 and 128 filters, each with ReLU and 2x2 max-pooling, then a hidden layer of 512.</summary>
    public static Layer SimpleCnn(ModelShape shape) => new Sequential(
        ("conv1", new Conv2d(shape.Channels, 64, 3, padding: 1)),
        ("relu1", new ReLU()),
        ("pool1", new MaxPool2d(2)),
        ("conv2", new Conv2d(64, 128, 3, padding: 1)),
        ("relu2", new ReLU()),
        ("pool2", new MaxPool2d(2)),
        ("flatten", new Flatten()),
        ("fc1", new Linear(128 * (shape.Size.H / 4) * (shape.Size.W / 4), Hidden)),
        ("relu3", new ReLU()),
        ("fc2", ModelCatalogue.Head(shape, Hidden)));

    /// <summary>Two hidden layers of 512.</summary>
    public static Layer Mlp(ModelShape shape) => new Sequential(
        ("flatten", new Flatten()),
        ("fc1", new Linear(shape.Channels * shape.Size.H * shape.Size.W, Hidden, initializer: Initializers.HeNormal)),
        ("relu1", new ReLU()),
        ("fc2", new Linear(Hidden, Hidden, initializer: Initializers.HeNormal)),
        ("relu2", new ReLU()),
        ("fc3", ModelCatalogue.Head(shape, Hidden)));
}
