using System.Text.Json.Serialization;

namespace Gimbal.Mutants;

/// <summary>What became of a mutant.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Outcome>))]
internal enum Outcome
{
    /// <summary>No check told it from the original.</summary>
    Survived,

    /// <summary>A result is off, or differs between orders of threads and blocks.</summary>
    Value,

    /// <summary>The simulator refuses it: a race, an access outside, a read of what nobody wrote, a barrier some threads miss.</summary>
    Report,

    /// <summary>The process ended on its own.</summary>
    Crash,

    /// <summary>It did not come to an end.</summary>
    TimeOut,

    /// <summary>g++ refuses it: no mutant.</summary>
    Refused,
}

/// <summary>A mutant and what became of it.</summary>
/// <param name="Operator">What kind of change.</param>
/// <param name="File">Of native/cuda.</param>
/// <param name="Region">The kernel or function.</param>
/// <param name="Line">From 1.</param>
/// <param name="Before">The lines it touches.</param>
/// <param name="After">What they became.</param>
/// <param name="Ordinal">Counts mutants that say the same.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="By">The check that caught it, with its message.</param>
internal sealed record Result(string Operator, string File, string Region, int Line, string Before, string After, int Ordinal, Outcome Outcome, string By)
{
    /// <summary>As <see cref="Mutant.Key"/>.</summary>
    [JsonIgnore]
    public string Key => $"{File} {Region}: {Before} => {After}{(Ordinal > 0 ? $" #{Ordinal + 1}" : "")}";

    /// <summary>Of a mutant.</summary>
    public static Result Of(Mutant mutant, Outcome outcome, string by) =>
        new(mutant.Operator, mutant.File, mutant.Region, mutant.Line, mutant.Before, mutant.After, mutant.Ordinal, outcome, by);
}
