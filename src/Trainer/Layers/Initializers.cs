using System.Globalization;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Layers;

/// <summary>The initializers by name.</summary>
public static class Initializers
{
    private static readonly IReadOnlyDictionary<string, (float? Default, Func<float, Initializer> Create)> s_byName =
        new Dictionary<string, (float?, Func<float, Initializer>)>
        {
            ["uniform"] = (0.05f, x => new Uniform(x)),
            ["normal"] = (0.01f, x => new Normal(x)),
            ["xavier-uniform"] = (1, x => new VarianceScaling(Fan.Average, x, Distribution.Uniform)),
            ["xavier-normal"] = (1, x => new VarianceScaling(Fan.Average, x, Distribution.Normal)),
            ["he-uniform"] = (MathF.Sqrt(2), x => new VarianceScaling(Fan.In, x, Distribution.Uniform)),
            ["he-normal"] = (MathF.Sqrt(2), x => new VarianceScaling(Fan.In, x, Distribution.Normal)),
            ["orthogonal"] = (1, x => new Orthogonal(x)),
            ["zeros"] = (null, _ => new Constant(0)),
            ["pytorch"] = (null, _ => PyTorchDefault!),
        };

    /// <summary>PyTorch's default for weights: U(±1/√fan_in), written there as Kaiming-uniform with a = √5.</summary>
    public static Initializer PyTorchDefault { get; } = new VarianceScaling(Fan.In, MathF.Sqrt(1f / 3), Distribution.Uniform);

    /// <summary>He and others 2015, normal: variance 2/fan_in.</summary>
    public static Initializer HeNormal { get; } = new VarianceScaling(Fan.In, MathF.Sqrt(2), Distribution.Normal);

    /// <summary>Names <see cref="Parse"/> knows.</summary>
    public static IEnumerable<string> Names => s_byName.Keys;

    /// <summary>PyTorch's default for the bias of a weight of that shape: U(±1/√fan_in).</summary>
    public static Initializer PyTorchBias(Shape weight) => new Uniform(1 / MathF.Sqrt(VarianceScaling.FanOf(Fan.In, weight)));

    /// <summary>Reads <c>NAME</c> or <c>NAME:X</c>: X is the bound of uniform, the standard deviation of normal, the gain of the others.</summary>
    /// <exception cref="FormatException">Unknown name, or X is no finite number.</exception>
    public static Initializer Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        if (!s_byName.TryGetValue(name, out (float? Default, Func<float, Initializer> Create) entry))
        {
            throw new FormatException($"no initializer is called '{name}'; there are {string.Join(", ", Names)}");
        }

        if (colon < 0)
        {
            return entry.Create(entry.Default ?? 0);
        }

        return entry.Default is not null
            && float.TryParse(text.AsSpan(colon + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out float x)
            && float.IsFinite(x) && x >= 0
                ? entry.Create(x)
                : throw new FormatException($"'{text}': {(entry.Default is null ? $"{name} takes no number" : "a number of 0 or more follows the colon")}");
    }
}
