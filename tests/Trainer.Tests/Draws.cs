using System.Globalization;
using CsCheck;

namespace Gimbal.Trainer.Tests;

/// <summary>Draws that are the same in every run and on any number of threads: what passes once passes always, and a failure comes back.</summary>
internal static class Draws
{
    /// <summary>Environment variable that multiplies the number of draws: 100 is for whoever writes a property, and for the night.</summary>
    private const string More = "GIMBAL_DRAWS";

    private static readonly int s_times = int.Parse(Environment.GetEnvironmentVariable(More) ?? "1", NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Checks a property for the first draws of a generator.</summary>
    /// <param name="generator">What is drawn; each draw has a sequence of random numbers of its own.</param>
    /// <param name="count">Draws, ahead of the environment's multiplication.</param>
    /// <param name="check">Throws where the property does not hold.</param>
    public static void Check<T>(this Gen<T> generator, int count, Action<T> check) => Parallel.For(0, count * s_times, number =>
    {
        T drawn = Draw(generator, number);
        Exception? failure = Record.Exception(() => check(drawn));
        if (failure is not null)
        {
            throw new InvalidOperationException($"draw {number}, {CsCheck.Check.Print(drawn)}: {failure.Message}", failure);
        }
    });

    /// <summary>The draw of that number.</summary>
    public static T Draw<T>(Gen<T> generator, int number)
    {
        // Spread over all bits: the first outputs for neighbouring seeds would be alike.
        ulong seed = unchecked((ulong)(number + 1) * 0x9E3779B97F4A7C15);
        return generator.Generate(new PCG(1, seed), null, out _);
    }
}
