using System.CommandLine;

namespace Gimbal.Cli;

/// <summary><c>gimbal bench</c>: how fast this machine trains and infers, a verb for each way of looking at it.</summary>
internal static class BenchVerbs
{
    /// <summary>The command with its verbs below it.</summary>
    public static Command ToCommand()
    {
        Command command = new("bench", "measure speed: training beside a rival, every step of a plan, inference");
        foreach (Verb verb in new Verb[] { new BenchTrainVerb(), new BenchKernelsVerb(), new BenchInferenceVerb() })
        {
            command.Subcommands.Add(verb.ToCommand());
        }

        return command;
    }
}
