using System.Diagnostics;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests.Terminal;

/// <summary>A run on a terminal, which <c>script</c> of util-linux plays.</summary>
public sealed class TerminalTests : IDisposable
{
    private const string HideCursor = "\u001b[?25l";
    private const string ShowCursor = "\u001b[?25h";
    private readonly TestFolder _folder = new();

    [TerminalFact]
    public void A_terminal_shows_curves_while_a_run_trains_and_the_lines_of_its_epochs_stay()
    {
        string screen = Train([]);

        Assert.Contains("test accuracy", screen, StringComparison.Ordinal);
        Assert.Contains("│ loss ", screen, StringComparison.Ordinal);
        Assert.Contains("    2  ", screen, StringComparison.Ordinal);
        // The cursor is hidden and comes back.
        Assert.Equal(Count(screen, HideCursor), Count(screen, ShowCursor));
        Assert.True(Count(screen, HideCursor) > 0);
    }

    [TerminalFact]
    public void Without_colours_and_on_a_terminal_that_cannot_move_its_cursor_there_are_plain_lines()
    {
        foreach (string setting in (string[])["NO_COLOR=1", "TERM=dumb"])
        {
            string screen = Train([setting]);

            Assert.DoesNotContain(HideCursor, screen, StringComparison.Ordinal);
            Assert.DoesNotContain('│', screen);
            Assert.Contains("    2  ", screen, StringComparison.Ordinal);
            Directory.Delete(_folder["run"], recursive: true);
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Train(IReadOnlyList<string> environment)
    {
        ProcessStartInfo tool = Tool.Command(_folder.Path, ["train", "--limit", "640", "--epochs", "2", "--batch", "32", "--out", "run"]);
        string line = string.Join(' ', [.. environment, .. new[] { tool.FileName }.Concat(tool.ArgumentList).Select(word => $"'{word}'")]);
        ProcessStartInfo terminal = Tool.Command(_folder.Path, []);
        terminal.FileName = "script";
        terminal.ArgumentList.Clear();
        foreach (string word in (string[])["-qec", $"stty cols 100 rows 40; {line}", "/dev/null"])
        {
            terminal.ArgumentList.Add(word);
        }

        terminal.Environment["TERM"] = "xterm-256color";
        terminal.Environment["SHELL"] = "/bin/sh";
        terminal.Environment["LANG"] = "C.UTF-8";
        return Tool.Run(terminal).Succeeded().Out;
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
