using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;

namespace Gimbal.Cli;

/// <summary>Models asked for by <c>--model</c>.</summary>
internal static class CatalogueModels
{
    /// <summary>Refuses a name the catalogue does not have.</summary>
    /// <exception cref="UsageException">There is no such model; the nearest name is given.</exception>
    public static void Check(string name)
    {
        if (!ModelCatalogue.Names.Contains(name))
        {
            string near = NearestName.Of(name, ModelCatalogue.Names) is { } known ? $"; did you mean {known}?" : "";
            throw new UsageException($"--model: no model is called '{name}'{near} (there are {string.Join(", ", ModelCatalogue.Names)})");
        }
    }

    /// <summary>Builds one.</summary>
    /// <exception cref="UsageException">There is no such model.</exception>
    public static Network Create(string name, ModelShape shape)
    {
        Check(name);
        return ModelCatalogue.Create(name, shape);
    }
}
