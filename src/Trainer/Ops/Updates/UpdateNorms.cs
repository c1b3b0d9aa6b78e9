using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Ops;

/// <summary>Whether a parameter update measures what it changes.</summary>
public enum UpdateNorms
{
    /// <summary>No.</summary>
    None,

    /// <summary>The norm of each parameter before the update and of its change, in the same pass.</summary>
    Taken,
}

/// <summary>Sums of squares over one piece of a parameter.</summary>
/// <param name="Parameter">Of its elements before the update.</param>
/// <param name="Change">Of their changes.</param>
internal readonly record struct UpdateSquares(double Parameter, double Change)
{
    /// <summary>Both sums.</summary>
    public static UpdateSquares operator +(UpdateSquares a, UpdateSquares b) => new(a.Parameter + b.Parameter, a.Change + b.Change);
}

/// <summary>What a pass over a parameter sums on the way.</summary>
internal interface IUpdateSquares
{
    /// <summary>Whether it sums anything.</summary>
    static abstract bool AreTaken { get; }

    /// <summary>The sums so far.</summary>
    UpdateSquares Sum { get; }

    /// <summary>Adds the first <paramref name="count"/> elements of a vector, or all where there are more.</summary>
    void Add(Vector<float> before, Vector<float> after, int count);
}

/// <summary>Nothing: the compiler leaves no trace of it.</summary>
internal readonly struct NoSquares : IUpdateSquares
{
    public static bool AreTaken => false;

    public UpdateSquares Sum => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector<float> before, Vector<float> after, int count)
    {
    }
}

/// <summary>Squares of floats, each of the number enlarged and of the number reduced: from 1e-28 to 1e28 one of the two neither vanishes nor overflows.</summary>
/// <remarks>Good for a thousand elements or so. Four fields: the compiler keeps them in registers.</remarks>
internal struct TakenSquares : IUpdateSquares
{
    private const float Enlarge = 4294967296f;
    private const float Reduce = 1 / Enlarge;
    private Vector<float> _parameterEnlarged;
    private Vector<float> _parameterReduced;
    private Vector<float> _changeEnlarged;
    private Vector<float> _changeReduced;

    public static bool AreTaken => true;

    public readonly UpdateSquares Sum => new(Join(_parameterEnlarged, _parameterReduced), Join(_changeEnlarged, _changeReduced));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Vector<float> before, Vector<float> after, int count)
    {
        Vector<float> change = after - before;
        if (count < Vector<float>.Count)
        {
            // Behind the last element lies padding.
            Vector<int> isInside = Vector.LessThan(Vector<int>.Indices, new Vector<int>(count));
            before = Vector.ConditionalSelect(isInside, before, Vector<float>.Zero);
            change = Vector.ConditionalSelect(isInside, change, Vector<float>.Zero);
        }

        _parameterEnlarged = AddSquares(before * Enlarge, _parameterEnlarged);
        _parameterReduced = AddSquares(before * Reduce, _parameterReduced);
        _changeEnlarged = AddSquares(change * Enlarge, _changeEnlarged);
        _changeReduced = AddSquares(change * Reduce, _changeReduced);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> AddSquares(Vector<float> x, Vector<float> sum) => Vector.FusedMultiplyAdd(x, x, sum);

    private static double Join(Vector<float> enlarged, Vector<float> reduced) =>
        Vector.Sum(enlarged) is var sum && float.IsFinite(sum) ? (double)sum * Reduce * Reduce : (double)Vector.Sum(reduced) * Enlarge * Enlarge;
}
