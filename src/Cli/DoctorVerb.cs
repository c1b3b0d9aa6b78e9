using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Plans;
using Microsoft.ML.OnnxRuntime;
using SkiaSharp;

namespace Gimbal.Cli;

/// <summary><c>gimbal doctor</c>: what works on this machine and what to do about the rest.</summary>
internal sealed class DoctorVerb : Verb
{
    /// <inheritdoc/>
    protected override Command Describe() => new("doctor", "check what works on this machine");

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        IReadOnlyList<Check> checks = [Runtime(), Cpu(), Cuda(), Onnx(), Pictures(), Disk()];
        foreach (Check check in checks)
        {
            string verdict = check.Ok ? "ok  " : check.IsNeeded ? "FAIL" : "none";
            output.Line($"{verdict}  {check.Name,-14} {check.Finding}{(check.Ok || check.Remedy.Length == 0 ? "" : $"; {check.Remedy}")}");
        }

        output.Document(new JsonObject
        {
            ["checks"] = new JsonArray([.. checks.Select(check => new JsonObject
            {
                ["name"] = check.Name, ["ok"] = check.Ok, ["finding"] = check.Finding, ["remedy"] = check.Ok ? null : check.Remedy,
            })]),
        });
        return checks.All(check => check.Ok || !check.IsNeeded) ? ExitCode.Done : ExitCode.DeviceMissing;
    }

    private static Check Runtime() => new(
        "runtime", true, $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}", "install .NET 10");

    private static Check Cpu()
    {
        using CpuDevice device = new();
        return new Check("cpu", true, device.Description, "");
    }

    private static Check Cuda()
    {
        try
        {
            using CudaDevice device = new();
            return new Check("cuda", true, device.Description, "");
        }
        catch (CudaException e)
        {
            return new Check("cuda", false, e.Message, "") { IsNeeded = false };
        }
    }

    private static Check Onnx()
    {
        try
        {
            return new Check("onnx runtime", true, $"{OrtEnv.Instance().GetVersionString()}, providers {string.Join(", ", OrtEnv.Instance().GetAvailableProviders())}", "");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException)
        {
            return new Check("onnx runtime", false, e.GetBaseException().Message, "install the system's C++ runtime (libstdc++, or the Visual C++ redistributable)");
        }
    }

    private static Check Pictures()
    {
        try
        {
            using SKBitmap bitmap = new(1, 1);
            return new Check("pictures", !bitmap.IsNull, $"SkiaSharp {typeof(SKBitmap).Assembly.GetName().Version?.ToString(3)}", "");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            return new Check("pictures", false, e.GetBaseException().Message, "SkiaSharp's native library does not load; check the platform");
        }
    }

    private static Check Disk()
    {
        DriveInfo drive = new(Path.GetFullPath("."));
        return new Check("disk", drive.AvailableFreeSpace > 1L << 30, FormattableString.Invariant($"{drive.AvailableFreeSpace / (double)(1L << 30):0.0} GiB free here"), "free 1 GiB or work elsewhere");
    }

    private sealed record Check(string Name, bool Ok, string Finding, string Remedy)
    {
        public bool IsNeeded { get; init; } = true;
    }
}
