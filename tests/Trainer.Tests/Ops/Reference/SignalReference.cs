using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>A tensor in six numbers, counted element by element.</summary>
internal static class SignalReference
{
    public static DoubleTensor Measure(DoubleTensor x)
    {
        int units = x.Shape[1];
        int perUnit = x.Shape.Count / x.Shape[0] / units;
        double Share(Func<double, bool> counts) => (double)x.Values.Count(counts) / x.Shape.Count;
        int dead = Enumerable.Range(0, units).Count(unit => x.Values.Where((_, i) => i / perUnit % units == unit).All(v => v == 0));
        return new DoubleTensor(
            new Shape(6),
            [
                Math.Sqrt(x.Values.Average(v => v * v)),
                x.Values.Any(double.IsNaN) ? double.NaN : x.Values.Max(Math.Abs),
                Share(v => v == 0),
                Share(v => double.IsNaN(v) || Math.Abs(v) > 0.97f),
                (double)dead / units,
                x.Values.Count(v => !double.IsFinite(v)),
            ]);
    }
}
