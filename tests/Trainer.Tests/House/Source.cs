using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Gimbal.Trainer.Tests.House;

/// <summary>The repository's own text, as the house rules read it.</summary>
internal static class Source
{
    private static readonly string[] s_skipped = ["artifacts", ".git", "bin", "obj", "runs", "TestResults"];

    /// <summary>The folder that holds Gimbal.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file below a folder of the repository, parsed; generated ones (*.g.cs) left out.</summary>
    /// <param name="folder">Relative to the root.</param>
    public static IReadOnlyList<SourceFile> Parse(string folder) =>
        [.. Files(folder).Where(path => path.EndsWith(".cs", StringComparison.Ordinal) && !path.EndsWith(".g.cs", StringComparison.Ordinal))
            .Select(path => new SourceFile(Relative(path), CSharpSyntaxTree.ParseText(File.ReadAllText(path))))];

    /// <summary>Every file of the repository below a folder, build outputs left out.</summary>
    public static IEnumerable<string> Files(string folder) => Walk(Path.Combine(Root, folder));

    /// <summary>A path as the rules print it.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder) => Directory.GetFiles(folder).Order(StringComparer.Ordinal)
        .Concat(Directory.GetDirectories(folder).Where(sub => !s_skipped.Contains(Path.GetFileName(sub))).Order(StringComparer.Ordinal).SelectMany(Walk));

    private static string FindRoot([CallerFilePath] string here = "")
    {
        string? folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Gimbal.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException($"no Gimbal.slnx above {here}");
    }
}

/// <summary>A parsed file.</summary>
/// <param name="Path">Relative to the root.</param>
/// <param name="Tree">What it says.</param>
internal sealed record SourceFile(string Path, SyntaxTree Tree)
{
    /// <summary>Number of lines.</summary>
    public int Lines => Tree.GetText().Lines.Count;

    /// <summary>Every node of a kind.</summary>
    public IEnumerable<T> Nodes<T>()
        where T : SyntaxNode => Tree.GetRoot().DescendantNodes().OfType<T>();

    /// <summary>Lines a node covers.</summary>
    public int LinesOf(SyntaxNode node)
    {
        FileLinePositionSpan span = Tree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
