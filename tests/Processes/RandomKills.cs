using System.Diagnostics;

namespace Gimbal.Processes;

/// <summary>Starts a program again and again and ends each of its lives with SIGKILL at a random moment.</summary>
/// <param name="start">The program; its outputs are redirected here.</param>
/// <param name="isGoing">Recognises the line of output from which a life is counted, so that start-up does not eat the moments.</param>
/// <param name="longest">Longest life from then on.</param>
/// <param name="seed">Chooses the moments.</param>
internal sealed class RandomKills(ProcessStartInfo start, Func<string, bool> isGoing, TimeSpan longest, int seed)
{
    private const int KilledExitCode = 128 + 9;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Random _random = new(seed);

    /// <summary>Lives that were killed.</summary>
    public int Killed { get; private set; }

    /// <summary>Lets the program live until it has been killed <paramref name="kills"/> times.</summary>
    /// <param name="kills">Number of kills.</param>
    /// <param name="check">Looks at what each life left behind, whether it was killed or ended by itself; may change it for the next life.</param>
    public void Run(int kills, Action<Life> check)
    {
        for (int target = Killed + kills; Killed < target;)
        {
            check(LiveOnce());
        }
    }

    private Life LiveOnce()
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        List<string> lines = [];
        using ManualResetEventSlim going = new();
        using Process process = Process.Start(start)!;
        void Receive(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is null)
            {
                return;
            }

            lock (lines)
            {
                lines.Add(e.Data);
            }

            if (isGoing(e.Data))
            {
                going.Set();
            }
        }

        process.OutputDataReceived += Receive;
        process.ErrorDataReceived += Receive;
        process.Exited += (_, _) => going.Set();
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        bool began = going.Wait(Patience);
        if (!process.WaitForExit(began ? _random.NextDouble() * longest : TimeSpan.Zero))
        {
            process.Kill();
        }

        process.WaitForExit();
        bool killed = process.ExitCode == KilledExitCode;
        Assert.True(began, $"{start.FileName} did not get going: {string.Join(" | ", lines)}");
        Killed += killed ? 1 : 0;
        return new Life(killed ? null : process.ExitCode, lines);
    }

    /// <summary>One life of the program.</summary>
    /// <param name="ExitCode">Exit code; null when it was killed.</param>
    /// <param name="Lines">What it printed to both outputs.</param>
    internal sealed record Life(int? ExitCode, IReadOnlyList<string> Lines);
}
