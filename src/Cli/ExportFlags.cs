using System.CommandLine;
using Gimbal.Export;
using Gimbal.Inference;

namespace Gimbal.Cli;

/// <summary>Flags that decide the form of an exported file.</summary>
internal sealed class ExportFlags
{
    private readonly Option<int> _opset = new("--opset") { Description = $"operator set, {ExportOptions.LeastOpset} to {ExportOptions.MostOpset}", HelpName = "number", DefaultValueFactory = _ => 17 };
    private readonly Option<string> _input = new("--input") { Description = "input of the file: float-nchw or uint8-nhwc", HelpName = "form", DefaultValueFactory = _ => "float-nchw" };
    private readonly Option<string> _output = new("--output") { Description = "output of the file: logits or probabilities", HelpName = "form", DefaultValueFactory = _ => "logits" };

    /// <summary>The flags.</summary>
    public IEnumerable<Option> All => [_opset, _input, _output];

    /// <summary>Reads them.</summary>
    /// <exception cref="UsageException">A value is not allowed.</exception>
    public ExportOptions Read(ParseResult parsed)
    {
        int opset = parsed.GetValue(_opset);
        string input = parsed.GetValue(_input)!;
        string output = parsed.GetValue(_output)!;
        return new ExportOptions
        {
            Opset = opset is >= ExportOptions.LeastOpset and <= ExportOptions.MostOpset
                ? opset
                : throw new UsageException($"--opset: {opset} is not in {ExportOptions.LeastOpset} to {ExportOptions.MostOpset}"),
            Input = input switch
            {
                "float-nchw" => InputForm.FloatNchw,
                "uint8-nhwc" => InputForm.UInt8Nhwc,
                _ => throw new UsageException($"--input: '{input}' is not float-nchw or uint8-nhwc"),
            },
            Output = output switch
            {
                "logits" => OutputForm.Logits,
                "probabilities" => OutputForm.Probabilities,
                _ => throw new UsageException($"--output: '{output}' is not logits or probabilities"),
            },
        };
    }
}
