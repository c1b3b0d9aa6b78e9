using System.Globalization;
using System.Reflection;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Graphs;

/// <summary>An op as text: its name and, in braces, its attributes: <c>Conv {Stride=1x1 Pad=1,1,1,1 Dilation=1x1 Groups=1}</c>.</summary>
/// <remarks>Attributes are the parameters of the record's constructor, so a new op needs no code here. An attribute that is itself an op is written as <c>Name(…)</c>.</remarks>
public static class OpText
{
    /// <summary>Writes an op.</summary>
    public static string Print(Op op)
    {
        ArgumentNullException.ThrowIfNull(op);
        return $"{op.Name} {{{Attributes(op)}}}";
    }

    /// <summary>Reads an op whose attributes are plain.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="attributes">What stands between the braces.</param>
    /// <param name="ops">Types by name.</param>
    /// <exception cref="FormatException">The name is unknown, or an attribute is missing or cannot be read.</exception>
    public static Op Parse(string name, string attributes, IReadOnlyDictionary<string, Type> ops)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        ArgumentNullException.ThrowIfNull(ops);
        if (!ops.TryGetValue(name, out Type? type))
        {
            throw new FormatException($"no op is called '{name}'");
        }

        Dictionary<string, string> given = attributes.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair.Length == 2 ? pair[1] : throw new FormatException($"attribute '{pair[0]}' has no value"));
        ConstructorInfo constructor = Constructor(type);
        ParameterInfo[] parameters = constructor.GetParameters();
        if (given.Keys.FirstOrDefault(key => parameters.All(p => p.Name != key)) is { } unknown)
        {
            throw new FormatException($"{name} has no attribute '{unknown}'");
        }

        object[] values = [.. parameters.Select(p => given.TryGetValue(p.Name!, out string? text)
            ? ParseValue(text, p.ParameterType)
            : throw new FormatException($"{name} lacks attribute '{p.Name}'"))];
        return (Op)constructor.Invoke(values);
    }

    private static string Attributes(Op op) => string.Join(
        ' ', Constructor(op.GetType()).GetParameters().Select(p => $"{p.Name}={PrintValue(op.GetType().GetProperty(p.Name!)!.GetValue(op)!)}"));

    private static ConstructorInfo Constructor(Type type) => type.GetConstructors().Single();

    private static string PrintValue(object value) => value switch
    {
        Op op => $"{op.Name}({Attributes(op).Replace(' ', ';')})",
        float number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!.Replace(" ", "", StringComparison.Ordinal),
    };

    private static object ParseValue(string text, Type type)
    {
        if (type == typeof(Size2))
        {
            int[] sides = Integers(text, 'x', 2);
            return new Size2(sides[0], sides[1]);
        }

        if (type == typeof(Pad2))
        {
            int[] sides = Integers(text, ',', 4);
            return new Pad2(sides[0], sides[1], sides[2], sides[3]);
        }

        // Boxed branch by branch: a conditional over an int and a float would make both a float.
        return type.IsEnum ? Enum.Parse(type, text)
            : type == typeof(int) ? (object)int.Parse(text, CultureInfo.InvariantCulture)
            : type == typeof(float) ? (object)float.Parse(text, CultureInfo.InvariantCulture)
            : throw new FormatException($"'{text}': attributes of type {type.Name} are not read from text");
    }

    private static int[] Integers(string text, char separator, int count)
    {
        int[] numbers = [.. text.Split(separator).Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
        return numbers.Length == count ? numbers : throw new FormatException($"'{text}' should hold {count} numbers");
    }
}
