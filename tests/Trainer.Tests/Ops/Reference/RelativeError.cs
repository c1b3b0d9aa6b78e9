namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>How far two tensors are apart: max|a − b| / max|b|.</summary>
public static class RelativeError
{
    /// <summary>0 where both are equal; infinite where only one is not a number, infinities differ, or b is zero and a is not.</summary>
    public static double Of(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        double difference = 0;
        double scale = 0;
        for (int i = 0; i < b.Count; i++)
        {
            if (a[i].Equals(b[i]))
            {
                scale = double.IsFinite(b[i]) ? Math.Max(scale, Math.Abs(b[i])) : scale;
                continue;
            }

            if (!double.IsFinite(a[i]) || !double.IsFinite(b[i]))
            {
                return double.PositiveInfinity;
            }

            difference = Math.Max(difference, Math.Abs(a[i] - b[i]));
            scale = Math.Max(scale, Math.Abs(b[i]));
        }

        return difference == 0 ? 0 : difference / scale;
    }
}
