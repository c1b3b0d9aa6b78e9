using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Gimbal.Cli;

/// <summary><c>gimbal bench train</c>: starts tests/Benchmarks of the checkout around the working folder, where the rivals live.</summary>
internal sealed class BenchTrainVerb : Verb
{
    private const string TorchSharp = "torchsharp";
    private static readonly string[] s_instructions = ["widest", "256", "128", "scalar"];

    private readonly Option<string> _against = new("--against") { Description = "the rival", HelpName = TorchSharp, DefaultValueFactory = _ => TorchSharp };
    private readonly Option<string[]> _model = new("--model") { Description = "models [default: simple-cnn and resnet20]", HelpName = "name", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int[]> _batch = new("--batch") { Description = "images per step [default: 128]", HelpName = "number", AllowMultipleArgumentsPerToken = true };
    private readonly Option<int?> _threads = new("--threads") { Description = "threads of either side [default: one per processor]", HelpName = "number" };
    private readonly Option<int?> _steps = new("--steps") { Description = "timed steps per group [default: 3]", HelpName = "number" };
    private readonly Option<int?> _groups = new("--groups") { Description = "groups of steps, the sides taking turns [default: 5]", HelpName = "number" };
    private readonly Option<string> _instructions = new("--instructions") { Description = "widest vectors of our side", HelpName = string.Join('|', s_instructions), DefaultValueFactory = _ => "widest" };
    private readonly Option<string?> _out = new("--out") { Description = "folder of the results [default: tests/Benchmarks/results/MACHINE]", HelpName = "folder" };
    private readonly Option<string?> _name = new("--name") { Description = "name of the results' files [default: train]", HelpName = "name" };

    /// <inheritdoc/>
    protected override Command Describe() => new("train", "time whole training steps beside a rival, interleaved in one process; needs a checkout")
    {
        _against, _model, _batch, _threads, _steps, _groups, _instructions, _out, _name,
    };

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        RequireOneOf("--against", parsed.GetValue(_against)!, TorchSharp);
        RequireOneOf("--instructions", parsed.GetValue(_instructions)!, s_instructions);
        string project = FindProject();
        string[] arguments =
        [
            "train",
            .. Each("--model", parsed.GetValue(_model)),
            .. Each("--batch", parsed.GetValue(_batch)?.Select(Number)),
            .. Each("--threads", parsed.GetValue(_threads) is { } threads ? [Number(threads)] : null),
            .. Each("--steps", parsed.GetValue(_steps) is { } steps ? [Number(steps)] : null),
            .. Each("--groups", parsed.GetValue(_groups) is { } groups ? [Number(groups)] : null),
            .. Each("--instructions", [parsed.GetValue(_instructions)!]),
            .. Each("--out", parsed.GetValue(_out) is { } folder ? [Path.GetFullPath(folder)] : null),
            .. Each("--name", parsed.GetValue(_name) is { } name ? [name] : null),
            .. parsed.GetValue(Json) ? ["--json"] : Array.Empty<string>(),
        ];
        // The build talks on stdout, which belongs to the document.
        int built = Dotnet(["build", project, "-c", "Release", "--nologo", "-v", "quiet"], isSilent: true);
        return built != 0
            ? throw new PlatformNotSupportedException($"bench: {project} does not build; 'dotnet build -c Release {project}' says why (it downloads 600 MB once)")
            : Dotnet(["run", "--no-build", "-c", "Release", "--project", project, "--", .. arguments], isSilent: false);
    }

    private static void RequireOneOf(string flag, string value, params string[] known)
    {
        if (!known.Contains(value))
        {
            throw new UsageException($"{flag}: '{value}' is not known (there is {string.Join(", ", known)})");
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Each(string flag, IEnumerable<string>? values) => (values ?? []).SelectMany(value => new[] { flag, value });

    /// <exception cref="PlatformNotSupportedException">The working folder is in no checkout.</exception>
    private static string FindProject()
    {
        for (DirectoryInfo? folder = new(Directory.GetCurrentDirectory()); folder is not null; folder = folder.Parent)
        {
            string project = Path.Combine(folder.FullName, "tests", "Benchmarks");
            if (File.Exists(Path.Combine(folder.FullName, "Gimbal.slnx")) && Directory.Exists(project))
            {
                return project;
            }
        }

        throw new PlatformNotSupportedException("bench: the comparison with TorchSharp runs from a checkout of Gimbal alone (tests/Benchmarks); change into one and try again");
    }

    private static int Dotnet(IEnumerable<string> arguments, bool isSilent)
    {
        ProcessStartInfo command = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
        {
            RedirectStandardOutput = isSilent,
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1" },
        };
        try
        {
            using Process process = Process.Start(command)!;
            if (isSilent)
            {
                Console.Error.Write(process.StandardOutput.ReadToEnd());
            }

            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception e)
        {
            throw new PlatformNotSupportedException($"bench: {command.FileName} does not start ({e.Message}); install the .NET 10 SDK", e);
        }
    }
}
