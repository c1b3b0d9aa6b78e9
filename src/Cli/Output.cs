using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gimbal.Cli;

/// <summary>Where a verb writes: lines for people, or one JSON document for machines.</summary>
internal sealed class Output
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    private readonly bool _isJson;
    private readonly TextWriter _stdout;
    private readonly TextWriter _people;

    /// <summary>Decides the streams.</summary>
    /// <param name="isJson">With a document on stdout, lines for people go to stderr.</param>
    public Output(bool isJson)
    {
        _isJson = isJson;
        _stdout = Console.Out;
        _people = isJson ? Console.Error : Console.Out;
        IsInteractive = !(isJson || Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 });
    }

    /// <summary>Whether a person watches a terminal that can redraw.</summary>
    public bool IsInteractive { get; }

    /// <summary>A line for people.</summary>
    /// <param name="text">The line.</param>
    /// <param name="isBlock">Whether it holds several lines of our own making.</param>
    public void Line(string text = "", bool isBlock = false) => _people.WriteLine(isBlock ? text : Printable(text));

    /// <summary>The document for machines; nothing without <c>--json</c>.</summary>
    public void Document(JsonNode document)
    {
        if (_isJson)
        {
            _stdout.WriteLine(document.ToJsonString(s_json));
        }
    }

    /// <summary><see cref="Printable"/> line by line.</summary>
    public static string PrintableLines(string text) => string.Join('\n', text.Split('\n').Select(Printable));

    /// <summary>Replaces control characters, which names from files may hold, so that they cannot steer a terminal.</summary>
    public static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}
