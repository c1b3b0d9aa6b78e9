using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gimbal.Trainer.Training;

/// <summary>How options are spelt in files and flags: properties in kebab-case, enumeration members in lower case.</summary>
public static class OptionNames
{
    /// <summary>Reads and writes <see cref="TrainingOptions"/>.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        Converters = { new JsonStringEnumConverter(new LowerCase()) },
        WriteIndented = true,
    };

    /// <summary>The flag or key of a property, without dashes in front: <c>weight-decay</c>.</summary>
    public static string OfProperty(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    /// <summary>The text of an enumeration member: <c>onecycle</c>.</summary>
    public static string OfMember(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.ToLowerInvariant();
    }

    private sealed class LowerCase : JsonNamingPolicy
    {
        public override string ConvertName(string name) => OfMember(name);
    }
}
