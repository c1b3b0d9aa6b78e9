using System.Diagnostics;
using Gimbal.Trainer.Datasets;

namespace Gimbal.Cli;

/// <summary>Shows on stderr how far a long download or decoding has come: one line that is redrawn, or one every tenth where it cannot be.</summary>
internal sealed class LoadLog : IProgress<LoadProgress>
{
    private const double PatienceSeconds = 1;
    private const double RedrawSeconds = 0.2;
    private readonly Lock _lock = new();
    private string _activity = "";
    private long _begun;
    private long _drawn;
    private long _tenths;

    /// <inheritdoc/>
    public void Report(LoadProgress value)
    {
        lock (_lock)
        {
            if (value.Activity != _activity)
            {
                (_activity, _begun, _tenths) = (value.Activity, Stopwatch.GetTimestamp(), 0);
            }

            long tenths = value.Total > 0 ? 10 * value.Done / value.Total : 0;
            if (Stopwatch.GetElapsedTime(_begun).TotalSeconds < PatienceSeconds)
            {
                return;
            }

            if (Console.IsErrorRedirected && tenths > _tenths)
            {
                Console.Error.WriteLine(Text(value));
            }
            else if (!Console.IsErrorRedirected && (tenths == 10 || Stopwatch.GetElapsedTime(_drawn).TotalSeconds > RedrawSeconds))
            {
                Console.Error.Write($"\r\u001b[K{(tenths == 10 ? "" : Text(value))}");
                _drawn = Stopwatch.GetTimestamp();
            }

            _tenths = Math.Max(_tenths, tenths);
        }
    }

    private static string Text(LoadProgress value) =>
        Output.Printable(FormattableString.Invariant($"{value.Activity}: {value.Done:N0} of {value.Total:N0} ({100.0 * value.Done / Math.Max(1, value.Total):0} %)"));
}
