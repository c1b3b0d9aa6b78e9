using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Checkpoints;

/// <summary>Content of a safetensors file: named arrays and metadata strings.</summary>
/// <remarks>
/// What is written carries a digest in its metadata: <c>gimbal.sha256</c>, the SHA-256 of the whole file with the digest's own 64
/// digits taken as '0'. Reading checks it, so that every changed bit is found, in names and metadata too; files of other programs
/// have none and are checked for form only. Equal content gives equal bytes. Format: https://github.com/huggingface/safetensors.
/// </remarks>
public sealed class SafeTensors
{
    private readonly List<StoredTensor> _tensors;
    private readonly Dictionary<string, string> _metadata;

    /// <summary>Collects what to write.</summary>
    /// <param name="tensors">Arrays with distinct names.</param>
    /// <param name="metadata">Strings; <c>gimbal.sha256</c> is the writer's own.</param>
    /// <exception cref="ArgumentException">A name appears twice, is reserved, or is not valid Unicode.</exception>
    public SafeTensors(IEnumerable<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        // Wide elements first: then each array is aligned to its element size, for readers that map the file.
        _tensors = [.. tensors.OrderByDescending(t => StoredTensor.SizeOf(t.Type)).ThenBy(t => t.Name, StringComparer.Ordinal)];
        _metadata = metadata is null ? [] : new(metadata);
        HashSet<string> names = [SafeTensorsHeader.MetadataKey];
        foreach (StoredTensor tensor in _tensors)
        {
            RequireUnicode(tensor.Name);
            if (!names.Add(tensor.Name))
            {
                throw new ArgumentException($"tensor name {tensor.Name} is reserved or appears twice", nameof(tensors));
            }
        }

        foreach ((string key, string value) in _metadata)
        {
            RequireUnicode(key);
            RequireUnicode(value);
        }

        if (_metadata.ContainsKey(SafeTensorsHeader.DigestKey))
        {
            throw new ArgumentException($"metadata {SafeTensorsHeader.DigestKey} is reserved", nameof(metadata));
        }
    }

    /// <summary>The arrays in the order of their data.</summary>
    public IReadOnlyList<StoredTensor> Tensors => _tensors;

    /// <summary>The metadata strings, without the digest.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Whether this was read from a file with a digest, which agreed.</summary>
    public bool DigestChecked { get; private init; }

    /// <summary>Bytes of the file that <see cref="Write(Stream)"/> produces.</summary>
    public long Length => SafeTensorsHeader.Encode(_tensors, _metadata).Bytes.Length + _tensors.Sum(t => (long)t.ByteCount);

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataFileException">It does not exist, is not a safetensors file, or its digest does not agree.</exception>
    /// <exception cref="DiskException">The system cannot read it.</exception>
    public static SafeTensors Read(string path) => Read(FileOperations.OfThisSystem, path);

    /// <summary>Reads a whole seekable stream; nothing is allocated for an array before its place in the stream has been checked.</summary>
    /// <param name="stream">The bytes, read from the stream's start.</param>
    /// <param name="path">What to call the stream in errors.</param>
    /// <exception cref="DataFileException">It is not a safetensors file, or its digest does not agree.</exception>
    public static SafeTensors Read(Stream stream, string path)
    {
        ArgumentNullException.ThrowIfNull(stream);
        long length = stream.Length;
        byte[] prefix = new byte[SafeTensorsHeader.LengthBytes];
        if (length < prefix.Length)
        {
            throw new DataFileException(path, $"has {length} bytes; a safetensors file starts with the 8-byte length of its header");
        }

        stream.Position = 0;
        stream.ReadExactly(prefix);
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > SafeTensorsHeader.MaxLength)
        {
            throw new DataFileException(path, $"is no safetensors file: its header would have {headerLength} bytes, {SafeTensorsHeader.MaxLength} is the most (byte 0)");
        }

        long dataLength = length - prefix.Length - (long)headerLength;
        if (dataLength < 0)
        {
            throw new DataFileException(path, $"the header of {headerLength} bytes runs past the end of the file, which has {length}; the file is truncated or damaged (byte 0)");
        }

        byte[] text = new byte[headerLength];
        stream.ReadExactly(text);
        SafeTensorsHeader header = SafeTensorsHeaderParser.Parse(text, dataLength, path);
        List<StoredTensor> tensors = ReadData(stream, header);
        if (header.DigestStart is int start)
        {
            Span<byte> digits = text.AsSpan(start, SafeTensorsHeader.DigestLength);
            byte[] expected = digits.ToArray();
            digits.Fill((byte)'0');
            if (!Digest([prefix, text], tensors).AsSpan().SequenceEqual(expected))
            {
                throw new DataFileException(path, $"does not agree with its own digest; the file is damaged (metadata {SafeTensorsHeader.DigestKey})");
            }
        }

        return new(tensors, header.Metadata) { DigestChecked = header.DigestStart is not null };
    }

    /// <summary>Writes the content, digest included.</summary>
    /// <exception cref="ArgumentException">Names and metadata take more than 100,000,000 bytes.</exception>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (byte[] header, int digestStart) = SafeTensorsHeader.Encode(_tensors, _metadata);
        Digest([header], _tensors).CopyTo(header, digestStart);
        stream.Write(header);
        foreach (StoredTensor tensor in _tensors)
        {
            stream.Write(tensor.Bytes);
        }
    }

    /// <summary>Writes the content to a file by way of <see cref="DurableFile"/>.</summary>
    /// <exception cref="DiskException">The file could not be written; what it held before is untouched.</exception>
    public void Write(string path) => DurableFile.Write(path, Write, Length);

    internal static SafeTensors Read(FileOperations files, string path)
    {
        try
        {
            using Stream stream = files.Open(path);
            return Read(stream, path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "no such file", e);
        }
        catch (Exception e) when (DiskException.Explains(e))
        {
            throw DiskException.From(path, "read", e);
        }
    }

    private static List<StoredTensor> ReadData(Stream stream, SafeTensorsHeader header)
    {
        List<StoredTensor> tensors = [];
        foreach (SafeTensorsHeader.Entry entry in header.Entries)
        {
            StoredTensor tensor = StoredTensor.Allocate(entry.Name, entry.Type, entry.Shape, entry.Count);
            stream.ReadExactly(tensor.Bytes);
            tensors.Add(tensor);
        }

        return tensors;
    }

    private static byte[] Digest(IEnumerable<byte[]> header, IEnumerable<StoredTensor> tensors)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] part in header)
        {
            hash.AppendData(part);
        }

        foreach (StoredTensor tensor in tensors)
        {
            hash.AppendData(tensor.Bytes);
        }

        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static void RequireUnicode(string text)
    {
        for (int i = 0; i < text.Length; i += char.IsSurrogatePair(text, i) ? 2 : 1)
        {
            if (char.IsSurrogate(text[i]) && !char.IsSurrogatePair(text, i))
            {
                throw new ArgumentException($"'{text}' is not valid Unicode (character {i})", nameof(text));
            }
        }
    }
}
