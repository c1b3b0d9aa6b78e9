using System.Buffers.Binary;
using System.Numerics;

namespace Gimbal.Trainer.TensorBoard;

/// <summary>TFRecord, the framing of TensorBoard's event files.</summary>
/// <remarks>
/// A record is: length (8 bytes, little-endian), masked CRC of these 8 bytes (4), content, masked CRC of the content (4). The CRC is CRC-32C;
/// masked means rotated right by 15 bits, plus 0xa282ead8.
/// </remarks>
internal static class RecordFraming
{
    private const int LengthSize = sizeof(ulong);
    private const int HeaderSize = LengthSize + sizeof(uint);
    private const uint MaskDelta = 0xa282ead8;

    /// <summary>Frames one record.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> content)
    {
        byte[] record = new byte[HeaderSize + content.Length + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(record, (ulong)content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(LengthSize), MaskedCrc(record.AsSpan(0, LengthSize)));
        content.CopyTo(record.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HeaderSize + content.Length), MaskedCrc(content));
        return record;
    }

    /// <summary>The record that begins at the start of some bytes.</summary>
    /// <param name="bytes">The rest of a file.</param>
    /// <param name="content">What the record holds.</param>
    /// <returns>Bytes the record takes; 0 where there is no whole and sound one.</returns>
    public static int Read(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (bytes.Length < HeaderSize || BinaryPrimitives.ReadUInt32LittleEndian(bytes[LengthSize..]) != MaskedCrc(bytes[..LengthSize]))
        {
            return 0;
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if (length > (ulong)bytes.Length || (int)length > bytes.Length - HeaderSize - sizeof(uint))
        {
            return 0;
        }

        ReadOnlySpan<byte> found = bytes.Slice(HeaderSize, (int)length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[(HeaderSize + found.Length)..]) != MaskedCrc(found))
        {
            return 0;
        }

        content = found;
        return HeaderSize + found.Length + sizeof(uint);
    }

    private static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte next in bytes)
        {
            crc = BitOperations.Crc32C(crc, next);
        }

        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }
}
