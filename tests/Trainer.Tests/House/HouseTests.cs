using System.Text.RegularExpressions;
using System.Xml.Linq;
using Gimbal.Trainer.Training;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Gimbal.Trainer.Tests.House;

/// <summary>The rules of CONTRIBUTING.md that a machine can check.</summary>
public sealed partial class HouseTests
{
    private const int LongestFile = 400;
    private const int LongestMethod = 60;
    private static readonly string[] s_folders = ["src", "tests", "samples"];
    private static readonly IReadOnlyList<SourceFile> s_sources = [.. s_folders.SelectMany(Source.Parse)];

    [Fact]
    public void A_folder_of_the_trainer_names_only_floors_below_its_own() =>
        Assert.Empty(Source.Parse("src/Trainer").SelectMany(FloorRules.Violations));

    [Fact]
    public void A_file_that_names_a_floor_above_its_own_is_found()
    {
        SourceFile wrong = new("src/Trainer/Cpu/Wrong.cs", CSharpSyntaxTree.ParseText("using Gimbal.Trainer.Plans; class Wrong { object o = Training.Log.X; }"));

        Assert.Equal(2, FloorRules.Violations(wrong).Count());
    }

    [Fact]
    public void Files_stay_below_400_lines() =>
        Assert.Empty(s_sources.Where(file => file.Lines >= LongestFile).Select(file => $"{file.Path}: {file.Lines} lines"));

    [Fact]
    public void Methods_stay_below_60_lines() =>
        Assert.Empty(s_sources.SelectMany(file => file.Nodes<BaseMethodDeclarationSyntax>()
            .Where(method => file.LinesOf(method) >= LongestMethod)
            .Select(method => $"{file.Path}: {NameOf(method)} has {file.LinesOf(method)} lines")));

    [Fact]
    public void No_type_is_a_manager_helper_or_utility() =>
        Assert.Empty(s_sources.SelectMany(file => file.Nodes<BaseTypeDeclarationSyntax>()
            .Where(type => EmptyName().IsMatch(type.Identifier.Text))
            .Select(type => $"{file.Path}: {type.Identifier.Text}")));

    [Fact]
    public void Every_file_has_the_namespace_of_its_folder() =>
        Assert.Empty(Source.Parse("src").Where(file => !file.Path.Contains("/ManagedCuda/", StringComparison.Ordinal)).SelectMany(file => file.Nodes<BaseNamespaceDeclarationSyntax>()
            .Where(space => space.Name.ToString() != NamespaceOf(file.Path))
            .Select(space => $"{file.Path}: {space.Name}")));

    [Fact]
    public void No_text_leaves_work_undone() =>
        Assert.Empty(Source.Files(".").Where(IsText).Where(path => !path.EndsWith("HouseTests.cs", StringComparison.Ordinal))
            .SelectMany(path => File.ReadLines(path).Select((line, i) => (line, Where: $"{Source.Relative(path)}:{i + 1}")))
            .Where(text => UnfinishedWork().IsMatch(text.line))
            .Select(text => $"{text.Where}: {UnfinishedWork().Match(text.line).Value}"));

    [Fact]
    public void Every_training_option_is_read_by_the_trainer()
    {
        HashSet<string> read = [.. Source.Parse("src/Trainer").Where(file => !file.Path.EndsWith("/TrainingOptions.cs", StringComparison.Ordinal))
            .SelectMany(file => file.Nodes<MemberAccessExpressionSyntax>().Select(access => access.Name.Identifier.Text))];
        IEnumerable<string> outside = Source.Parse("src/Cli").SelectMany(file => file.Nodes<MemberAccessExpressionSyntax>()).Select(access => access.ToString());
        HashSet<string> readByTool = [.. outside.Where(text => text.StartsWith("options.", StringComparison.Ordinal)).Select(text => text["options.".Length..])];

        string[] unread = [.. typeof(TrainingOptions).GetProperties().Select(p => p.Name).Where(name => !read.Contains(name) && !readByTool.Contains(name))];
        Assert.Empty(unread);
    }

    [Fact]
    public void Projects_reference_only_what_the_house_allows()
    {
        Dictionary<string, string[]> allowed = new()
        {
            ["Trainer"] = [],
            ["Inference"] = [],
            ["Export"] = ["Inference", "Trainer"],
            ["Cli"] = ["Export", "Inference", "Trainer"],
        };
        foreach ((string project, string[] references) in allowed)
        {
            XDocument file = XDocument.Load(Path.Combine(Source.Root, "src", project, $"{project}.csproj"));
            Assert.Equal(references, file.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value)).Order());
        }
    }

    [Fact]
    public void The_product_names_no_rival_but_where_it_starts_the_comparison_and_no_registry()
    {
        // One verb may name the rival: that which starts the comparison.
        IEnumerable<string> product = Source.Files("src").Where(IsText).Where(path => !path.EndsWith("BenchTrainVerb.cs", StringComparison.Ordinal));
        Assert.Empty(product.Where(path => File.ReadAllText(path).Contains("TorchSharp", StringComparison.OrdinalIgnoreCase)).Select(Source.Relative));
        Assert.DoesNotContain(Source.Files("."), path => Path.GetFileName(path).Equals("nuget.config", StringComparison.OrdinalIgnoreCase));
    }

    private static string NameOf(BaseMethodDeclarationSyntax method) =>
        method is MethodDeclarationSyntax named ? named.Identifier.Text : method.Kind().ToString();

    private static string NamespaceOf(string path)
    {
        // Folders below a floor sort its files; they make no namespace of their own.
        string[] folders = path.Split('/')[1..^1];
        return folders is ["Inference", "Imaging"] ? "Gimbal.Imaging" : $"Gimbal.{string.Join('.', folders.Take(2))}";
    }

    private static bool IsText(string path) => Path.GetExtension(path) is ".cs" or ".md" or ".csproj" or ".props" or ".cake" or ".slnx" or ".json" or ".proto";

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Utility|Utilities)$")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex UnfinishedWork();
}
