using System.Globalization;
using System.Text;

namespace Gimbal.Trainer.Tests.Cpu;

/// <summary>
/// Writes the text of one file of Winograd transforms: tiles of 4x4 outputs and 3x3 filters through the points 0, ±√½, ±√2 and infinity.
/// Every intermediate is a variable of its own, because the JIT keeps variables in registers and arrays in memory.
/// </summary>
/// <param name="Bits">Bits of a vector.</param>
/// <param name="SourceRows">Rows of the 6x6 transformed pixels computed in one pass over a strip: all that the registers hold.</param>
/// <param name="TargetRows">Rows of the 4x4 outputs computed in one pass.</param>
internal sealed partial record WinogradKernelSource(int Bits, int[][] SourceRows, int[][] TargetRows)
{
    /// <summary>All files.</summary>
    public static IReadOnlyList<WinogradKernelSource> All { get; } =
    [
        new(512, [[0, 1, 2], [3, 4, 5]], [[0, 2], [1, 3]]),
        new(256, [[0], [1], [2], [3], [4], [5]], [[0], [2], [1], [3]]),
        new(128, [[0], [1], [2], [3], [4], [5]], [[0], [2], [1], [3]]),
        new(32, [[0], [1], [2], [3], [4], [5]], [[0], [2], [1], [3]]),
    ];

    private const string Parameters = "float* from, nint row, nint pixel, int tiles, float* to, nint plane, nint tile";
    private const string TargetParameters = "float* from, nint plane, nint tile, int tiles, float* to, nint row, nint pixel";

    private static readonly double P = Math.Sqrt(0.5);
    private static readonly double Q = Math.Sqrt(2);

    public string FileName => $"WinogradTransforms{Bits}.g.cs";

    private VectorText Vector => new(Bits);

    public string Text()
    {
        var text = new StringBuilder();
        text.Append("// Written by tests/Trainer.Tests/Cpu/WinogradKernelSource.cs; GeneratedKernelTests says how to write it again.\n");
        text.Append("using System.Runtime.CompilerServices;\n");
        if (!Vector.IsScalar)
        {
            text.Append("using System.Runtime.Intrinsics;\n");
        }

        text.Append("\nnamespace Gimbal.Trainer.Cpu;\n\n");
        text.Append(CultureInfo.InvariantCulture, $"internal static unsafe class WinogradTransforms{Bits}\n{{\n");
        Set(text);
        Source(text);
        Target(text);
        TargetGradient(text);
        Filter(text);
        FilterGradient(text);
        text.Append("}\n");
        return text.ToString();
    }

    private static void Line(StringBuilder text, int indent, string line) => text.Append(' ', 4 * indent).Append(line).Append('\n');

    private static void Open(StringBuilder text, string name, string parameters)
    {
        text.Append('\n');
        Line(text, 1, "[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        Line(text, 1, $"public static void {name}({parameters})");
        Line(text, 1, "{");
    }

    private void Set(StringBuilder text)
    {
        Line(text, 1, "public static WinogradTransforms Set => new()");
        Line(text, 1, "{");
        Line(text, 2, $"Lanes = {Vector.Lanes},");
        foreach (string name in (string[])["Source", "Target", "TargetGradient", "Filter", "FilterGradient"])
        {
            Line(text, 2, $"{name} = &{name},");
        }

        Line(text, 1, "};");
    }

    private void Constant(StringBuilder text, string name, double value) =>
        Line(text, 2, $"{Vector.Type} {name} = {Vector.Create(((float)value).ToString("R", CultureInfo.InvariantCulture) + "f")};");

    private void Let(StringBuilder text, int indent, string name, string value) => Line(text, indent, $"{Vector.Type} {name} = {value};");

    private string Fma(string a, string b, string c) => Vector.MultiplyAdd(a, b, c);

    // Bᵀ·d for one row of B, from d0..d5.
    private string SourceRow(int row, Func<int, string> d) => row switch
    {
        0 => $"{d(0)} + {Fma("m25", d(2), d(4))}",
        1 => Fma("cp", Fma("m2", d(1), d(3)), Fma("m2", d(2), d(4))),
        2 => Fma("np", Fma("m2", d(1), d(3)), Fma("m2", d(2), d(4))),
        3 => Fma("cq", Fma("mh", d(1), d(3)), Fma("mh", d(2), d(4))),
        4 => Fma("nq", Fma("mh", d(1), d(3)), Fma("mh", d(2), d(4))),
        _ => $"{d(1)} + {Fma("m25", d(3), d(5))}",
    };

    private void Source(StringBuilder text)
    {
        Open(text, "Source", Parameters);
        Constant(text, "m2", -2);
        Constant(text, "mh", -0.5);
        Constant(text, "m25", -2.5);
        Constant(text, "cp", P);
        Constant(text, "np", -P);
        Constant(text, "cq", Q);
        Constant(text, "nq", -Q);
        foreach (int[] rows in SourceRows)
        {
            Line(text, 2, "{");
            Line(text, 3, "float* s = from;");
            Line(text, 3, $"float* o = to + ({6 * rows[0]} * plane);");
            foreach (int row in rows)
            {
                Line(text, 3, $"{Vector.Type} {string.Join(", ", Enumerable.Range(0, 6).Select(j => $"r{row}_{j}"))};");
            }

            SourceColumn(text, 3, rows, 0);
            SourceColumn(text, 3, rows, 1);
            Line(text, 3, "for (int i = 0; i < tiles; i++, o += tile)");
            Line(text, 3, "{");
            for (int j = 2; j < 6; j++)
            {
                SourceColumn(text, 4, rows, j);
            }

            foreach (int row in rows)
            {
                StoreSixth(text, 4, row - rows[0], j => $"r{row}_{j}");
                // The last two columns of a tile are the first two of the next.
                Line(text, 4, $"r{row}_0 = r{row}_4;");
                Line(text, 4, $"r{row}_1 = r{row}_5;");
            }

            Line(text, 3, "}");
            Line(text, 2, "}");
        }

        Line(text, 1, "}");
    }

    // One column of pixels: the rows of Bᵀ·d that this pass computes.
    private void SourceColumn(StringBuilder text, int indent, int[] rows, int column)
    {
        Line(text, indent, "{");
        foreach (int i in Enumerable.Range(0, 6).Where(i => rows.Any(row => SourceRow(row, k => $"d{k}").Contains($"d{i}", StringComparison.Ordinal))))
        {
            Let(text, indent + 1, $"d{i}", Vector.Load($"s + ({i} * row)"));
        }

        foreach (int half in (int[])[1, 3])
        {
            if (rows.Contains(half) || rows.Contains(half + 1))
            {
                string factor = half == 1 ? "m2" : "mh";
                Let(text, indent + 1, $"e{half}", Fma(factor, "d2", "d4"));
                Let(text, indent + 1, $"h{half}", Fma(factor, "d1", "d3"));
            }
        }

        foreach (int row in rows)
        {
            string value = row is 0 or 5
                ? SourceRow(row, k => $"d{k}")
                : Fma(row switch { 1 => "cp", 2 => "np", 3 => "cq", _ => "nq" }, row < 3 ? "h1" : "h3", row < 3 ? "e1" : "e3");
            Line(text, indent + 1, $"r{row}_{column} = {value};");
        }

        Line(text, indent + 1, "s += pixel;");
        Line(text, indent, "}");
    }

    // One row of six, times B from the right.
    private void StoreSixth(StringBuilder text, int indent, int row, Func<int, string> d)
    {
        Line(text, indent, "{");
        Let(text, indent + 1, "e1", Fma("m2", d(2), d(4)));
        Let(text, indent + 1, "h1", Fma("m2", d(1), d(3)));
        Let(text, indent + 1, "e3", Fma("mh", d(2), d(4)));
        Let(text, indent + 1, "h3", Fma("mh", d(1), d(3)));
        string[] values = [SourceRow(0, d), Fma("cp", "h1", "e1"), Fma("np", "h1", "e1"), Fma("cq", "h3", "e3"), Fma("nq", "h3", "e3"), SourceRow(5, d)];
        for (int j = 0; j < 6; j++)
        {
            Line(text, indent + 1, Vector.Store(values[j], $"o + ({(6 * row) + j} * plane)") + ";");
        }

        Line(text, indent, "}");
    }

    private void TargetConstants(StringBuilder text)
    {
        Constant(text, "c2", 2);
        Constant(text, "ch", 0.5);
        Constant(text, "cp", P);
        Constant(text, "cq", Q);
        Constant(text, "p3", P * P * P);
        Constant(text, "q3", Q * Q * Q);
    }

    // Aᵀ·m for one row of Aᵀ, from m0, m5 and the sums and differences of the pairs between.
    private string TargetRow(int row, string m0, string m5) => row switch
    {
        0 => $"{m0} + sa + sb",
        1 => Fma("cq", "db", "cp * da"),
        2 => Fma("c2", "sb", "ch * sa"),
        _ => Fma("q3", "db", Fma("p3", "da", m5)),
    };

    private void Pairs(StringBuilder text, int indent, Func<int, string> m, bool sums, bool differences)
    {
        if (sums)
        {
            Let(text, indent, "sa", $"{m(1)} + {m(2)}");
            Let(text, indent, "sb", $"{m(3)} + {m(4)}");
        }

        if (differences)
        {
            Let(text, indent, "da", $"{m(1)} - {m(2)}");
            Let(text, indent, "db", $"{m(3)} - {m(4)}");
        }
    }

    private void Target(StringBuilder text)
    {
        Open(text, "Target", TargetParameters);
        TargetConstants(text);
        Line(text, 2, "for (int i = 0; i < tiles; i++, from += tile, to += 4 * pixel)");
        Line(text, 2, "{");
        foreach (int[] rows in TargetRows)
        {
            Line(text, 3, "{");
            bool sums = rows.Any(row => row % 2 == 0);
            bool differences = rows.Any(row => row % 2 == 1);
            for (int j = 0; j < 6; j++)
            {
                Line(text, 4, $"{Vector.Type} {string.Join(", ", rows.Select(row => $"r{row}_{j}"))};");
                Line(text, 4, "{");
                Line(text, 5, $"float* m = from + ({j} * plane);");
                for (int i = rows.Contains(0) ? 0 : 1; i < (rows.Contains(3) ? 6 : 5); i++)
                {
                    Let(text, 5, $"m{i}", Vector.Load($"m + ({6 * i} * plane)"));
                }

                Pairs(text, 5, i => $"m{i}", sums, differences);
                foreach (int row in rows)
                {
                    Line(text, 5, $"r{row}_{j} = {TargetRow(row, "m0", "m5")};");
                }

                Line(text, 4, "}");
            }

            foreach (int row in rows)
            {
                Line(text, 4, "{");
                Line(text, 5, $"float* y = to + ({row} * row);");
                Pairs(text, 5, i => $"r{row}_{i}", sums: true, differences: true);
                for (int j = 0; j < 4; j++)
                {
                    Line(text, 5, Vector.Store(TargetRow(j, $"r{row}_0", $"r{row}_5"), $"y + ({j} * pixel)") + ";");
                }

                Line(text, 4, "}");
            }

            Line(text, 3, "}");
        }

        Line(text, 2, "}");
        Line(text, 1, "}");
    }

    // A·y for the rows of A in a pass, from y0..y3.
    private void Spread(StringBuilder text, int indent, int[] rows, Func<int, string> y, Func<int, string, string> assign)
    {
        foreach (int half in (int[])[1, 3])
        {
            if (rows.Contains(half) || rows.Contains(half + 1))
            {
                Let(text, indent, $"e{half}", Fma(half == 1 ? "ch" : "c2", y(2), y(0)));
                Let(text, indent, $"f{half}", half == 1 ? Fma("p3", y(3), $"cp * {y(1)}") : Fma("q3", y(3), $"cq * {y(1)}"));
            }
        }

        foreach (int row in rows)
        {
            string value = row switch { 0 => y(0), 1 => "e1 + f1", 2 => "e1 - f1", 3 => "e3 + f3", 4 => "e3 - f3", _ => y(3) };
            Line(text, indent, assign(row, value) + ";");
        }
    }

    private void TargetGradient(StringBuilder text)
    {
        Open(text, "TargetGradient", Parameters);
        TargetConstants(text);
        Line(text, 2, "for (int i = 0; i < tiles; i++, from += 4 * pixel, to += tile)");
        Line(text, 2, "{");
        foreach (int[] rows in (int[][])[[0, 1, 2], [3, 4, 5]])
        {
            Line(text, 3, "{");
            for (int j = 0; j < 4; j++)
            {
                Line(text, 4, $"{Vector.Type} {string.Join(", ", rows.Select(row => $"r{row}_{j}"))};");
                Line(text, 4, "{");
                Line(text, 5, $"float* s = from + ({j} * pixel);");
                for (int i = 0; i < 4; i++)
                {
                    Let(text, 5, $"y{i}", Vector.Load($"s + ({i} * row)"));
                }

                Spread(text, 5, rows, i => $"y{i}", (row, value) => $"r{row}_{j} = {value}");
                Line(text, 4, "}");
            }

            foreach (int row in rows)
            {
                Line(text, 4, "{");
                Line(text, 5, $"float* o = to + ({6 * row} * plane);");
                Spread(text, 5, [0, 1, 2, 3, 4, 5], i => $"r{row}_{i}", (j, value) => Vector.Store(value, $"o + ({j} * plane)"));
                Line(text, 4, "}");
            }

            Line(text, 3, "}");
        }

        Line(text, 2, "}");
        Line(text, 1, "}");
    }
}
