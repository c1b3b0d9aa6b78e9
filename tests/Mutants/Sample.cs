using System.Security.Cryptography;
using System.Text;

namespace Gimbal.Mutants;

/// <summary>Which mutants run, chosen by a digest of what each says: one that is chosen stays chosen when others come or go.</summary>
internal static class Sample
{
    // What an operator makes so few of all run.
    private const int Few = 30;

    /// <summary>Chooses: all of rare operators, one of every function, then one of every function and operator, then a second one, and so on. In that order: a run that is cut off has a fair share.</summary>
    /// <param name="mutants">All there are.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Another seed, another choice.</param>
    public static IReadOnlyList<Mutant> Of(IReadOnlyList<Mutant> mutants, int count, int seed)
    {
        Dictionary<Mutant, string> draws = mutants.ToDictionary(mutant => mutant, mutant => Draw(mutant, seed));
        HashSet<string> rare = [.. mutants.GroupBy(mutant => mutant.Operator).Where(those => those.Count() < Few).Select(those => those.Key)];
        // Not every swapped name compiles.
        HashSet<Mutant> ofFunctions = [.. mutants.GroupBy(mutant => (mutant.File, mutant.Region))
            .Select(those => those.OrderBy(mutant => mutant.Operator == "swap" ? 1 : 0).ThenBy(mutant => draws[mutant], StringComparer.Ordinal).First())];
        IEnumerable<(Mutant Mutant, int Rank)> ranked = mutants.GroupBy(mutant => (mutant.File, mutant.Region, mutant.Operator))
            .SelectMany(those => those.OrderBy(mutant => draws[mutant], StringComparer.Ordinal).Select((mutant, rank) => (mutant, rank)));
        return [.. ranked
            .OrderBy(entry => rare.Contains(entry.Mutant.Operator) || ofFunctions.Contains(entry.Mutant) ? -1 : entry.Rank)
            .ThenBy(entry => draws[entry.Mutant], StringComparer.Ordinal).Take(count).Select(entry => entry.Mutant)];
    }

    private static string Draw(Mutant mutant, int seed) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {mutant.Key}")));
}
