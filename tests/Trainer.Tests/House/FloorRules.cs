using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gimbal.Trainer.Tests.House;

/// <summary>Which folder of the trainer may name which.</summary>
internal static class FloorRules
{
    private const string Prefix = "Gimbal.Trainer.";

    private static readonly IReadOnlyDictionary<string, int> s_floors = new Dictionary<string, int>
    {
        ["Tensors"] = 1,
        ["Cpu"] = 2,
        ["Cuda"] = 2,
        ["Graphs"] = 3,
        ["Plans"] = 4,
        ["Ops"] = 5,
        ["Layers"] = 6,
        ["Optimizers"] = 6,
        ["Datasets"] = 6,
        ["Checkpoints"] = 6,
        ["TensorBoard"] = 6,
        ["Health"] = 6,
        ["Training"] = 7,
        ["Models"] = 7,
        ["Diagnostics"] = 8,
    };

    /// <summary>What a file of the trainer names that it must not.</summary>
    public static IEnumerable<string> Violations(SourceFile file)
    {
        string folder = file.Path.Split('/')[2];
        if (!s_floors.TryGetValue(folder, out int floor))
        {
            return [$"{file.Path}: folder {folder} has no floor"];
        }

        IEnumerable<string> named = file.Nodes<UsingDirectiveSyntax>().Select(u => u.Name!.ToString())
            .Concat(file.Nodes<QualifiedNameSyntax>().Select(n => n.ToString()))
            .Concat(file.Nodes<MemberAccessExpressionSyntax>().Select(n => n.ToString()))
            .Select(name => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name)
            .Select(name => name.Split('.')[0])
            .Where(s_floors.ContainsKey)
            .Distinct();
        return named.Where(other => other != folder && s_floors[other] >= floor).Select(other => $"{file.Path}: {folder} (floor {floor}) names {other} (floor {s_floors[other]})");
    }
}
