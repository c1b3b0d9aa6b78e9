using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Gimbal.Oracle.Tests;

/// <summary>Spread and bounds of initial weights against nn.init. The random numbers themselves differ.</summary>
public sealed class InitializerTests
{
    private static readonly Shape[] s_shapes =
    [
        new(64, 3, 3, 3), new(128, 64, 3, 3), new(32, 1, 7, 7), new(96, 16, 1, 5), new(512, 8, 1, 1), new(512, 128), new(10, 640), new(1000, 20),
    ];

    [TorchFact]
    public void Xavier_uniform_agrees() => Verify("xavier-uniform", weight => nn.init.xavier_uniform_(weight));

    [TorchFact]
    public void Xavier_normal_agrees() => Verify("xavier-normal", weight => nn.init.xavier_normal_(weight));

    [TorchFact]
    public void He_uniform_agrees() => Verify("he-uniform", weight => nn.init.kaiming_uniform_(weight, nonlinearity: nn.init.NonlinearityType.ReLU));

    [TorchFact]
    public void He_normal_agrees() => Verify("he-normal", weight => nn.init.kaiming_normal_(weight, nonlinearity: nn.init.NonlinearityType.ReLU));

    [TorchFact]
    public void The_default_agrees() => Verify("pytorch", weight => nn.init.kaiming_uniform_(weight, a: Math.Sqrt(5)));

    [TorchFact]
    public void Gains_scale_as_in_libtorch() => Verify("xavier-uniform:1.6666667", weight => nn.init.xavier_uniform_(weight, nn.init.calculate_gain(nn.init.NonlinearityType.Tanh)));

    [TorchFact]
    public void He_taken_for_Xavier_would_be_noticed() =>
        Assert.False(Agree("xavier-uniform", new Shape(128, 64, 3, 3), weight => nn.init.kaiming_uniform_(weight), out _));

    [TorchFact]
    public void Fan_out_taken_for_fan_in_would_be_noticed() =>
        Assert.False(Agree("he-normal", new Shape(512, 128), weight => nn.init.kaiming_normal_(weight, mode: nn.init.FanInOut.FanOut), out _));

    [TorchFact]
    public void Orthogonal_rows_or_columns_have_length_and_angle_of_libtorchs()
    {
        foreach (Shape shape in s_shapes)
        {
            using var scope = NewDisposeScope();
            Tensor weight = Filled("orthogonal:1.3", shape).Torch(shape);
            Tensor rival = empty([.. shape.Axes.ToArray().Select(extent => (long)extent)], float64);
            nn.init.orthogonal_(rival, 1.3);
            double difference = (Gram(weight) - Gram(rival)).abs().max().item<double>();
            // libtorch factorises in float32; its products differ from 1.3 * 1.3 and 0 by up to 1.5e-6.
            Assert.True(difference < 5e-6, $"{shape}: {difference:E1}");
        }
    }

    private static Tensor Gram(Tensor weight)
    {
        Tensor matrix = weight.flatten(1);
        return matrix.shape[0] <= matrix.shape[1] ? matrix.mm(matrix.t()) : matrix.t().mm(matrix);
    }

    private static void Verify(string name, Action<Tensor> fill)
    {
        foreach (Shape shape in s_shapes)
        {
            Assert.True(Agree(name, shape, fill, out string difference), difference);
        }
    }

    private static bool Agree(string name, Shape shape, Action<Tensor> fill, out string difference)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        Tensor rival = empty([.. shape.Axes.ToArray().Select(extent => (long)extent)], float64);
        fill(rival);
        Tensor weight = Filled(name, shape).Torch(shape);
        (double deviation, double rivalDeviation) = (weight.std().item<double>(), rival.std().item<double>());
        // Standard errors of n samples: mean σ/√n, deviation at most σ/√(2n), of a difference √2 times that. Six of them are never reached by chance.
        double error = 6 * rivalDeviation / Math.Sqrt(shape.Count);
        double mean = weight.mean().item<double>();
        difference = $"{name} {shape}: mean {mean:G4}, deviation {deviation:G4}, libtorch's {rivalDeviation:G4}";
        return Math.Abs(mean) < error && Math.Abs(deviation - rivalDeviation) < error && (!IsUniform(name) || HaveSameBound(weight, rival));
    }

    private static bool IsUniform(string name) => name.Contains("uniform", StringComparison.Ordinal) || name == "pytorch";

    // Of n uniform samples the largest falls short of the bound by about 1/n of it.
    private static bool HaveSameBound(Tensor weight, Tensor rival)
    {
        double ratio = weight.abs().max().item<double>() / rival.abs().max().item<double>();
        return Math.Abs(ratio - 1) < 20.0 / weight.numel();
    }

    private static float[] Filled(string name, Shape shape)
    {
        Gimbal.Trainer.Tensors.Tensor tensor = new(shape);
        Initializers.Parse(name).Fill(tensor, new Philox(7, 1));
        return tensor.Span.ToArray();
    }
}
