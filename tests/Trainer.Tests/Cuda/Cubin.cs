using System.Buffers.Binary;
using System.Text;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>What one kernel takes of a multiprocessor.</summary>
/// <param name="Kernel">Its name.</param>
/// <param name="Registers">Of each thread.</param>
/// <param name="SharedBytes">Static shared memory of each block.</param>
/// <param name="StackBytes">Of each thread, in local memory: spilled registers, or arrays the compiler could not keep in registers.</param>
internal sealed record KernelResources(string Kernel, int Registers, int SharedBytes, int StackBytes);

/// <summary>Reads the machine code of a family of kernels: an ELF file whose section .nv.info has numbers for each symbol.</summary>
internal static class Cubin
{
    private const string Code = ".text.";
    private const string Shared = ".nv.shared.";
    private const int SymbolBytes = 24;
    private const byte SizedValue = 4;
    private const byte FrameSize = 0x11;
    private const byte LeastStack = 0x12;
    private const byte RegisterCount = 0x2f;

    /// <summary>The kernels, by name.</summary>
    public static IReadOnlyList<KernelResources> Read(ReadOnlySpan<byte> file)
    {
        List<Section> sections = ReadSections(file);
        Section symbols = sections.Single(section => section.Name == ".symtab");
        Section names = sections.Single(section => section.Name == ".strtab");
        Dictionary<(string Symbol, byte Attribute), int> numbers = [];
        ReadOnlySpan<byte> info = Bytes(file, sections.Single(section => section.Name == ".nv.info"));
        while (info.Length >= 4)
        {
            int length = info[0] == SizedValue ? BinaryPrimitives.ReadUInt16LittleEndian(info[2..]) : 0;
            if (info[0] == SizedValue && info[1] is FrameSize or LeastStack or RegisterCount)
            {
                int symbol = BinaryPrimitives.ReadInt32LittleEndian(info[4..]);
                int name = BinaryPrimitives.ReadInt32LittleEndian(Bytes(file, symbols)[(symbol * SymbolBytes)..]);
                numbers[(Text(Bytes(file, names), name), info[1])] = BinaryPrimitives.ReadInt32LittleEndian(info[8..]);
            }

            info = info[(4 + length)..];
        }

        return
        [
            .. sections.Where(section => section.Name.StartsWith(Code, StringComparison.Ordinal)).Select(section => section.Name[Code.Length..])
                .Order(StringComparer.Ordinal)
                .Select(kernel => new KernelResources(
                    kernel,
                    numbers[(kernel, RegisterCount)],
                    sections.Where(section => section.Name == Shared + kernel).Sum(section => section.Size),
                    Math.Max(numbers[(kernel, FrameSize)], numbers[(kernel, LeastStack)]))),
        ];
    }

    private static List<Section> ReadSections(ReadOnlySpan<byte> file)
    {
        int table = (int)BinaryPrimitives.ReadInt64LittleEndian(file[40..]);
        int entry = BinaryPrimitives.ReadUInt16LittleEndian(file[58..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(file[60..]);
        int nameTable = BinaryPrimitives.ReadUInt16LittleEndian(file[62..]);
        int names = (int)BinaryPrimitives.ReadInt64LittleEndian(file[(table + (nameTable * entry) + 24)..]);
        List<Section> sections = [];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = file[(table + (i * entry))..];
            string name = Text(file[names..], BinaryPrimitives.ReadInt32LittleEndian(header));
            sections.Add(new Section(name, (int)BinaryPrimitives.ReadInt64LittleEndian(header[24..]), (int)BinaryPrimitives.ReadInt64LittleEndian(header[32..])));
        }

        return sections;
    }

    private static ReadOnlySpan<byte> Bytes(ReadOnlySpan<byte> file, Section section) => file.Slice(section.Offset, section.Size);

    private static string Text(ReadOnlySpan<byte> table, int at)
    {
        ReadOnlySpan<byte> rest = table[at..];
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]);
    }

    private sealed record Section(string Name, int Offset, int Size);
}
