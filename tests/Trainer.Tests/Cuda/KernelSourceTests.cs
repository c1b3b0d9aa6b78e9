using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.House;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>The sources of the kernels, what is committed of them, and what NVIDIA's compiler makes of them.</summary>
public sealed partial class KernelSourceTests
{
    private static readonly string[] s_architectures = ["sm_80", "sm_86", "sm_89", "sm_90"];
    private static readonly string s_folder = Path.Combine(Source.Root, "native", "cuda");

    [ClangFact]
    public void The_committed_PTX_is_what_the_sources_compile_to() => Assert.Empty(DifferencesTo(s_folder));

    [ClangFact]
    public void PTX_of_another_source_is_found()
    {
        string copy = Directory.CreateTempSubdirectory("gimbal-kernels-").FullName;
        foreach (string file in Directory.GetFiles(s_folder))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        string changed = Path.Combine(copy, "channel_sum.cu");
        File.WriteAllText(changed, File.ReadAllText(changed).Replace("float sum[1] = {0};", "float sum[1] = {1};", StringComparison.Ordinal));

        Assert.Equal(["channel_sum.ptx"], DifferencesTo(copy));
        Directory.Delete(copy, recursive: true);
    }

    [NvrtcFact]
    public void No_kernel_needs_a_stack_and_the_table_of_resources_is_up_to_date()
    {
        Dictionary<string, KernelResources[]> kernels = Directory.GetFiles(s_folder, "*.cu").AsParallel()
            .SelectMany(file => s_architectures.SelectMany(
                architecture => Cubin.Read(Nvrtc.Compile(File.ReadAllText(file), s_folder, architecture)).Select(kernel => (architecture, kernel))))
            .GroupBy(entry => entry.kernel.Kernel)
            .ToDictionary(group => group.Key, group => group.OrderBy(entry => entry.architecture, StringComparer.Ordinal).Select(entry => entry.kernel).ToArray());

        Assert.DoesNotContain(kernels.Values.SelectMany(all => all), kernel => kernel.StackBytes != 0);
        string table = Table(kernels);
        string written = Path.Combine(Path.GetTempPath(), "gimbal-resources.md");
        File.WriteAllText(written, table);
        string? difference = Difference(table, File.ReadAllText(Path.Combine(s_folder, "resources.md")));
        Assert.True(difference is null, $"native/cuda/resources.md is out of date ({difference}); {written} is what it should say");
    }

    [Fact]
    public void A_table_of_resources_that_lacks_a_kernel_or_tells_of_other_registers_is_found()
    {
        const string Table = "| kernel | sm_80 | shared bytes |\n|---|---:|---:|\n| `one` | 40 | 0 |\n| `two` | 75 | 17408 |\n";

        Assert.Null(Difference(Table, Table.Replace("75", "77", StringComparison.Ordinal)));
        Assert.NotNull(Difference(Table, Table.Replace("75", "80", StringComparison.Ordinal)));
        Assert.NotNull(Difference(Table, Table.Replace("17408", "17404", StringComparison.Ordinal)));
        Assert.NotNull(Difference(Table, Table.Replace("`one`", "`three`", StringComparison.Ordinal)));
        Assert.NotNull(Difference(Table, Table.Replace("| `one` | 40 | 0 |\n", "", StringComparison.Ordinal)));
    }

    [NvrtcFact]
    public void A_kernel_that_needs_a_stack_is_found()
    {
        const string Indexed = """
            extern "C" __global__ void indexed(const int* from, int* to) {
                int values[64] = {0};
                for (int i = 0; i < 100; i++) values[from[i] & 63] += i;
                to[0] = values[from[threadIdx.x] & 63];
            }
            """;

        KernelResources kernel = Assert.Single(Cubin.Read(Nvrtc.Compile(Indexed, s_folder, "sm_80")));

        Assert.Equal("indexed", kernel.Kernel);
        Assert.Equal(256, kernel.StackBytes);
    }

    [Fact]
    public void The_readme_lists_every_kernel()
    {
        string readme = File.ReadAllText(Path.Combine(s_folder, "README.md"));
        string[] kernels = [.. Directory.GetFiles(s_folder, "*.cu").SelectMany(file => KernelName().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(kernels);
        Assert.DoesNotContain(kernels, kernel => !readme.Contains($"`{kernel}`", StringComparison.Ordinal));
    }

    private static List<string> DifferencesTo(string sources)
    {
        string target = Directory.CreateTempSubdirectory("gimbal-ptx-").FullName;
        using (Process process = Process.Start("sh", [Path.Combine(sources, "compile.sh"), target]))
        {
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }

        string committed = Path.Combine(s_folder, "ptx");
        IEnumerable<string> names = Directory.GetFiles(target).Concat(Directory.GetFiles(committed)).Select(file => Path.GetFileName(file)).Distinct();
        List<string> different = [.. names.Where(name => ReadOrEmpty(Path.Combine(target, name)) != ReadOrEmpty(Path.Combine(committed, name))).Order(StringComparer.Ordinal)];
        Directory.Delete(target, recursive: true);
        return different;
    }

    private static string ReadOrEmpty(string file) => File.Exists(file) ? File.ReadAllText(file) : "";

    private static string Table(Dictionary<string, KernelResources[]> kernels)
    {
        StringBuilder text = new();
        text.Append("# What each kernel takes\n\n");
        text.Append("Registers of a thread on each architecture and static shared memory of a block, as NVRTC 11.8 compiles the sources. None has a stack.\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| kernel | {string.Join(" | ", s_architectures)} | shared bytes |\n");
        text.Append("|---|").Append(string.Concat(s_architectures.Select(_ => "---:|"))).Append("---:|\n");
        foreach ((string name, KernelResources[] each) in kernels.OrderBy(kernel => kernel.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{name}` | {string.Join(" | ", each.Select(kernel => kernel.Registers))} | {each[0].SharedBytes} |\n");
        }

        return text.ToString();
    }

    // The first line that differs, or null. NVRTC does not give every kernel the same registers in every run: gemm_nn_f32 had 75 and 77 on sm_89.
    private static string? Difference(string table, string committed)
    {
        const int SpreadOfRegisters = 4;
        string[][] lines = Cells(table);
        string[][] expected = Cells(committed);
        return lines.Length != expected.Length ? $"{lines.Length} lines, not {expected.Length}" : lines.Zip(expected)
            .Where(pair => pair.First.Length != pair.Second.Length || pair.First.Zip(pair.Second).Index().Any(cell => !IsClose(cell.Index, pair.First.Length, cell.Item)))
            .Select(pair => string.Join(" | ", pair.First))
            .FirstOrDefault();

        // Registers stand between the name and the shared bytes.
        static bool IsClose(int column, int columns, (string Now, string Then) cell) => cell.Now == cell.Then
            || (column > 0 && column < columns - 1 && int.TryParse(cell.Now, out int now) && int.TryParse(cell.Then, out int then) && Math.Abs(now - then) <= SpreadOfRegisters);

        static string[][] Cells(string text) => [.. text.Split('\n').Select(line => line.Trim('|', ' ').Split(" | "))];
    }

    [GeneratedRegex(@"GB_KERNEL\((\w+),")]
    private static partial Regex KernelName();
}
