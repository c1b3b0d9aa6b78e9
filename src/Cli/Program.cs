using System.CommandLine;
using System.Runtime.InteropServices;
using Gimbal.Cli;

Option<bool> verbose = new("--verbose") { Description = "show stack traces of errors", Recursive = true };
RootCommand root = new("Train in C#, ship ONNX: trains convolutional networks and ends in an ONNX file that ONNX Runtime has confirmed.");
root.Options.Add(verbose);
foreach (Verb verb in new Verb[] { new TrainVerb(), new ExportVerb(), new VerifyVerb(), new PredictVerb(), new InspectVerb(), new DoctorVerb() })
{
    root.Subcommands.Add(verb.ToCommand());
}

using CancellationTokenSource cancellation = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

ParseResult parsed = root.Parse(args);
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

// The first signal stops at the next step, after a checkpoint; the second one ends the process at once.
void Cancel(PosixSignalContext context)
{
    context.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}
