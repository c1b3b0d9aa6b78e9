using Gimbal.Trainer.Training;
using Spectre.Console;
using Spectre.Console.Testing;

namespace Gimbal.Cli.Tests.Terminal;

/// <summary>The display below the epochs' lines.</summary>
public sealed class LiveTrainingTests
{
    private const int Epochs = 2;
    private static readonly StepReport s_step = new(Epoch: 2, Batch: 30, Batches: 40, Loss: 0.8125f, LearningRate: 0.05, GradientNorm: 1.93f, ImagesPerSecond: 3412)
    {
        Accuracy = 0.7125,
        GradientScore = 2.25,
        ClippedShare = 0.3,
        SecondsLeft = 150,
    };

    [Theory]
    [InlineData(100)]
    [InlineData(50)]
    public void It_says_all_a_step_reports_and_fits_the_terminal(int width)
    {
        using TestConsole console = new();
        console.Profile.Width = width;
        LiveTraining live = new(console);
        for (int i = 0; i < 500; i++)
        {
            live.Step(s_step with { Loss = 500 - i }, Epochs);
        }

        live.Epoch(Epoch(0.25));
        live.Epoch(Epoch(0.5));
        console.Write(live.Draw(s_step, Epochs));

        string text = console.Output;
        foreach (string part in (string[])["2 of 2", "3,412 img/s", "2.5 min", "0.813", "1.93 (+2.3z)", "30 %", "71.3 %", "50.00 %", "learning rate", "█▇", "▁█"])
        {
            Assert.True(text.Contains(part, StringComparison.Ordinal), $"{part} is missing in\n{text}");
        }

        Assert.All(console.Lines, line => Assert.InRange(line.Length, 1, width));
    }

    [Fact]
    public void A_long_run_keeps_the_shape_of_its_curve()
    {
        using TestConsole console = new();
        console.Profile.Width = 60;
        LiveTraining live = new(console);
        for (int i = 0; i < 30_000; i++)
        {
            live.Step(s_step with { Loss = 30_000 - i }, Epochs);
        }

        console.Write(live.Draw(s_step, Epochs));
        string curve = console.Lines.Single(line => line.Contains("loss", StringComparison.Ordinal)).Split('│')[3].Trim();
        Assert.Equal(24, curve.Length);
        Assert.Equal("█▇▆▅▄▃▂▁", string.Concat(curve.Distinct()));
    }

    [Fact]
    public void Lines_of_epochs_stay_above_and_the_display_goes_away()
    {
        using TestConsole console = new();
        console.EmitAnsiSequences = true;
        LiveTraining live = new(console);
        live.Watch(() =>
        {
            live.Step(s_step, Epochs);
            live.Line("    1  the first epoch");
        });

        Assert.Contains("    1  the first epoch", console.Output, StringComparison.Ordinal);
        // Every line of the display is erased.
        Assert.EndsWith("\u001b[1A\u001b[2K", console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminal_without_cursor_gets_plain_lines()
    {
        Assert.False(LiveTraining.IsPossible(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.Yes })));
        Assert.False(LiveTraining.IsPossible(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.No })));
        Assert.True(LiveTraining.IsPossible(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes })));
    }

    [Theory]
    [InlineData(new[] { 1.0, 2, 3, 4, 5, 6, 7, 8 }, 8, "▁▂▃▄▅▆▇█")]
    [InlineData(new[] { 1.0, 3, 5, 7 }, 2, "▁█")]
    [InlineData(new[] { 2.0, 2 }, 8, "▁▁")]
    [InlineData(new[] { 0.0, double.NaN, 1 }, 8, "▁ █")]
    [InlineData(new[] { double.NaN }, 8, " ")]
    [InlineData(new double[0], 8, "")]
    public void A_sparkline_goes_from_the_lowest_to_the_highest(double[] values, int width, string line) => Assert.Equal(line, Sparkline.Of(values, width));

    [Fact]
    public void A_terminal_without_block_characters_gets_a_curve_too() => Assert.Equal("_.-:=+*#", Sparkline.Of([1, 2, 3, 4, 5, 6, 7, 8], 8, hasUnicode: false));

    private static EpochResult Epoch(double accuracy) => new(1, 1, 0.5, null, null, 1, accuracy, 0.1, 1, 0, 0, 10, 3000);
}
