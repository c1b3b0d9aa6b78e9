using System.Diagnostics;
using System.Globalization;
using Gimbal.Cli.Reports;
using Gimbal.Trainer.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Gimbal.Cli;

/// <summary>What a person watches while a run trains, below the lines of the epochs: how far it is, and the curves so far.</summary>
/// <param name="console">A terminal that can move its cursor.</param>
internal sealed class LiveTraining(IAnsiConsole console)
{
    private const double RedrawSeconds = 0.2;

    // Many times the characters of a curve.
    private const int MostValues = 4096;
    private const int LabelWidth = 36;
    private const int WidestCurve = 100;
    private readonly List<double> _losses = [];
    private readonly List<double> _norms = [];
    private readonly List<double> _accuracies = [];
    private readonly CultureInfo _culture = CultureInfo.InvariantCulture;
    private LiveDisplayContext? _context;
    private int _stride = 1;
    private int _skipped;
    private long _drawn;

    /// <summary>Whether the terminal can.</summary>
    public static bool IsPossible(IAnsiConsole console) => console.Profile.Capabilities is { Ansi: true, Interactive: true };

    /// <summary>Shows the display while <paramref name="train"/> runs, and takes it away.</summary>
    public void Watch(Action train) => console.Live(new Text("")).AutoClear(true).Overflow(VerticalOverflow.Crop).Start(context =>
    {
        _context = context;
        train();
    });

    /// <summary>A line that stays, above the display, whose first line it must cover.</summary>
    public void Line(string text) => console.WriteLine(text.PadRight(Math.Max(0, console.Profile.Width - 1)));

    /// <summary>After a step.</summary>
    /// <param name="step">What it reports.</param>
    /// <param name="epochs">Epochs of the run.</param>
    public void Step(StepReport step, int epochs)
    {
        Keep(step);
        if (Stopwatch.GetElapsedTime(_drawn).TotalSeconds > RedrawSeconds)
        {
            _drawn = Stopwatch.GetTimestamp();
            _context?.UpdateTarget(Draw(step, epochs));
        }
    }

    /// <summary>After an epoch.</summary>
    public void Epoch(EpochResult epoch) => _accuracies.Add(epoch.TestAccuracy);

    /// <summary>The display.</summary>
    internal IRenderable Draw(StepReport step, int epochs)
    {
        int width = Math.Clamp(console.Profile.Width - LabelWidth, 1, WidestCurve);
        Table table = new() { Border = console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii, ShowHeaders = false };
        table.AddColumn("").AddColumn(new TableColumn("") { Alignment = Justify.Right }).AddColumn(new TableColumn("") { Width = width });
        Row(table, "epoch", string.Create(_culture, $"{step.Epoch} of {epochs}"), Progress((double)step.Batch / step.Batches, width));
        Row(table, "speed", string.Create(_culture, $"{step.ImagesPerSecond:N0} img/s"), $"{Figures.Duration(step.SecondsLeft)} of training left");
        Row(table, "loss", string.Create(_culture, $"{step.Loss:0.000}"), Curve(_losses, width));
        Row(table, "gradient norm", string.Create(_culture, $"{step.GradientNorm:0.00}{Score(step.GradientScore)}"), Curve(_norms, width));
        Row(table, "clipped", string.Create(_culture, $"{100 * step.ClippedShare:0} %"), string.Create(_culture, $"learning rate {step.LearningRate:0.0e+0}"));
        Row(table, "training", string.Create(_culture, $"{100 * step.Accuracy:0.0} %"), "of this epoch's images so far");
        Row(table, "test accuracy", _accuracies is [.., double accuracy] ? string.Create(_culture, $"{100 * accuracy:0.00} %") : "", Curve(_accuracies, width));
        return table;
    }

    private string Score(double? score) => score is { } z ? string.Create(_culture, $" ({z:+0.0;-0.0}z)") : "";

    private static void Row(Table table, params ReadOnlySpan<string> cells)
    {
        List<Text> row = [];
        foreach (string cell in cells)
        {
            row.Add(new Text(cell) { Overflow = Overflow.Crop });
        }

        table.AddRow(row);
    }

    private string Curve(IReadOnlyList<double> values, int width) => Sparkline.Of(values, width, console.Profile.Capabilities.Unicode);

    private string Progress(double share, int width)
    {
        (char done, char open) = console.Profile.Capabilities.Unicode ? ('━', '┈') : ('#', '.');
        int filled = (int)(share * width);
        return new string(done, filled) + new string(open, width - filled);
    }

    // A long run keeps every second, fourth, eighth step: the curve looks the same.
    private void Keep(StepReport step)
    {
        if (++_skipped < _stride)
        {
            return;
        }

        _skipped = 0;
        _losses.Add(step.Loss);
        _norms.Add(step.GradientNorm);
        if (_losses.Count == MostValues)
        {
            Halve(_losses);
            Halve(_norms);
            _stride *= 2;
        }
    }

    private static void Halve(List<double> values)
    {
        double[] kept = [.. values.Where((_, i) => i % 2 == 1)];
        values.Clear();
        values.AddRange(kept);
    }
}
