using System.CommandLine;
using System.CommandLine.Parsing;

namespace Gimbal.Cli;

/// <summary>Says in one line what is wrong with a command line.</summary>
internal static class UsageErrors
{
    /// <summary>The first error, with the nearest known word where one was misspelt; null if there is none.</summary>
    public static string? Describe(ParseResult parsed)
    {
        // A shell that asks for completions hands over an unfinished line, which is no misuse.
        if (parsed.Tokens.Any(token => token.Type == TokenType.Directive))
        {
            return null;
        }

        Command command = parsed.CommandResult.Command;
        string where = PathOf(command);
        // A misspelt flag is taken for an argument where the verb has one.
        string? unknown = parsed.Tokens.FirstOrDefault(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))?.Value
            ?? (parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null);
        if (unknown is not null)
        {
            bool isFlag = unknown.StartsWith('-');
            IEnumerable<string> known = isFlag ? command.Options.Select(option => option.Name) : command.Subcommands.Select(sub => sub.Name);
            string near = NearestName.Of(unknown.Split('=')[0], known) is { } name ? $"; did you mean {name}?" : $"; '{where} --help' lists what there is";
            return $"{Output.Printable(unknown)}: unknown {(isFlag ? "flag" : command.Subcommands.Count > 0 ? "verb" : "argument")} ({where}){near}";
        }

        return parsed.Errors.Count == 0 ? null : $"{Output.Printable(parsed.Errors[0].Message.TrimEnd('.'))} ({where}); '{where} --help' lists what there is";
    }

    private static string PathOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : "gimbal";
}
