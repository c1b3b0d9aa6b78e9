using System.Xml;
using System.Xml.Linq;

namespace Gimbal.Cli.Reports;

/// <summary>Elements that several sections are made of.</summary>
internal static class Markup
{
    /// <summary>Text without the control characters that XML cannot hold; names from files may have them.</summary>
    public static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(rune =>
        rune.Value > char.MaxValue || XmlConvert.IsXmlChar((char)rune.Value) ? rune.ToString() : "?"));

    /// <summary>A paragraph.</summary>
    public static XElement Paragraph(string text, string? style = null) => new("p", ClassOf(style), Clean(text));

    /// <summary>A table with a header row and a header column; it scrolls by itself where the page is too narrow.</summary>
    /// <param name="caption">What it shows, for those who do not see it.</param>
    /// <param name="columns">Headers.</param>
    /// <param name="rows">First the row's header, then its cells.</param>
    public static XElement Table(string caption, IEnumerable<string> columns, IEnumerable<IEnumerable<string>> rows) => Scrolling(caption, new XElement("table",
        new XElement("caption", caption),
        new XElement("thead", new XElement("tr", columns.Select(column => Header("col", column)))),
        new XElement("tbody", rows.Select(row => new XElement("tr", row.Take(1).Select(cell => Header("row", cell)), row.Skip(1).Select(cell => new XElement("td", Clean(cell))))))));

    /// <summary>Names and what belongs to them; entries without a value are left out.</summary>
    /// <param name="entries">In order.</param>
    /// <param name="style">Class of the list.</param>
    public static XElement List(IEnumerable<(string Name, string? Value)> entries, string style = "facts") => new("dl",
        ClassOf(style),
        entries.Where(entry => entry.Value is not null).Select(entry => new XElement("div", new XElement("dt", Clean(entry.Name)), new XElement("dd", Clean(entry.Value!)))));

    /// <summary>A frame in which something wide scrolls, with the keyboard too.</summary>
    public static XElement Scrolling(string label, XElement content) => new("div",
        ClassOf("scroll"), new XAttribute("tabindex", "0"), new XAttribute("role", "region"), new XAttribute("aria-label", label), content);

    /// <summary>What unfolds on demand.</summary>
    public static XElement Details(string summary, XElement content) => new("details", new XElement("summary", summary), content);

    /// <summary>A header cell.</summary>
    public static XElement Header(string scope, string text) => new("th", new XAttribute("scope", scope), Clean(text));

    /// <summary>The class attribute, or nothing.</summary>
    public static XAttribute? ClassOf(string? style) => style is null ? null : new XAttribute("class", style);
}
