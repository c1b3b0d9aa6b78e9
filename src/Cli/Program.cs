using System.CommandLine;
using System.Runtime.InteropServices;
using Gimbal.Cli;

Option<bool> verbose = new("--verbose") { Description = "show stack traces of errors", Recursive = true };
RootCommand root = new("Train in C#, ship ONNX: trains convolutional networks and ends in an ONNX file that ONNX Runtime has confirmed.");
root.Options.Add(verbose);
Dictionary<Command, Verb> verbs = new Verb[] { new TrainVerb(), new ExportVerb(), new VerifyVerb(), new PredictVerb(), new InspectVerb(), new ReportVerb(), new DiagnoseVerb(), new LabVerb(), new DoctorVerb() }
    .ToDictionary(verb => verb.ToCommand());
foreach (Command command in verbs.Keys)
{
    root.Subcommands.Add(command);
}

root.Subcommands.Add(BenchVerbs.ToCommand());
using CancellationTokenSource cancellation = new();
ParseResult parsed = root.Parse(args);
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
if (UsageErrors.Describe(parsed) is { } misuse)
{
    Console.Error.WriteLine($"error: {misuse}");
    return ExitCode.Usage;
}

try
{
    return await parsed.InvokeAsync(
        new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, cancellation.Token);
}
catch (Exception thrown)
{
    Exception e = thrown is AggregateException several ? several.Flatten().InnerExceptions[0] : thrown;
    int? code = ExitCode.Of(e);
    Console.Error.WriteLine(
        parsed.GetValue(verbose) ? e.ToString()
        : code is null ? $"error: {e.GetType().Name}: {Output.Printable(e.Message)} (a defect of gimbal; --verbose shows where)"
        : e is OperationCanceledException ? "stopped" : $"error: {Output.Printable(e.Message)}");
    return code ?? ExitCode.Failed;
}

// The first signal lets a verb that watches for it stop and save; any other ends the process at once.
void Cancel(PosixSignalContext context)
{
    bool isWatched = verbs.TryGetValue(parsed.CommandResult.Command, out Verb? verb) && verb.StopsByItself;
    context.Cancel = isWatched && !cancellation.IsCancellationRequested;
    if (!context.Cancel)
    {
        Console.Error.WriteLine("stopped");
    }

    cancellation.Cancel();
}
