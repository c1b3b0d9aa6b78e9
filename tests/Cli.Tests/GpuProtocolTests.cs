using System.Diagnostics;
using System.Text.Json.Nodes;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests;

/// <summary>A rehearsal of tests/GpuProtocol on the simulated driver: every stage runs, and says what it leaves out.</summary>
public sealed class GpuProtocolTests : IDisposable
{
    private static readonly string s_scripts = Path.GetFullPath(Path.Combine(SimulatorBuild.Sources, "../GpuProtocol"));

    private readonly TestFolder _folder = new();

    [PythonFact]
    public void The_first_call_checks_the_op_cases_and_lists_every_kernel()
    {
        JsonNode[] rows = Rehearse("a", "identity", "ceilings", "compiler", "cases", "sanitizer", "kernels");

        JsonNode[] cases = [.. Of(rows, "cases", "case").Where(row => row["case"] is not null)];
        Assert.Contains(cases, row => ((string)row["case"]!).EndsWith("in bfloat16", StringComparison.Ordinal));
        Assert.All(cases, row => Assert.True((bool)row["ok"]!));
        Assert.True((double)Of(rows, "ceilings", "nodes").Single()["us_per_node"]! > 0);
        JsonNode convolution = Of(rows, "kernels", "node").First(row => (string?)row["op"] == "ConvGradWeight");
        Assert.True((long)convolution["flop"]! > 0 && (long)convolution["bytes"]! > 0 && (double)convolution["us"]! > 0);
        Assert.Equal("conv_grad_weight_n64_f32", (string?)convolution["launches"]![0]);
        Assert.Contains(Of(rows, "kernels", "node"), row => (string?)row["mode"] == "bf16" && (string?)row["launches"]![0] == "conv_grad_weight_n64_bf16");
    }

    [PythonFact]
    public void The_second_call_times_steps_and_draws_loss_curves()
    {
        JsonNode[] rows = Rehearse("b", "identity", "models", "curves");

        JsonNode[] steps = [.. Of(rows, "models", "ours")];
        Assert.Equal(["fp32", "bf16"], steps.Select(row => (string)row["mode"]!));
        Assert.All(steps, row => Assert.True((string?)row["model"] == "resnet8" && (double)row["us_per_step"]! > 0 && (int)row["launches"]! > 0));
        float[][] losses = [.. Of(rows, "curves", "ours").Select(row => row["losses"]!.AsArray().Select(loss => (float)loss!).ToArray())];
        Assert.Equal([3, 3], losses.Select(curve => curve.Length));
        // One start: bfloat16 rounds what fp32 does not, and no more.
        Assert.NotEqual(losses[0][0], losses[1][0]);
        Assert.InRange(losses[1][0], losses[0][0] - 0.1f, losses[0][0] + 0.1f);
        // A precision without kernels is left out, and why is said.
        Assert.Contains(rows, row => (string?)row["kind"] == "skipped" && ((string)row["what"]!).EndsWith("in fp8", StringComparison.Ordinal));
    }

    [PythonFact]
    public void Without_a_rehearsal_the_simulated_driver_is_refused()
    {
        ProcessStartInfo command = Command("--stages", "identity", "--call", "a");
        command.Environment["LD_LIBRARY_PATH"] = SimulatorBuild.Folder;

        Outcome outcome = Tool.Run(command);

        Assert.Equal(1, outcome.ExitCode);
        Assert.False((bool)Rows().Single(row => (string?)row["kind"] == "end")["right"]!);
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<JsonNode> Of(JsonNode[] rows, string stage, string kind) => rows.Where(row => (string?)row["stage"] == stage && (string?)row["kind"] == kind);

    // Every stage ends, nothing fails, and no figure passes for a card's.
    private JsonNode[] Rehearse(string call, params string[] stages)
    {
        Outcome outcome = Tool.Run(Command("--call", call, "--simulator", SimulatorBuild.Folder, "--models", "resnet8:2", "--precision", "fp32", "bf16", "fp8"));

        JsonNode[] rows = Rows();
        Assert.True(outcome.ExitCode == 0, $"exit {outcome.ExitCode}: {outcome.Out}{outcome.Error}{Report}");
        Assert.Equal(stages, Ended(rows));
        Assert.All(rows, row => Assert.True((bool)row["rehearsal"]!));
        Assert.DoesNotContain(rows, row => (string?)row["kind"] == "failed");
        Assert.Contains("no figure here is a card's", Report, StringComparison.Ordinal);
        return rows;
    }

    private static IEnumerable<string> Ended(JsonNode[] rows) => rows.Where(row => (string?)row["kind"] == "end").Select(row => (string)row["stage"]!);

    private string Report => File.ReadAllText(Path.Combine(_folder.Path, "report.md"));

    private JsonNode[] Rows() => [.. File.ReadLines(Path.Combine(_folder.Path, "results.jsonl")).Select(line => JsonNode.Parse(line)!)];

    private ProcessStartInfo Command(params string[] arguments)
    {
        ProcessStartInfo command = Tool.Command(_folder.Path, ["-B", Path.Combine(s_scripts, "protocol.py"), "--out", _folder.Path, "--bin", Programs, AppContext.BaseDirectory, "--kernels", SimulatorBuild.Kernels, .. arguments]);
        command.FileName = "python3";
        command.Environment.Remove("CUDA_VISIBLE_DEVICES");
        return command;
    }

    // Beside this project's outputs, in the same configuration.
    private static string Programs => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../GpuProtocol", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'))));
}

/// <summary>A test that needs python3 besides the simulated driver: skipped, with the reason, where one is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute() => Skip = SimulatorBuild.Obstacle ?? (HasPython() ? null : "python3 is not installed (apt-get install python3)");

    private static bool HasPython()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("python3", "--version") { RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
