using System.Text.Json.Nodes;
using System.Xml.Linq;
using Gimbal.Trainer.Tests.Datasets;
using SkiaSharp;

namespace Gimbal.Cli.Tests;

/// <summary>What the report of a run says, and of several.</summary>
public sealed class ReportTests(TrainedRun run) : IClassFixture<TrainedRun>
{
    private static readonly string[] s_sections = ["Curves", "Gradient doctor", "Gradient flow", "Confusion matrix", "Examples", "Exported model", "Configuration", "Data", "Environment"];

    private string Folder => run.Folder.Path;

    [Fact]
    public void A_report_needs_nothing_but_itself()
    {
        XElement page = Read("run/report.html");

        Assert.Empty(page.Descendants("script"));
        Assert.All(page.Descendants("a"), link => Assert.Contains(page.Descendants(), target => $"#{(string?)target.Attribute("id")}" == (string?)link.Attribute("href")));
        Assert.All(page.Descendants().Attributes("src"), source => Assert.StartsWith("data:image/png;base64,", source.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("url(", page.Descendants("style").Single().Value, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page.Descendants("style").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_is_made_of_headings_tables_with_headers_and_described_pictures()
    {
        XElement page = Read("run/report.html");

        Assert.Equal("resnet8 on synthetic", page.Descendants("h1").Single().Value);
        Assert.Equal(s_sections, page.Descendants("h2").Select(heading => heading.Value));
        Assert.Equal(["Loss", "Accuracy", "Learning rate", "Gradient norm", "Clip rate"], page.Descendants("figcaption").Take(5).Select(caption => caption.FirstNode!.ToString()));
        Assert.All(page.Descendants("table").Elements("tbody").Elements("tr"), row => Assert.Equal("row", (string?)row.Element("th")?.Attribute("scope")));
        Assert.All(page.Descendants("img"), picture => Assert.NotEmpty((string)picture.Attribute("alt")!));
        Assert.All(page.Descendants("svg"), drawing => Assert.True(drawing.Attribute("aria-hidden") is not null || ((string)drawing.Attribute("aria-label")!).Length > 20));
    }

    [Fact]
    public void The_numbers_are_those_of_the_run()
    {
        XElement page = Read("run/report.html");
        int[][] counts = [.. Matrix(page)];

        Assert.Equal(2000, counts.Sum(row => row.Sum()));
        Assert.Equal((double)run.Document["accuracy"]!, counts.Select((row, i) => row[i]).Sum() / 2000.0, 9);
        Assert.Equal(FormattableString.Invariant($"{100 * (double)run.Document["accuracy"]!:0.##}\u00a0% test accuracy"), Classes(page, "figure").First(p => p.Name == "p").Value);
        Assert.Equal("verified", Classes(page, "badge").Single().Value);
        Assert.Equal((string)run.Document["fingerprint"]!, Fact(page, "Fingerprint of the training images"));
        Assert.Equal("0.9", Fact(page, "ema"));
        Assert.Equal("2,000", Fact(page, "Images compared"));
        Assert.Contains("-bit vectors", Fact(page, "Device"), StringComparison.Ordinal);
        Assert.Equal(2, page.Descendants("details").First().Descendants("tbody").Single().Elements("tr").Count());
    }

    [Fact]
    public void The_doctor_says_what_ails_a_run_from_its_readings()
    {
        Tool.Run(Folder, "train", "--model", "mlp", "--init", "zeros", "--limit", "128", "--epochs", "2", "--batch", "32", "--out", "ill").Succeeded();
        XElement section = Read("ill/report.html").Descendants("section").Single(element => (string?)element.Attribute("id") == "gradient-doctor");

        Assert.Equal("vanishing", Fact(section, "Verdict"));
        Assert.Equal("critical", Fact(section, "Severity"));
        Assert.Equal("fc1", Fact(section, "Layer"));
        Assert.Contains("--init he-normal", Fact(section, "Remedy"), StringComparison.Ordinal);
        string said = section.ToString();

        // A network that goes on, or is reported later, is read from its checkpoint, which does not know how the weights began.
        Tool.Run(Folder, "train", "--resume", "--out", "ill").Succeeded();
        Assert.Equal(said, Doctor("ill/report.html"));
        Tool.Run(Folder, "report", "ill", "--out", "again.html").Succeeded();
        Assert.Equal(said, Doctor("again.html"));

        string Doctor(string page) => Read(page).Descendants("section").Single(element => (string?)element.Attribute("id") == "gradient-doctor").ToString();
    }

    [Fact]
    public void Gradient_flow_shows_every_layer_of_the_last_reading_and_three_over_time()
    {
        XElement section = Read("run/report.html").Descendants("section").Single(element => (string?)element.Attribute("id") == "gradient-flow");
        JsonNode[] readings = [.. File.ReadAllLines(run.Folder["run/health.jsonl"]).Select(line => JsonNode.Parse(line)!)];
        string[] layers = [.. readings[^1]["layers"]!.AsArray().Select(layer => (string)layer!["layer"]!)];

        Assert.Equal(["conv1", "layer1.0.conv1"], layers.Take(2));
        Assert.Equal(
            ["Activation RMS over depth", "Gradient norm over depth", "Gradient norm over time", "Update / weight over time"],
            section.Descendants("figcaption").Select(caption => caption.FirstNode!.ToString()));
        Assert.Equal(layers, section.Descendants("tbody").Single().Elements("tr").Select(row => row.Element("th")!.Value));
        XElement overTime = section.Descendants("figure").ElementAt(2);
        Assert.Equal([layers[0], layers[layers.Length / 2], layers[^1]], overTime.Descendants("li").Select(entry => entry.Element("span")!.FirstNode!.ToString().Trim()));
        Assert.Contains($"at step {(int)readings[^1]["step"]! + 1}", (string)overTime.Element("svg")!.Attribute("aria-label")!, StringComparison.Ordinal);
    }

    [Fact]
    public void Examples_are_the_surest_first_and_show_the_picture()
    {
        XElement page = Read("run/report.html");
        JsonNode evaluation = JsonNode.Parse(File.ReadAllText(run.Folder["run/report.json"]))!["evaluation"]!;

        Assert.Equal(24, page.Descendants("img").Count());
        foreach (string kind in new[] { "wrong", "right" })
        {
            JsonNode[] examples = [.. evaluation[kind]!.AsArray().Select(example => example!)];
            double[] probabilities = [.. examples.Select(example => (double)example["probability"]!)];
            Assert.Equal(12, examples.Length);
            Assert.Equal(probabilities.OrderDescending(), probabilities);
            Assert.All(examples, example => Assert.Equal(kind == "right", (int)example["label"]! == (int)example["predicted"]!));
            Assert.All(examples, example => Assert.Equal(kind == "right", (double)example["label_probability"]! == (double)example["probability"]!));
        }

        using SKBitmap picture = SKBitmap.Decode(Convert.FromBase64String(((string)page.Descendants("img").First().Attribute("src")!).Split(',')[1]));
        Assert.Equal((32, 32), (picture.Width, picture.Height));
    }

    [Fact]
    public void A_report_is_written_again_byte_by_byte_without_the_data_and_elsewhere()
    {
        byte[] before = File.ReadAllBytes(run.Folder["run/report.html"]);

        JsonNode document = Tool.Run(Folder, "report", "run", "--out", "elsewhere.html", "--json").Succeeded().Document;

        Assert.Equal(before, File.ReadAllBytes(run.Folder["elsewhere.html"]));
        Assert.Equal("elsewhere.html", (string)document["report"]!);
        JsonNode reported = document["runs"]!.AsArray().Single()!;
        Assert.Equal((double)run.Document["accuracy"]!, (double)reported["accuracy"]!);
        Assert.Equal("complete", (string)reported["outcome"]!);
        Assert.Equal(1, (double)reported["parity"]!["agreement"]!);
    }

    [Fact]
    public void A_run_that_left_no_facts_is_evaluated_where_its_data_is_and_reported_without_where_it_is_not()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        Tool.Run(folder.Path, "train", "--data", "idx:.", "--batch", "10", "--epochs", "1", "--out", "run").Succeeded();
        int[][] expected = [.. Matrix(Read(folder["run/report.html"]))];
        File.Delete(folder["run/report.json"]);
        foreach (string file in Directory.GetFiles(folder.Path))
        {
            File.Move(file, folder.Write($"moved/{Path.GetFileName(file)}", []), overwrite: true);
        }

        Outcome without = Tool.Run(folder.Path, "report", "run").Succeeded();
        Assert.Contains("note    no confusion matrix and no examples: ", without.Out, StringComparison.Ordinal);
        Assert.Equal(["Curves", "Gradient doctor", "Gradient flow", "Exported model", "Configuration", "Data"], Read(folder["run/report.html"]).Descendants("h2").Select(heading => heading.Value));

        Tool.Run(folder.Path, "report", "run", "--data", "idx:moved").Succeeded();
        XElement page = Read(folder["run/report.html"]);
        Assert.Equal(expected, Matrix(page));
        // What the run was trained with is not known any more, and not made up.
        Assert.DoesNotContain("Environment", page.Descendants("h2").Select(heading => heading.Value));

        Outcome wrong = Tool.Run(folder.Path, "report", "run", "--data", "idx:nowhere");
        Assert.Equal(0, wrong.ExitCode);
        File.Delete(folder["run/report.json"]);
        Assert.Equal(65, Tool.Run(folder.Path, "report", "run", "--data", "idx:nowhere").ExitCode);
    }

    [Fact]
    public void Names_of_classes_cannot_become_markup()
    {
        const string hostile = "<script>alert(1)<";
        using TestFolder folder = new();
        for (int i = 0; i < 4; i++)
        {
            folder.Write($"photos/train/{hostile}/{i}.png", PictureFiles.Noise(i));
            folder.Write($"photos/train/a&b\u0001/{i}.png", PictureFiles.Noise(i + 10));
            folder.Write($"photos/test/{hostile}/{i}.png", PictureFiles.Noise(i + 20));
            folder.Write($"photos/test/a&b\u0001/{i}.png", PictureFiles.Noise(i + 30));
        }

        Tool.Run(folder.Path, "train", "--data", "images:photos", "--model", "mlp", "--epochs", "1", "--batch", "4", "--size", "16", "--out", "run").Succeeded();

        XElement page = Read(folder["run/report.html"]);
        Assert.Empty(page.Descendants("script"));
        Assert.Equal([hostile, "a&b?"], Classes(page, "matrix").Single().Descendants("tbody").Elements("tr").Select(row => row.Element("th")!.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Several_runs_are_compared_by_their_differences_results_and_curves()
    {
        Tool.Run(Folder, "train", "--model", "mlp", "--limit", "128", "--epochs", "3", "--batch", "64", "--out", "second").Succeeded();

        JsonNode document = Tool.Run(Folder, "report", "run", "second", "--out", "both.html", "--json").Succeeded().Document;

        XElement page = Read(run.Folder["both.html"]);
        Assert.Equal(["Results", "Differences", "Curves"], page.Descendants("h2").Select(heading => heading.Value));
        Dictionary<string, string[]> options = document["differences"]!.AsArray().ToDictionary(o => (string)o!["option"]!, o => o!["values"]!.AsArray().Select(v => (string)v!).ToArray());
        Assert.Equal(["ema", "epochs", "limit", "model", "step-epochs", "validation"], options.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["2", "3"], options["epochs"]);
        Assert.Equal(["resnet8", "mlp"], options["model"]);
        XElement[] rows = [.. page.Descendants("tbody").First().Elements("tr")];
        Assert.Equal(["run", "second"], rows.Select(row => row.Element("th")!.Value));
        Assert.All(rows, row => Assert.Equal("verified", row.Elements("td").Last().Value));
        XElement chart = page.Descendants("figure").First();
        Assert.Equal(["run", "second"], chart.Descendants("li").Select(item => item.Value.Split(' ')[0]));
        Assert.Equal([2, 3], chart.Descendants("polyline").Select(line => ((string)line.Attribute("points")!).Split(' ').Length));
    }

    private static IEnumerable<XElement> Classes(XElement page, string name) => page.Descendants().Where(element => ((string?)element.Attribute("class") ?? "").Split(' ').Contains(name));

    private static string Fact(XElement page, string name) => page.Descendants("dt").Single(term => term.Value == name).ElementsAfterSelf("dd").Single().Value;

    private static IEnumerable<int[]> Matrix(XElement page) => Classes(page, "matrix").Single().Descendants("tbody").Elements("tr")
        .Select(row => row.Elements("td").SkipLast(1).Select(cell => int.Parse(cell.Value, System.Globalization.NumberStyles.AllowThousands, null)).ToArray());

    // The page is well-formed XML behind its first line.
    private XElement Read(string path) => XElement.Parse(File.ReadAllText(Path.Combine(Folder, path))["<!DOCTYPE html>".Length..]);
}
