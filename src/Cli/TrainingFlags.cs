using System.CommandLine;
using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary>Each property of <see cref="TrainingOptions"/> as a flag and as a key of the configuration file: <c>WeightDecay</c> is <c>weight-decay</c>.</summary>
internal sealed class TrainingFlags
{
    private static readonly IReadOnlyList<PropertyInfo> s_properties = typeof(TrainingOptions).GetProperties();

    private readonly Dictionary<PropertyInfo, Option<string?>> _flags;

    /// <summary>Makes the flags.</summary>
    public TrainingFlags() => _flags = s_properties.ToDictionary(property => property, Flag);

    /// <summary>The flags, in the order of the properties.</summary>
    public IEnumerable<Option> All => _flags.Values;

    /// <summary>Names without dashes.</summary>
    public static IEnumerable<string> Keys => s_properties.Select(KeyOf);

    /// <summary>Applies what was given on the command line.</summary>
    /// <exception cref="UsageException">A value cannot be read.</exception>
    public TrainingOptions Apply(TrainingOptions options, ParseResult parsed)
    {
        foreach ((PropertyInfo property, Option<string?> flag) in _flags)
        {
            if (parsed.GetResult(flag) is { Implicit: false } result)
            {
                options = With(options, property, result.Tokens.Count == 0 ? "true" : result.Tokens[0].Value, $"--{KeyOf(property)}");
            }
        }

        return options;
    }

    /// <summary>What was asked for, by file or flag, and is not what a run has. Threads, device, precision, readings of health and the place of the data may change: the images are compared by their fingerprint.</summary>
    /// <param name="asked">The run's options with the file applied.</param>
    /// <param name="saved">The run's options.</param>
    /// <param name="parsed">The flags.</param>
    public IEnumerable<string> Contradictions(TrainingOptions asked, TrainingOptions saved, ParseResult parsed)
    {
        TrainingOptions given = Apply(asked, parsed);
        return s_properties.Where(p => !Equals(p.GetValue(given), p.GetValue(saved)) && KeyOf(p) is not ("threads" or "device" or "precision" or "data" or "health-every"))
            .Select(p => $"--{KeyOf(p)} {Print(p.GetValue(given))} (the run has {Print(p.GetValue(saved))})");
    }

    /// <summary>Applies what a configuration file says.</summary>
    /// <exception cref="UsageException">A value cannot be read.</exception>
    public static TrainingOptions ApplyFile(TrainingOptions options, ConfigFile file) => s_properties
        .Where(property => file.Values.ContainsKey(KeyOf(property)))
        .Aggregate(options, (applied, property) => With(applied, property, file.Values[KeyOf(property)], $"{file.Path}: {KeyOf(property)}"));

    /// <summary>What some options set, as flags: what differs from the defaults.</summary>
    public static string Describe(TrainingOptions options) => string.Join(
        ' ', s_properties.Where(p => !Equals(p.GetValue(options), p.GetValue(new TrainingOptions()))).Select(p => $"--{KeyOf(p)} {Print(p.GetValue(options))}"));

    private static Option<string?> Flag(PropertyInfo property)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        object? byDefault = property.GetValue(new TrainingOptions());
        IReadOnlyList<string> choices = property.Name switch
        {
            nameof(TrainingOptions.Model) => [.. ModelCatalogue.Names],
            nameof(TrainingOptions.Init) => [.. Initializers.Names],
            _ => type.IsEnum ? [.. Enum.GetNames(type).Select(OptionNames.OfMember)] : [],
        };
        string description = property.GetCustomAttribute<DescriptionAttribute>()!.Description
            + (choices.Count > 0 ? $": {string.Join(", ", choices)}" : "")
            + (byDefault is null ? "" : $" [default: {Print(byDefault)}]");
        Option<string?> flag = new($"--{KeyOf(property)}")
        {
            Description = description,
            HelpName = type == typeof(bool) ? "true|false" : type.IsEnum ? "name" : type == typeof(string) ? "text" : "number",
            Arity = type == typeof(bool) ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
        };
        flag.CompletionSources.Add([.. choices]);
        return flag;
    }

    private static TrainingOptions With(TrainingOptions options, PropertyInfo property, string text, string where)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        TrainingOptions changed = options with { };
        property.SetValue(changed, Parse(text, type) ?? throw new UsageException($"{where}: '{text}' is not {Wanted(text, type)}"));
        return changed;
    }

    private static object? Parse(string text, Type type)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        return type == typeof(string) ? text
            : type == typeof(bool) ? bool.TryParse(text, out bool flag) ? flag : null
            : type == typeof(int) ? int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out int number) ? number : null
            : type == typeof(ulong) ? ulong.TryParse(text, NumberStyles.None, culture, out ulong seed) ? seed : null
            : type == typeof(float) ? float.TryParse(text, NumberStyles.Float, culture, out float single) && float.IsFinite(single) ? single : null
            : type == typeof(double) ? double.TryParse(text, NumberStyles.Float, culture, out double real) && double.IsFinite(real) ? real : null
            : Enum.GetNames(type).FirstOrDefault(name => OptionNames.OfMember(name) == text) is { } member ? Enum.Parse(type, member) : null;
    }

    private static string Wanted(string text, Type type)
    {
        if (!type.IsEnum)
        {
            return type == typeof(bool) ? "true or false" : type == typeof(int) || type == typeof(ulong) ? "a whole number in range" : "a number";
        }

        IReadOnlyList<string> names = [.. Enum.GetNames(type).Select(OptionNames.OfMember)];
        return string.Join(", ", names) + (NearestName.Of(text, names) is { } near ? $"; did you mean '{near}'?" : "");
    }

    private static string Print(object? value) => value switch
    {
        null => "none",
        Enum member => OptionNames.OfMember(member.ToString()),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string KeyOf(PropertyInfo property) => OptionNames.OfProperty(property.Name);
}
