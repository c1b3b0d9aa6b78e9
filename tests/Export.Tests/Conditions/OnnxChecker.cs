using System.ComponentModel;
using System.Diagnostics;

namespace Gimbal.Export.Tests.Conditions;

/// <summary>The ONNX project's own checker and shape inference, in a Python of this machine: independent of ONNX Runtime and of our writer.</summary>
internal static class OnnxChecker
{
    // One line per file, or the reason why it is wrong.
    private const string Script = """
        import sys, onnx
        from onnx import checker, shape_inference
        for path in sys.argv[1:]:
            try:
                model = onnx.load(path)
                checker.check_model(model, full_check=True)
                inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
                known = {value.name: value for value in list(inferred.graph.value_info) + list(inferred.graph.output)}
                values = [name for node in model.graph.node for name in node.output]
                unknown = [name for name in values if name not in known or not known[name].type.tensor_type.HasField("shape")]
                output = "x".join(d.dim_param or str(d.dim_value) for d in known["output"].type.tensor_type.shape.dim)
                print(f"shape of {unknown[0]} is unknown" if unknown else f"ok {output}")
            except Exception as e:
                print(" ".join(f"{type(e).__name__}: {e}".split()))
        """;

    // Debian's package belongs to the system's Python; the one on the path may be another.
    private static readonly Lazy<string?> Python = new(() =>
        ((string[])["python3", "/usr/bin/python3"]).FirstOrDefault(python => Try(python, "-c", "import onnx") is { ExitCode: 0 }));

    /// <summary>Why the checker cannot run here; null where it can. Where CI=true there is no excuse: the tests fail.</summary>
    public static string? Obstacle => Python.Value is null && !InContinuousIntegration ? "no Python with onnx (apt-get install python3-onnx)" : null;

    private static bool InContinuousIntegration =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The verdict on each file, in one process: <c>ok Nx10</c> with the shape of the output, or what is wrong.</summary>
    public static IReadOnlyList<string> Check(IReadOnlyList<string> paths)
    {
        (int exitCode, string[] lines, string error) = Try(Python.Value ?? "python3", ["-c", Script, .. paths])
            ?? throw new InvalidOperationException("python3 is not installed (apt-get install python3-onnx)");
        return exitCode == 0 ? lines : throw new InvalidOperationException(error);
    }

    private static (int ExitCode, string[] Lines, string Error)? Try(string python, params IReadOnlyList<string> arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output.Split('\n', StringSplitOptions.RemoveEmptyEntries), error.Result);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
