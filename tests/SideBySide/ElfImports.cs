using System.Buffers.Binary;
using System.Text;

namespace Gimbal.SideBySide;

/// <summary>The dynamic symbols a 64-bit little-endian ELF library imports, and the symbol versions it asks of other libraries; both can be edited in place.</summary>
/// <remarks>Layout: System V ABI, "Object files", and the Linux Standard Base, "Symbol versioning".</remarks>
public sealed class ElfImports
{
    private const uint DynamicSymbols = 11;
    private const uint VersionNeeds = 0x6ffffffe;
    private const uint VersionOfSymbols = 0x6fffffff;
    private const int SymbolSize = 24;
    private const ushort WeakVersion = 2;

    private readonly byte[] _file;
    private readonly int _symbols;
    private readonly int _symbolCount;
    private readonly int _symbolNames;
    private readonly int _symbolVersions;
    private readonly int _versionNeeds;

    private ElfImports(byte[] file)
    {
        _file = file;
        int sections = Offset(40);
        (int sectionSize, int sectionCount) = (UInt16(58), UInt16(60));
        for (int i = 0; i < sectionCount; i++)
        {
            int section = sections + (i * sectionSize);
            int start = Offset(section + 24);
            switch (UInt32(section + 4))
            {
                case DynamicSymbols:
                    (_symbols, _symbolCount) = (start, Offset(section + 32) / SymbolSize);
                    _symbolNames = Offset(sections + ((int)UInt32(section + 40) * sectionSize) + 24);
                    break;
                case VersionOfSymbols:
                    _symbolVersions = start;
                    break;
                case VersionNeeds:
                    _versionNeeds = start;
                    break;
            }
        }
    }

    /// <summary>Reads the tables of <paramref name="file"/>, which later calls edit; null if it is no such library or has no versioned imports.</summary>
    public static ElfImports? Read(byte[] file)
    {
        ArgumentNullException.ThrowIfNull(file);
        ReadOnlySpan<byte> elf64LittleEndian = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1];
        if (file.Length < 64 || !file.AsSpan().StartsWith(elf64LittleEndian))
        {
            return null;
        }

        ElfImports imports = new(file);
        return imports is { _symbols: > 0, _symbolVersions: > 0, _versionNeeds: > 0 } ? imports : null;
    }

    /// <summary>Binds every use of the imported function <paramref name="name"/> to <paramref name="substitute"/>, which must be imported too.</summary>
    /// <returns>False, and nothing edited, if either is not imported.</returns>
    public bool Redirect(string name, string substitute)
    {
        (int target, int donor) = (IndexOf(name), IndexOf(substitute));
        if (target < 0 || donor < 0)
        {
            return false;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(_file.AsSpan(_symbols + (target * SymbolSize)), UInt32(_symbols + (donor * SymbolSize)));
        BinaryPrimitives.WriteUInt16LittleEndian(_file.AsSpan(_symbolVersions + (target * 2)), (ushort)UInt16(_symbolVersions + (donor * 2)));
        return true;
    }

    /// <summary>Lets the loader go on where the library found at run time does not define the symbol version <paramref name="version"/>.</summary>
    public void MakeOptional(string version)
    {
        for (int need = _versionNeeds, next = 1; next != 0; need += next)
        {
            int entry = need + (int)UInt32(need + 8);
            for (int i = 0; i < UInt16(need + 2); i++)
            {
                if (Name(UInt32(entry + 8)) == version)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(_file.AsSpan(entry + 4), (ushort)(UInt16(entry + 4) | WeakVersion));
                }

                entry += (int)UInt32(entry + 12);
            }

            next = (int)UInt32(need + 12);
        }
    }

    private int IndexOf(string import)
    {
        for (int i = 0; i < _symbolCount; i++)
        {
            int symbol = _symbols + (i * SymbolSize);
            bool isUndefined = UInt16(symbol + 6) == 0;
            if (isUndefined && Name(UInt32(symbol)) == import)
            {
                return i;
            }
        }

        return -1;
    }

    private string Name(uint offset)
    {
        ReadOnlySpan<byte> tail = _file.AsSpan(_symbolNames + (int)offset);
        return Encoding.ASCII.GetString(tail[..tail.IndexOf((byte)0)]);
    }

    private int Offset(int position) => checked((int)BinaryPrimitives.ReadInt64LittleEndian(_file.AsSpan(position)));

    private uint UInt32(int position) => BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan(position));

    private int UInt16(int position) => BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan(position));
}
