using System.Text;
using System.Xml.Linq;

namespace Gimbal.Cli.Reports;

/// <summary>A part of a page under a heading of its own.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Content">What stands below it.</param>
internal sealed record Section(string Title, params IReadOnlyList<XElement> Content)
{
    /// <summary>The heading as the target of a link.</summary>
    public string Id => string.Join('-', Title.ToLowerInvariant().Split(' '));
}

/// <summary>One self-contained HTML file: no script, nothing from the network, readable on a phone and in the dark.</summary>
/// <remarks>Elements are XML trees, so that no text, and names of classes come from files, can become markup.</remarks>
/// <param name="Title">Of the window and of the page.</param>
/// <param name="Lead">What stands below the title.</param>
/// <param name="Sections">The rest, in order.</param>
internal sealed record Page(string Title, IReadOnlyList<XElement> Lead, IReadOnlyList<Section> Sections)
{
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    /// <summary>The file.</summary>
    public byte[] ToHtml()
    {
        XElement html = new("html",
            new XAttribute("lang", "en"),
            new XElement("head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                Meta("viewport", "width=device-width, initial-scale=1"),
                Meta("color-scheme", "light dark"),
                Meta("generator", "Gimbal"),
                new XElement("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", Policy)),
                new XElement("title", Markup.Clean(Title)),
                new XElement("style", Style())),
            new XElement("body",
                new XElement("header", new XElement("h1", Markup.Clean(Title)), Lead),
                new XElement("nav", new XAttribute("aria-label", "Sections"), new XElement("ul", Sections.Select(section =>
                    new XElement("li", new XElement("a", new XAttribute("href", $"#{section.Id}"), section.Title))))),
                new XElement("main", Sections.Select(section => new XElement("section",
                    new XAttribute("id", section.Id), new XAttribute("aria-labelledby", $"{section.Id}-title"),
                    new XElement("h2", new XAttribute("id", $"{section.Id}-title"), section.Title),
                    section.Content)))));
        return Encoding.UTF8.GetBytes($"<!DOCTYPE html>\n{html.ToString(SaveOptions.DisableFormatting)}\n");
    }

    private static XElement Meta(string name, string content) => new("meta", new XAttribute("name", name), new XAttribute("content", content));

    private static string Style()
    {
        using StreamReader reader = new(typeof(Page).Assembly.GetManifestResourceStream("report.css")!);
        return reader.ReadToEnd();
    }
}
