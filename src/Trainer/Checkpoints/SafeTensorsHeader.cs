using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gimbal.Trainer.Checkpoints;

/// <summary>What precedes the data of a safetensors file: an 8-byte little-endian length and that much JSON.</summary>
/// <param name="Entries">The tensors in the order of their data.</param>
/// <param name="Metadata">The strings under <c>__metadata__</c>.</param>
/// <param name="DigestStart">Where the 64 digits of the digest start in the JSON text, in bytes; null without a digest.</param>
internal sealed record SafeTensorsHeader(
    IReadOnlyList<SafeTensorsHeader.Entry> Entries, IReadOnlyDictionary<string, string> Metadata, int? DigestStart)
{
    public const string MetadataKey = "__metadata__";
    public const string DigestKey = "gimbal.sha256";
    public const int DigestLength = 64;
    public const int LengthBytes = sizeof(ulong);

    /// <summary>The largest header that the format's own library reads.</summary>
    public const int MaxLength = 100_000_000;

    // The default encoder would spend six bytes on every quote of the JSON and graph texts kept as metadata.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the header, length included, padded with spaces so that the data starts at a multiple of 8.</summary>
    /// <param name="tensors">The tensors in the order of their data.</param>
    /// <param name="metadata">Strings to keep, without a digest.</param>
    /// <returns>The bytes, with zeros for the digest's digits, and where these start.</returns>
    /// <exception cref="ArgumentException">The header would be too long to be read again.</exception>
    public static (byte[] Bytes, int DigestStart) Encode(IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        ArrayBufferWriter<byte> text = new();
        text.Write(stackalloc byte[LengthBytes]);
        int digestStart;
        using (Utf8JsonWriter json = new(text, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteStartObject(MetadataKey);
            json.WriteString(DigestKey, new string('0', DigestLength));
            digestStart = LengthBytes + (int)(json.BytesCommitted + json.BytesPending) - DigestLength - 1;
            foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            WriteEntries(json, tensors);
            json.WriteEndObject();
        }

        text.Write("       "u8[..(-text.WrittenCount & 7)]);
        byte[] bytes = text.WrittenSpan.ToArray();
        int length = bytes.Length - LengthBytes;
        if (length > MaxLength)
        {
            throw new ArgumentException($"names and metadata take {length} bytes; {MaxLength} is the most", nameof(metadata));
        }

        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        return (bytes, digestStart);
    }

    private static void WriteEntries(Utf8JsonWriter json, IReadOnlyList<StoredTensor> tensors)
    {
        long start = 0;
        foreach (StoredTensor tensor in tensors)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.Type.ToString());
            json.WriteStartArray("shape");
            foreach (long extent in tensor.Shape)
            {
                json.WriteNumberValue(extent);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(start);
            json.WriteNumberValue(start += tensor.ByteCount);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    /// <summary>One tensor's place: bytes <paramref name="Start"/> to <paramref name="End"/> (exclusive) of the data.</summary>
    internal sealed record Entry(string Name, StoredType Type, IReadOnlyList<long> Shape, long Count, long Start, long End);
}
