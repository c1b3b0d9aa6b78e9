using System.CommandLine;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;

namespace Gimbal.Cli;

/// <summary>The flags that name a model of the catalogue and the pictures it is built for.</summary>
/// <param name="standard">The model without <c>--model</c>; null: there is none.</param>
internal sealed class ModelFlags(string? standard)
{
    private readonly Option<string?> _model = new("--model") { Description = $"model of the catalogue{(standard is null ? "" : $" [default: {standard}]")}", HelpName = "name" };
    private readonly Option<int> _size = new("--size") { Description = "side of the images", HelpName = "number", DefaultValueFactory = _ => 32 };
    private readonly Option<int> _classes = new("--classes") { Description = "number of classes", HelpName = "number", DefaultValueFactory = _ => 10 };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_model);
        command.Options.Add(_size);
        command.Options.Add(_classes);
    }

    /// <summary>The model's name, or null.</summary>
    public string? Name(ParseResult parsed) => parsed.GetValue(_model) ?? standard;

    /// <summary>The network they ask for.</summary>
    /// <exception cref="UsageException">There is no such model, or there are too few classes.</exception>
    public Network Create(ParseResult parsed)
    {
        int classes = parsed.GetValue(_classes);
        return classes < 2
            ? throw new UsageException($"--classes: {classes} is not 2 or more")
            : CatalogueModels.Create(Name(parsed)!, new ModelShape(3, parsed.GetValue(_size), classes));
    }
}
