using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Text.Json.Nodes;
using Gimbal.Benchmarks;

namespace Gimbal.Oracle.Tests;

/// <summary>The comparison of speed runs from end to end; what it measures, no test asserts.</summary>
public sealed class BenchmarkTests
{
    [TorchFact]
    public void A_small_comparison_prints_a_document_and_writes_its_tables()
    {
        string vectors = Vector256.IsHardwareAccelerated ? "256" : "widest";
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gimbal-bench-");
        try
        {
            (int exitCode, string output) = Run(
                "train", "--model", "mlp", "--batch", "2", "3", "--rival", "default", "tuned", "--steps", "1", "--groups", "1", "--threads", "1", "--instructions", vectors, "--out", folder.FullName, "--json");

            Assert.Equal(0, exitCode);
            JsonArray rows = JsonNode.Parse(output)!["rows"]!.AsArray();
            Assert.Equal([2, 2, 3, 3], rows.Select(row => (int)row!["batch"]!));
            Assert.Equal(["TorchSharp", "TorchSharp channels_last, tuned malloc"], rows.Take(2).Select(row => (string?)row!["rival"]));
            Assert.All(rows, row => CheckRow(row!, vectors));
            Assert.Equal(output, File.ReadAllText(Path.Combine(folder.FullName, vectors == "widest" ? "train.json" : $"train-{vectors}.json")));
            Assert.Single(folder.GetFiles("*.md"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Vectors_that_were_not_turned_off_are_refused()
    {
        InstructionSet.Of("128").Require("CPU, 2 threads, 128-bit vectors");
        InstructionSet.Of("widest").Require("CPU, 2 threads, 512-bit vectors");
        BenchmarkException refused = Assert.Throws<BenchmarkException>(() => InstructionSet.Of("256").Require("CPU, 2 threads, 512-bit vectors"));
        Assert.Contains("--instructions 256", refused.Message, StringComparison.Ordinal);
    }

    private static void CheckRow(JsonNode row, string vectors)
    {
        Assert.Equal("mlp", (string?)row["model"]);
        Assert.Equal((double)row["rival_ms"]! / (double)row["ours_ms"]!, (double)row["ratio"]!, 1e-9);
        Assert.True((double)row["ours_min_ms"]! <= (double)row["ours_ms"]!);
        Assert.True((long)row["ours_peak_bytes"]! > 0 && (long)row["rival_peak_bytes"]! > 0);
        Assert.True((double)row["ours_first_step_ms"]! > 0 && (double)row["rival_first_step_ms"]! > 0);
        Assert.Equal(row["ours_losses"]!.AsArray().Count, row["rival_losses"]!.AsArray().Count);
        Assert.Null(row["objection"]);
        if (vectors != "widest")
        {
            Assert.Contains($"{vectors}-bit vectors", (string?)row["device"], StringComparison.Ordinal);
        }
    }

    // Beside the tests' own folder: artifacts/bin/PROJECT/CONFIGURATION.
    private static (int ExitCode, string Output) Run(params IEnumerable<string> arguments)
    {
        DirectoryInfo configuration = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        string program = Path.Combine(configuration.Parent!.Parent!.FullName, "Benchmarks", configuration.Name, "Gimbal.Benchmarks.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
