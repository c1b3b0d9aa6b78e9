using System.CommandLine;
using System.Text.Json.Nodes;
using Gimbal.Inference;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Cli;

/// <summary><c>gimbal predict</c>: classifies pictures with a model file.</summary>
internal sealed class PredictVerb : Verb
{
    private readonly Argument<string> _model = new("MODEL.onnx") { Description = "model file" };
    private readonly Argument<string[]> _pictures = new("PICTURE") { Description = "picture files, or folders of them", Arity = ArgumentArity.OneOrMore };
    private readonly Option<int> _top = new("--top") { Description = "classes to print per picture", HelpName = "number", DefaultValueFactory = _ => 5 };

    /// <inheritdoc/>
    protected override Command Describe() => new("predict", "classify pictures with an ONNX file") { _model, _pictures, _top };

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        int top = parsed.GetValue(_top);
        if (top < 1)
        {
            throw new UsageException($"--top: {top} is not 1 or more");
        }

        using ImageClassifier model = ImageClassifier.Load(parsed.GetValue(_model)!);
        model.SelfTest();
        JsonArray predictions = [];
        foreach (string file in parsed.GetValue(_pictures)!.SelectMany(Expand))
        {
            Classification classification = model.Classify(file);
            output.Line($"{file}: {string.Join(", ", classification.All.Take(top).Select(p => FormattableString.Invariant($"{p.Label} {100 * p.Probability:0.0} %")))}");
            foreach (Prediction prediction in classification.All.Take(top))
            {
                predictions.Add(new JsonObject { ["file"] = file, ["label"] = prediction.Label, ["probability"] = prediction.Probability });
            }
        }

        output.Document(predictions);
        return ExitCode.Done;
    }

    private static IEnumerable<string> Expand(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        IReadOnlyList<string> files = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(file => ImageFolder.IsPicture(file)).Order(StringComparer.Ordinal)];
        return files.Count > 0 ? files : throw new DataFileException(path, "holds no pictures (.jpg, .png, .webp, .bmp, .gif)");
    }
}
