using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Gimbal.Trainer.Cpu;

namespace Gimbal.Benchmarks;

/// <summary>The comparison as a whole.</summary>
/// <param name="Command">What measured it.</param>
/// <param name="Machine">Processor and cores.</param>
/// <param name="Runtime">.NET's version.</param>
/// <param name="Peaks">Best of all lines.</param>
/// <param name="Rows">One per model, batch and rival's setting.</param>
internal sealed record TrainReport(string Command, string Machine, string Runtime, MachinePeaks Peaks, IReadOnlyList<TrainRow> Rows)
{
    private static readonly (string Head, Func<TrainRow, string> Cell)[] s_columns =
    [
        ("model", row => row.Model),
        ("batch", row => Number(row.Batch)),
        ("rival", row => row.Rival),
        ("ours ms (min / median)", row => $"{Number(row.OursMinMs)} / {Number(row.OursMs)}"),
        ("rival ms", row => $"{Number(row.RivalMinMs)} / {Number(row.RivalMs)}"),
        ("ratio", row => row.Ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "wrong"),
        ("images/s", row => Number(row.ImagesPerSecond)),
        ("GFLOP/s", row => Number(row.Gflops)),
        ("FMA peak", row => Percent(row.ShareOfFmaPeak)),
        ("memory peak", row => row.ShareOfMemoryPeak is { } share ? Percent(share) : "-"),
        ("MiB ours / rival", row => $"{Number(row.OursPeakBytes >> 20)} / {Number(row.RivalPeakBytes >> 20)}"),
        ("first step ms ours / rival", row => $"{Number(row.OursFirstStepMs)} / {Number(row.RivalFirstStepMs)}"),
    ];

    /// <summary>Puts a report of finished lines together.</summary>
    public static TrainReport Of(string command, IReadOnlyList<TrainRow> rows) =>
        new(command, Benchmarks.Machine.Description, RuntimeInformation.FrameworkDescription, rows.Select(row => row.Peaks).Aggregate((best, peaks) => best.Best(peaks)), rows);

    /// <summary>For machines; <c>rows</c> holds model, batch, ours_ms, rival, rival_ms, ratio and more.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ChildProcess.Json);

    /// <summary>For people: a Markdown table whose columns line up, with what the numbers mean below.</summary>
    public string ToMarkdown()
    {
        string[][] cells = [[.. s_columns.Select(column => column.Head)], .. Rows.Select(row => s_columns.Select(column => column.Cell(row)).ToArray())];
        int[] widths = [.. Enumerable.Range(0, s_columns.Length).Select(i => cells.Max(line => line[i].Length))];
        StringBuilder text = new();
        for (int i = 0; i < cells.Length; i++)
        {
            text.Append(Line(cells[i].Select((cell, column) => column is 0 or 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))));
            if (i == 0)
            {
                text.Append(Line(widths.Select((width, column) => column is 0 or 2 ? new string('-', width) : new string('-', width - 1) + ":")));
            }
        }

        string objections = string.Concat(Rows.Where(row => row.Objection is not null)
            .Select(row => $"\n{row.Model}, batch {row.Batch}, {row.Rival}: {row.Objection}; libtorch in double agrees with us, so there is no ratio.\n"));
        string device = Rows.Count > 0 ? Rows[0].Device : "";
        return $"""
            {text}
            {Machine}; ours: {device}; {Runtime}. Peaks: {Peaks}.

            `{Command}`. Times are of whole training steps, both sides in one process by turns, after their losses on the first steps agreed; the ratio is of medians. GFLOP/s count
            direct convolution, so that Winograd's may pass the peak. The memory column has a number where a step's tensors take longer than its arithmetic. Memory is the most each side ever
            had resident, alone in a process, as is the time to the end of the first step.
            {objections}
            """;
    }

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";

    private static string Number(double value) => value.ToString(value >= 100 ? "0" : value >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => (100 * share).ToString("0", CultureInfo.InvariantCulture) + " %";
}
