using System.Text;

namespace Gimbal.Trainer.Tests.Cpu;

/// <summary>The transforms of the filter and of its gradient.</summary>
internal sealed partial record WinogradKernelSource
{
    private void FilterConstants(StringBuilder text)
    {
        Constant(text, "k1", -2.0 / 3);
        Constant(text, "k1h", -1.0 / 3);
        Constant(text, "k2", 1.0 / 6);
        Constant(text, "k22", 1.0 / 3);
        Constant(text, "kp", -2.0 / 3 * P);
        Constant(text, "kq", Q / 6);
    }

    // G·g for all six rows of G, from g0..g2.
    private void Widen(StringBuilder text, int indent, Func<int, string> g, Func<int, string, string> assign)
    {
        Let(text, indent, "e1", Fma("k1h", g(2), $"k1 * {g(0)}"));
        Let(text, indent, "e3", Fma("k22", g(2), $"k2 * {g(0)}"));
        Let(text, indent, "f1", $"kp * {g(1)}");
        Let(text, indent, "f3", $"kq * {g(1)}");
        string[] values = [g(0), "e1 + f1", "e1 - f1", "e3 + f3", "e3 - f3", g(2)];
        for (int i = 0; i < 6; i++)
        {
            Line(text, indent, assign(i, values[i]) + ";");
        }
    }

    private void Filter(StringBuilder text)
    {
        Open(text, "Filter", "float* from, nint tap, int count, float* to, nint plane");
        FilterConstants(text);
        Line(text, 2, $"for (int i = 0; i < count; i += {Vector.Lanes}, from += {Vector.Lanes}, to += {Vector.Lanes})");
        Line(text, 2, "{");
        for (int j = 0; j < 3; j++)
        {
            Line(text, 3, $"{Vector.Type} {string.Join(", ", Enumerable.Range(0, 6).Select(row => $"r{row}_{j}"))};");
            Line(text, 3, "{");
            for (int i = 0; i < 3; i++)
            {
                Let(text, 4, $"g{i}", Vector.Load($"from + ({(3 * i) + j} * tap)"));
            }

            Widen(text, 4, i => $"g{i}", (row, value) => $"r{row}_{j} = {value}");
            Line(text, 3, "}");
        }

        for (int row = 0; row < 6; row++)
        {
            Line(text, 3, "{");
            Widen(text, 4, i => $"r{row}_{i}", (j, value) => Vector.Store(value, $"to + ({(6 * row) + j} * plane)"));
            Line(text, 3, "}");
        }

        Line(text, 2, "}");
        Line(text, 1, "}");
    }

    // Gᵀ·u for one row of Gᵀ, from u0, u5 and the sums and differences of the pairs between.
    private string NarrowRow(int row, string u0, string u5) => row switch
    {
        0 => Fma("k2", "sb", Fma("k1", "sa", u0)),
        1 => Fma("kq", "db", "kp * da"),
        _ => Fma("k22", "sb", Fma("k1h", "sa", u5)),
    };

    private void FilterGradient(StringBuilder text)
    {
        Open(text, "FilterGradient", "float* from, nint plane, int count, float* to, nint tap");
        FilterConstants(text);
        Line(text, 2, $"for (int i = 0; i < count; i += {Vector.Lanes}, from += {Vector.Lanes}, to += {Vector.Lanes})");
        Line(text, 2, "{");
        for (int row = 0; row < 3; row++)
        {
            Line(text, 3, "{");
            for (int j = 0; j < 6; j++)
            {
                Line(text, 4, $"{Vector.Type} r{j};");
                Line(text, 4, "{");
                for (int i = row == 0 ? 0 : 1; i < (row == 2 ? 6 : 5); i++)
                {
                    Let(text, 5, $"u{i}", Vector.Load($"from + ({(6 * i) + j} * plane)"));
                }

                Pairs(text, 5, i => $"u{i}", row != 1, row == 1);
                Line(text, 5, $"r{j} = {NarrowRow(row, "u0", "u5")};");
                Line(text, 4, "}");
            }

            Line(text, 4, "{");
            Pairs(text, 5, i => $"r{i}", sums: true, differences: true);
            for (int j = 0; j < 3; j++)
            {
                Line(text, 5, Vector.Store(NarrowRow(j, "r0", "r5"), $"to + ({(3 * row) + j} * tap)") + ";");
            }

            Line(text, 4, "}");
            Line(text, 3, "}");
        }

        Line(text, 2, "}");
        Line(text, 1, "}");
    }
}
