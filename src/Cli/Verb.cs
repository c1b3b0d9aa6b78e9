using System.CommandLine;

namespace Gimbal.Cli;

/// <summary>One command of the tool: its flags and what it does.</summary>
internal abstract class Verb
{
    /// <summary>Prints one JSON document on stdout; everything else goes to stderr.</summary>
    protected Option<bool> Json { get; } = new("--json") { Description = "print one JSON document on stdout, everything else on stderr" };

    /// <summary>Whether the verb looks at its token and has something to save; the others end at the first Ctrl+C, which harms nothing: files are replaced whole.</summary>
    public virtual bool StopsByItself => false;

    /// <summary>The command with its flags.</summary>
    public Command ToCommand()
    {
        Command command = Describe();
        command.Options.Add(Json);
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(parsed, new Output(parsed.GetValue(Json)), cancellation)));
        return command;
    }

    /// <summary>Name, description, arguments and flags.</summary>
    protected abstract Command Describe();

    /// <summary>Does it.</summary>
    /// <returns>The exit code.</returns>
    protected abstract int Run(ParseResult parsed, Output output, CancellationToken cancellation);
}
