using System.Globalization;

namespace Gimbal.Cli.Reports;

/// <summary>How numbers are written.</summary>
internal static class Figures
{
    /// <summary>Three or four significant digits.</summary>
    public static string Short(double value) => !double.IsFinite(value) ? "not finite"
        : value == 0 ? "0"
        : (Math.Abs(value) is >= 0.001 and < 100_000 ? value.ToString(Math.Abs(value) < 1 ? "0.####" : "0.###", CultureInfo.InvariantCulture) : Scientific(value));

    /// <summary>Two significant digits and a power of ten.</summary>
    public static string Scientific(double value) => value.ToString("0.#e+0", CultureInfo.InvariantCulture);

    /// <summary>A share of 1 in percent; number and sign stay on one line.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.##}\u00a0%");

    /// <summary>A whole number with separators.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Seconds, minutes or hours.</summary>
    public static string Duration(double seconds) => seconds < 100
        ? FormattableString.Invariant($"{seconds:0.0} s")
        : seconds < 6000 ? FormattableString.Invariant($"{seconds / 60:0.0} min") : FormattableString.Invariant($"{seconds / 3600:0.0} h");
}
