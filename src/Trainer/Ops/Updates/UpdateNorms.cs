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
internal readonly record struct UpdateSquares(double Parameter, double Change);

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

/// <summary>Squares in double: changes may be smaller than the root of the smallest float.</summary>
internal struct TakenSquares : IUpdateSquares
{
    private Vector<double> _parameterLow;
    private Vector<double> _parameterHigh;
    private Vector<double> _changeLow;
    private Vector<double> _changeHigh;

    public static bool AreTaken => true;

    public readonly UpdateSquares Sum => new(Vector.Sum(_parameterLow + _parameterHigh), Vector.Sum(_changeLow + _changeHigh));

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

        Vector.Widen(before, out Vector<double> low, out Vector<double> high);
        _parameterLow += low * low;
        _parameterHigh += high * high;
        Vector.Widen(change, out low, out high);
        _changeLow += low * low;
        _changeHigh += high * high;
    }
}
