using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Gimbal.Export;
using Gimbal.Inference;

namespace Gimbal.Cli;

/// <summary>Flags that decide the form of an exported file.</summary>
internal sealed class ExportFlags
{
    private const string OpsetKey = "opset";
    private const string InputKey = "input";
    private const string OutputKey = "output";

    private readonly Option<string?> _opset = Flag(OpsetKey, "number", $"operator set, {ExportOptions.LeastOpset} to {ExportOptions.MostOpset} [default: 17]");
    private readonly Option<string?> _input = Flag(InputKey, "form", "input of the file: float-nchw or uint8-nhwc [default: float-nchw]");
    private readonly Option<string?> _output = Flag(OutputKey, "form", "output of the file: logits or probabilities [default: logits]");

    /// <summary>Names without dashes.</summary>
    public static IReadOnlyList<string> Keys { get; } = [OpsetKey, InputKey, OutputKey];

    /// <summary>The flags.</summary>
    public IEnumerable<Option> All => [_opset, _input, _output];

    /// <summary>Reads them: flags before files before defaults.</summary>
    /// <param name="parsed">The flags.</param>
    /// <param name="files">Earlier ones win.</param>
    /// <exception cref="UsageException">A value is not allowed.</exception>
    public ExportOptions Read(ParseResult parsed, params IEnumerable<ConfigFile> files)
    {
        ExportOptions byDefault = new();
        return new ExportOptions
        {
            Opset = Choose(_opset, OpsetKey, byDefault.Opset, ReadOpset, $"in {ExportOptions.LeastOpset} to {ExportOptions.MostOpset}"),
            Input = Choose(_input, InputKey, byDefault.Input, ReadInput, "float-nchw or uint8-nhwc"),
            Output = Choose(_output, OutputKey, byDefault.Output, ReadOutput, "logits or probabilities"),
        };

        T Choose<T>(Option<string?> flag, string key, T otherwise, Func<string, T?> read, string allowed)
            where T : struct
        {
            ConfigFile? file = parsed.GetValue(flag) is null ? files.FirstOrDefault(f => f.Values.ContainsKey(key)) : null;
            return (parsed.GetValue(flag) ?? file?.Values[key]) is { } text
                ? read(text) ?? throw new UsageException($"{(file is null ? $"--{key}" : $"{file.Path}: {key}")}: '{text}' is not {allowed}")
                : otherwise;
        }
    }

    /// <summary>The form as keys of a configuration file.</summary>
    public static JsonObject ToJson(ExportOptions options) => new()
    {
        [OpsetKey] = options.Opset,
        [InputKey] = options.Input == InputForm.FloatNchw ? "float-nchw" : "uint8-nhwc",
        [OutputKey] = options.Output == OutputForm.Logits ? "logits" : "probabilities",
    };

    private static Option<string?> Flag(string key, string kind, string description) => new($"--{key}") { Description = description, HelpName = kind };

    private static int? ReadOpset(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int opset) && opset is >= ExportOptions.LeastOpset and <= ExportOptions.MostOpset ? opset : null;

    private static InputForm? ReadInput(string text) => text switch { "float-nchw" => InputForm.FloatNchw, "uint8-nhwc" => InputForm.UInt8Nhwc, _ => null };

    private static OutputForm? ReadOutput(string text) => text switch { "logits" => OutputForm.Logits, "probabilities" => OutputForm.Probabilities, _ => null };
}
