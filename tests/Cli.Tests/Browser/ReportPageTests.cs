using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gimbal.Cli.Tests.Browser;

/// <summary>Reports as a browser shows them: on a phone and on a desk, by day and by night.</summary>
public sealed partial class ReportPageTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    // WCAG 2.2, level AA: 1.4.3 for text, 1.4.11 for graphics.
    private const double LeastTextContrast = 4.5;
    private const double LeastLineContrast = 3;

    // Wider than any screen, grey on grey, with a script that the report's own policy forbids.
    private const string Faulty = """
        <!DOCTYPE html><html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"></head>
        <body style="background: #777777; color: #888888"><p style="width: 3000px">text</p><script>1</script></body></html>
        """;

    [ChromiumFact]
    public void A_report_fits_the_screen_shows_its_charts_and_can_be_read_in_both_colour_schemes()
    {
        Tool.Run(run.Folder.Path, "train", "--model", "mlp", "--limit", "128", "--epochs", "2", "--batch", "64", "--out", "other").Succeeded();
        Tool.Run(run.Folder.Path, "report", "run", "other", "--out", "both.html").Succeeded();

        (JsonNode[] frames, IReadOnlyList<string> console) = Show(
            ("report", File.ReadAllText(run.Folder["run/report.html"])), ("comparison", File.ReadAllText(run.Folder["both.html"])));

        Assert.Empty(console);
        Assert.Equal(8, frames.Length);
        foreach (JsonNode frame in frames)
        {
            string name = (string)frame["name"]!;
            bool isReport = name.StartsWith("report", StringComparison.Ordinal);
            Assert.True((bool)frame["dark"]! == name.Contains("dark", StringComparison.Ordinal), frame.ToJsonString());
            Assert.True((int)frame["overflow"]! == 0, frame.ToJsonString());
            Assert.True((int)frame["charts"]! == (isReport ? 9 : 8), frame.ToJsonString());
            Assert.InRange((double)frame["chartWidth"]!, 280, name.Contains("390", StringComparison.Ordinal) ? 390 : 700);
            Assert.True((int)frame["pictures"]! == (isReport ? 24 : 0), frame.ToJsonString());
            Assert.True((int)frame["texts"]! > 50, frame.ToJsonString());
            Assert.True((double)frame["textContrast"]! >= LeastTextContrast, frame.ToJsonString());
            Assert.True((double)frame["lineContrast"]! >= LeastLineContrast, frame.ToJsonString());
        }

        Assert.Equal(2, frames.Select(frame => (string)frame["background"]!).Distinct().Count());
    }

    [ChromiumFact]
    public void A_page_that_overflows_cannot_be_read_and_breaks_its_policy_is_found()
    {
        (JsonNode[] frames, IReadOnlyList<string> console) = Show(("faulty", Faulty));

        Assert.NotEmpty(console);
        Assert.All(frames, frame => Assert.True((int)frame["overflow"]! > 1000));
        Assert.All(frames, frame => Assert.True((double)frame["textContrast"]! < LeastTextContrast));
        Assert.All(frames, frame => Assert.Equal(0, (int)frame["charts"]!));
    }

    // Each page in four frames, whose colour scheme is what the page's media query sees; one start of the browser measures all.
    private (JsonNode[] Frames, IReadOnlyList<string> Console) Show(params (string Name, string Html)[] pages)
    {
        StringBuilder html = new("<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body>");
        foreach ((string name, string content) in pages)
        {
            foreach ((string scheme, int width) in ((string, int)[])[("light", 390), ("light", 1440), ("dark", 390), ("dark", 1440)])
            {
                html.Append(null, $"<iframe id=\"{name}-{scheme}-{width}\" style=\"color-scheme: {scheme}; width: {width}px; height: 800px; border: 0\" srcdoc=\"{WebUtility.HtmlEncode(content)}\"></iframe>");
            }
        }

        html.Append(null, $"<pre id=\"measured\"></pre><script>{File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "measure.js"))}</script></body></html>");
        string path = run.Folder.Write("frames.html", Encoding.UTF8.GetBytes(html.ToString()));
        (string dom, IReadOnlyList<string> console) = Chromium.Load(path);
        string measured = WebUtility.HtmlDecode(Measured().Match(dom).Groups[1].Value);
        return ([.. JsonNode.Parse(measured)!.AsArray().Select(frame => frame!)], console);
    }

    [GeneratedRegex("<pre id=\"measured\">(.*?)</pre>", RegexOptions.Singleline)]
    private static partial Regex Measured();
}
