using System.Buffers.Binary;
using System.Text;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>A value of an event as the file's bytes say.</summary>
/// <param name="Step">Of the event.</param>
/// <param name="Tag">Of the value; <c>version</c> where the event is the file's version.</param>
/// <param name="Scalar">Where it is one.</param>
/// <param name="Fields">Every length-delimited field of the value by its number.</param>
internal sealed record LoggedValue(long Step, string Tag, float? Scalar, ILookup<int, byte[]> Fields);

/// <summary>
/// Reads an event file with nothing of the product's: the framing of TFRecord (length, masked CRC-32C of the length, content, masked CRC-32C of the
/// content) and the wire format of protocol buffers (a varint of number and type in front of each field) from their descriptions.
/// </summary>
internal static class EventFileReader
{
    private const uint Polynomial = 0x82f63b78;

    /// <summary>Every value of a file, in order.</summary>
    /// <exception cref="InvalidDataException">A record is damaged or cut short.</exception>
    public static IReadOnlyList<LoggedValue> Read(byte[] file)
    {
        List<LoggedValue> values = [];
        for (int at = 0; at < file.Length;)
        {
            byte[] content = Record(file, ref at);
            values.AddRange(Values(content));
        }

        return values;
    }

    /// <summary>CRC-32C, bit by bit.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte next in bytes)
        {
            crc ^= next;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }
        }

        return ~crc;
    }

    /// <summary>Fields of a message: number, wire type, and the bytes of the value (varints as 8 bytes).</summary>
    public static IEnumerable<(int Number, int Type, byte[] Value)> Fields(byte[] message)
    {
        for (int at = 0; at < message.Length;)
        {
            ulong key = Varint(message, ref at);
            int length = (int)(key & 7) switch
            {
                0 => 0,
                1 => 8,
                2 => (int)Varint(message, ref at),
                5 => 4,
                _ => throw new InvalidDataException($"wire type {key & 7}"),
            };
            byte[] value = (key & 7) == 0 ? BitConverter.GetBytes(Varint(message, ref at)) : message[at..(at + length)];
            at += length;
            yield return ((int)(key >> 3), (int)(key & 7), value);
        }
    }

    private static byte[] Record(byte[] file, ref int at)
    {
        if (file.Length - at < 16)
        {
            throw new InvalidDataException($"record at {at} is cut short");
        }

        int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at)));
        Check(file.AsSpan(at, 8), file.AsSpan(at + 8), at);
        if (length > file.Length - at - 16)
        {
            throw new InvalidDataException($"record at {at} is cut short");
        }

        byte[] content = file[(at + 12)..(at + 12 + length)];
        Check(content, file.AsSpan(at + 12 + length), at);
        at += 16 + length;
        return content;
    }

    private static void Check(ReadOnlySpan<byte> content, ReadOnlySpan<byte> stored, int at)
    {
        uint crc = Crc32C(content);
        uint masked = unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
        if (BinaryPrimitives.ReadUInt32LittleEndian(stored) != masked)
        {
            throw new InvalidDataException($"record at {at}: wrong checksum");
        }
    }

    private static IEnumerable<LoggedValue> Values(byte[] content)
    {
        // Event: wall_time = 1 (double), step = 2 (varint), file_version = 3, summary = 5. Summary: value = 1. Value: tag = 1, simple_value = 2 (float).
        (int Number, int Type, byte[] Value)[] fields = [.. Fields(content)];
        Assert.Contains(fields, field => field is (1, 1, _) && BitConverter.ToDouble(field.Value) > 1.7e9);
        long step = fields.Where(field => field.Number == 2).Select(field => BitConverter.ToInt64(field.Value)).FirstOrDefault();
        foreach ((int _, int _, byte[] version) in fields.Where(field => field.Number == 3))
        {
            yield return new LoggedValue(step, "version", null, new[] { version }.ToLookup(_ => 3));
        }

        foreach (byte[] summary in fields.Where(field => field.Number == 5).Select(field => field.Value))
        {
            foreach (byte[] value in Fields(summary).Where(field => field.Number == 1).Select(field => field.Value))
            {
                (int Number, int Type, byte[] Value)[] parts = [.. Fields(value)];
                string tag = Encoding.UTF8.GetString(parts.Single(part => part.Number == 1).Value);
                byte[]? scalar = parts.SingleOrDefault(part => part is { Number: 2, Type: 5 }).Value;
                yield return new LoggedValue(step, tag, scalar is null ? null : BitConverter.ToSingle(scalar), parts.Where(part => part.Type == 2).ToLookup(part => part.Number, part => part.Value));
            }
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
