using System.Diagnostics;
using Gimbal.Trainer.Datasets;

namespace Gimbal.Cli;

/// <summary>Shows on stderr how far a long download or decoding has come: one line that is redrawn, or one every tenth where it cannot be.</summary>
internal sealed class LoadLog : IProgress<LoadProgress>, IDisposable
{
    private const double PatienceSeconds = 1;
    private const double RedrawSeconds = 0.2;
    private readonly Lock _lock = new();
    private string _activity = "";
    private long _begun;
    private long _drawn;
    private long _tenths;
    private bool _isLineOpen;

    /// <inheritdoc/>
    public void Report(LoadProgress value)
    {
        lock (_lock)
        {
            if (value.Activity != _activity)
            {
                (_activity, _begun, _tenths) = (value.Activity, Stopwatch.GetTimestamp(), 0);
            }

            if (Stopwatch.GetElapsedTime(_begun).TotalSeconds < PatienceSeconds)
            {
                return;
            }

            string text = Output.Printable(FormattableString.Invariant($"{value.Activity}: {value.Done:N0} of {value.Total:N0}"));
            long tenths = 10 * value.Done / Math.Max(1, value.Total);
            if (Console.IsErrorRedirected)
            {
                // The end of something that has not been spoken of is no news.
                if (tenths > _tenths && (tenths < 10 || _tenths > 0))
                {
                    Console.Error.WriteLine(text);
                }
            }
            else if (Stopwatch.GetElapsedTime(_drawn).TotalSeconds > RedrawSeconds)
            {
                Console.Error.Write($"\r\u001b[K{text}");
                (_drawn, _isLineOpen) = (Stopwatch.GetTimestamp(), true);
            }

            _tenths = Math.Max(_tenths, tenths);
        }
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        if (_isLineOpen)
        {
            Console.Error.Write("\r\u001b[K");
            _isLineOpen = false;
        }
    }
}
