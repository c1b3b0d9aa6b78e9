using System.Globalization;
using System.Text;

namespace Gimbal.Trainer.Tests.Cpu;

/// <summary>
/// Writes the text of one micro-kernel file: products of a few rows with one packed panel, every accumulator a variable of its own,
/// because the JIT keeps variables in registers and arrays in memory.
/// </summary>
internal sealed record MicroKernelSource(int Bits, int WideVectors, int WideRows, int NarrowRows, int ShortRows)
{
    /// <summary>All files, by the number of bits of a vector; 32 bits is one float, for processors without vectors.</summary>
    public static IReadOnlyList<MicroKernelSource> All { get; } =
    [
        new(512, WideVectors: 2, WideRows: 8, NarrowRows: 16, ShortRows: 4),
        new(256, WideVectors: 2, WideRows: 6, NarrowRows: 12, ShortRows: 2),
        new(128, WideVectors: 2, WideRows: 4, NarrowRows: 8, ShortRows: 2),
        new(32, WideVectors: 4, WideRows: 2, NarrowRows: 4, ShortRows: 2),
    ];

    private const int RowsPerPointer = 3;

    public string FileName => $"MicroKernels{Bits}.g.cs";

    private VectorText Vector => new(Bits);

    public string Text()
    {
        var text = new StringBuilder();
        text.Append("// Written by tests/Trainer.Tests/Cpu/MicroKernelSource.cs; GeneratedKernelTests says how to write it again.\n");
        text.Append("using System.Runtime.CompilerServices;\n");
        if (!Vector.IsScalar)
        {
            text.Append("using System.Runtime.Intrinsics;\n");
        }

        text.Append("\nnamespace Gimbal.Trainer.Cpu;\n\n");
        text.Append(CultureInfo.InvariantCulture, $"internal static unsafe class MicroKernels{Bits}\n{{\n");
        Set(text);
        Kernel(text, "Wide", WideRows, WideVectors);
        Kernel(text, "WideShort", ShortRows, WideVectors);
        Kernel(text, "Narrow", NarrowRows, 1);
        Kernel(text, "NarrowShort", ShortRows, 1);
        text.Append("}\n");
        return text.ToString();
    }

    private void Set(StringBuilder text)
    {
        Line(text, 1, $"public static MicroKernels Set => new()");
        Line(text, 1, $"{{");
        Line(text, 2, $"WideColumns = {WideVectors * Vector.Lanes},");
        Line(text, 2, $"NarrowColumns = {Vector.Lanes},");
        Line(text, 2, $"WideRows = {WideRows},");
        Line(text, 2, $"NarrowRows = {NarrowRows},");
        Line(text, 2, $"ShortRows = {ShortRows},");
        Line(text, 2, $"Wide = &Wide,");
        Line(text, 2, $"WideShort = &WideShort,");
        Line(text, 2, $"Narrow = &Narrow,");
        Line(text, 2, $"NarrowShort = &NarrowShort,");
        Line(text, 1, $"}};");
    }

    private static void Line(StringBuilder text, int indent, FormattableString line) =>
        text.Append(' ', 4 * indent).Append(FormattableString.Invariant(line)).Append('\n');

    // Three rows share a pointer: base, base + stride and base + 2 * stride are addressing modes, more would need registers.
    private static string Element(int row) => (row % RowsPerPointer) switch
    {
        0 => $"*a{row}",
        1 => $"a{row - 1}[rowA]",
        _ => $"a{row - 2}[2 * rowA]",
    };

    private void Kernel(StringBuilder text, string name, int rows, int vectors)
    {
        text.Append('\n');
        Line(text, 1, $"[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        Line(text, 1, $"public static void {name}(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)");
        Line(text, 1, $"{{");
        ForEach(rows, vectors, (i, j) => Line(text, 2, $"{Vector.Type} c{i}_{j} = {Vector.Load($"start + ({i} * rowStart) + {j * Vector.Lanes}")};"));
        for (int i = 0; i < rows; i += RowsPerPointer)
        {
            Line(text, 2, $"float* a{i} = a + ({i} * rowA);");
        }

        Line(text, 2, $"for (nint k = 0; k < inner; k++)");
        Line(text, 2, $"{{");
        for (int j = 0; j < vectors; j++)
        {
            Line(text, 3, $"{Vector.Type} b{j} = {Vector.Load($"b + {j * Vector.Lanes}")};");
        }

        for (int i = 0; i < rows; i++)
        {
            Line(text, 3, $"{Vector.Type} x{i} = {Vector.Create(Element(i))};");
            for (int j = 0; j < vectors; j++)
            {
                Line(text, 3, $"c{i}_{j} = {Vector.MultiplyAdd($"x{i}", $"b{j}", $"c{i}_{j}")};");
            }
        }

        Line(text, 3, $"b += {vectors * Vector.Lanes};");
        for (int i = 0; i < rows; i += RowsPerPointer)
        {
            Line(text, 3, $"a{i} += stepA;");
        }

        Line(text, 2, $"}}");
        text.Append('\n');
        ForEach(rows, vectors, (i, j) => Line(text, 2, $"{Vector.Store($"c{i}_{j}", $"c + ({i} * rowC) + {j * Vector.Lanes}")};"));
        Line(text, 1, $"}}");
    }

    private static void ForEach(int rows, int vectors, Action<int, int> action)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < vectors; j++)
            {
                action(i, j);
            }
        }
    }
}
