using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Tensors;
using TorchModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Gimbal.SideBySide;

/// <summary>A network that exists on both sides, with the same parameters by the same names; 3 channels in, 10 classes out.</summary>
/// <param name="Name">The catalogue's name, with the size behind it where that is not 32; <c>awkward</c>.</param>
/// <param name="Size">Rows and columns of the images.</param>
/// <param name="Product">Builds the product's.</param>
/// <param name="Torch">Builds libtorch's, initialised as PyTorch does.</param>
public sealed record PairedModel(string Name, Size2 Size, Func<Network> Product, Func<TorchModule> Torch)
{
    /// <summary>Channels of the images.</summary>
    public const int Channels = 3;

    /// <summary>Number of classes.</summary>
    public const int Classes = 10;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PairedModel> All { get; } =
    [
        Catalogued("simple-cnn", 32, () => new SimpleCnn()),
        Catalogued("fast-cnn", 32, () => new FastCnn()),
        Catalogued("mlp", 32, () => new Mlp()),
        Catalogued("resnet20", 32, () => new CifarResNet(3)),
        Catalogued("resnet56", 32, () => new CifarResNet(9)),
        Catalogued("resnet18", 32, () => new ResNet18(isSmall: true)),
        Catalogued("resnet18", 224, () => new ResNet18(isSmall: false)) with { Name = "resnet18-224" },
        new("awkward", new Size2(27, 31), () => Network.Create("awkward", AwkwardLayers(), Channels, new Size2(27, 31)), () => new AwkwardCnn()),
    ];

    /// <summary>The one of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static PairedModel Of(string name) =>
        All.FirstOrDefault(model => model.Name == name)
        ?? throw new ArgumentException($"{name}: unknown model (want {string.Join(", ", All.Select(model => model.Name))})", nameof(name));

    private static PairedModel Catalogued(string name, int size, Func<TorchModule> torch) =>
        new(name, size, () => ModelCatalogue.Create(name, new ModelShape(Channels, size, Classes)), torch);

    private static Sequential AwkwardLayers() => new(
        ("conv1", new Conv2d(Channels, 13, 3, padding: 1, bias: false)),
        ("bn1", new BatchNorm2d(13)),
        ("relu1", new ReLU()),
        ("conv2", new Conv2d(13, 29, 5, stride: 2, padding: 2)),
        ("relu2", new ReLU()),
        ("conv3", new Conv2d(29, 29, 3, padding: 1)),
        ("relu3", new ReLU()),
        ("avgpool", new GlobalAvgPool2d()),
        ("flatten", new Flatten()),
        ("fc", new Linear(29, Classes)));
}
