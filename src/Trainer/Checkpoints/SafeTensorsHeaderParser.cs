using System.Text.Json;
using System.Text.Unicode;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Checkpoints;

/// <summary>Reads the JSON header of a safetensors file and refuses what the format's own library refuses, and unknown keys.</summary>
internal ref struct SafeTensorsHeaderParser
{
    private const int LongestShownName = 60;

    private readonly long _dataLength;
    private readonly string _path;
    private readonly Dictionary<string, string> _metadata = [];
    private readonly List<SafeTensorsHeader.Entry> _entries = [];
    private Utf8JsonReader _json;
    private int? _digestStart;

    private SafeTensorsHeaderParser(ReadOnlySpan<byte> text, long dataLength, string path)
    {
        _dataLength = dataLength;
        _path = path;

        // Header object, tensor object, array: nothing nests deeper.
        _json = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 3 });
    }

    /// <summary>Parses and checks a header.</summary>
    /// <param name="text">The JSON text.</param>
    /// <param name="dataLength">Bytes that follow the header in the file.</param>
    /// <param name="path">The file, for the errors.</param>
    /// <exception cref="DataFileException">The header is malformed or does not describe exactly that much data.</exception>
    public static SafeTensorsHeader Parse(ReadOnlySpan<byte> text, long dataLength, string path)
    {
        if (text.IsEmpty || text[0] != '{')
        {
            throw new DataFileException(path, "the header does not start with '{' (byte 8)");
        }

        if (!Utf8.IsValid(text))
        {
            throw new DataFileException(path, $"the header is not UTF-8 (bytes 8 to {SafeTensorsHeader.LengthBytes + text.Length})");
        }

        SafeTensorsHeaderParser parser = new(text, dataLength, path);
        try
        {
            parser.ReadRoot();
        }
        catch (JsonException e)
        {
            throw new DataFileException(path, $"the header is not JSON of the safetensors form (byte {parser.Position})", e);
        }

        parser.CheckCoverage();
        return new SafeTensorsHeader(parser._entries, parser._metadata, parser._digestStart);
    }

    private readonly long Position => SafeTensorsHeader.LengthBytes + _json.BytesConsumed;

    private void ReadRoot()
    {
        HashSet<string> names = [];
        _json.Read();
        for (_json.Read(); _json.TokenType == JsonTokenType.PropertyName; _json.Read())
        {
            string name = ReadText("a name");
            if (!names.Add(name))
            {
                throw Error($"{Printable(name)} appears twice");
            }

            _json.Read();
            if (name == SafeTensorsHeader.MetadataKey)
            {
                ReadMetadata();
            }
            else
            {
                ReadTensor(name);
            }
        }

        // Throws unless only white space follows.
        _json.Read();
    }

    private void ReadMetadata()
    {
        Require(JsonTokenType.StartObject, "__metadata__ is not an object");
        for (_json.Read(); _json.TokenType == JsonTokenType.PropertyName; _json.Read())
        {
            string key = ReadText("a key of __metadata__");
            _json.Read();
            Require(JsonTokenType.String, $"metadata {Printable(key)} is not a string");
            if (key == SafeTensorsHeader.DigestKey && _digestStart is null)
            {
                if (_json.ValueSpan.Length != SafeTensorsHeader.DigestLength)
                {
                    throw Error($"metadata {key} is not {SafeTensorsHeader.DigestLength} hexadecimal digits");
                }

                _digestStart = (int)_json.TokenStartIndex + 1;
            }
            else if (key == SafeTensorsHeader.DigestKey || !_metadata.TryAdd(key, ReadText($"metadata {Printable(key)}")))
            {
                throw Error($"metadata {Printable(key)} appears twice");
            }
        }
    }

    private void ReadTensor(string name)
    {
        string tensor = $"tensor {Printable(name)}";
        Require(JsonTokenType.StartObject, $"{tensor} is not an object");
        StoredType? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        for (_json.Read(); _json.TokenType == JsonTokenType.PropertyName; _json.Read())
        {
            string key = ReadText($"{tensor}: a key");
            _json.Read();
            switch (key)
            {
                case "dtype" when type is null:
                    type = ReadType(tensor);
                    break;
                case "shape" when shape is null:
                    shape = ReadIntegers($"{tensor}: shape");
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadIntegers($"{tensor}: data_offsets");
                    break;
                default:
                    throw Error($"{tensor}: {Printable(key)} is unknown or appears twice");
            }
        }

        if (type is null || shape is null || offsets is null)
        {
            throw Error($"{tensor} lacks {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        }

        _entries.Add(Placed(name, tensor, type.Value, shape, offsets));
    }

    private readonly SafeTensorsHeader.Entry Placed(string name, string tensor, StoredType type, List<long> shape, List<long> offsets)
    {
        if (offsets is not [long start, long end] || start > end)
        {
            throw Error($"{tensor}: data_offsets are not a start and an end");
        }

        if (end > _dataLength)
        {
            throw Error($"{tensor} ends at byte {end} of the data, which has {_dataLength}; the file is truncated or damaged");
        }

        if (!StoredTensor.TryCount(shape, out long count) || count > int.MaxValue / StoredTensor.SizeOf(type))
        {
            throw Error($"{tensor}: its shape takes more than {int.MaxValue} bytes");
        }

        if (count * StoredTensor.SizeOf(type) != end - start)
        {
            throw Error($"{tensor}: its shape takes {count * StoredTensor.SizeOf(type)} bytes, its data_offsets hold {end - start}");
        }

        return new(name, type, shape, count, start, end);
    }

    private readonly void CheckCoverage()
    {
        _entries.Sort((a, b) => (a.Start, a.End).CompareTo((b.Start, b.End)));
        long reached = 0;
        foreach (SafeTensorsHeader.Entry entry in _entries)
        {
            if (entry.Start != reached)
            {
                string fault = entry.Start < reached ? "overlaps the tensor before it" : "leaves a hole before it";
                throw Error($"tensor {Printable(entry.Name)} {fault}: it starts at byte {entry.Start} of the data, not {reached}");
            }

            reached = entry.End;
        }

        if (reached != _dataLength)
        {
            throw Error($"{_dataLength - reached} bytes follow the last tensor, which ends at byte {reached} of the data");
        }
    }

    private StoredType ReadType(string tensor)
    {
        Require(JsonTokenType.String, $"{tensor}: dtype is not a string");
        string type = ReadText($"{tensor}: dtype");
        return type switch
        {
            "F32" => StoredType.F32,
            "I32" => StoredType.I32,
            "I64" => StoredType.I64,
            "U8" => StoredType.U8,
            _ => throw Error($"{tensor}: dtype {Printable(type)} is not F32, I32, I64 or U8"),
        };
    }

    private List<long> ReadIntegers(string what)
    {
        Require(JsonTokenType.StartArray, $"{what} is not an array");
        List<long> integers = [];
        for (_json.Read(); _json.TokenType != JsonTokenType.EndArray; _json.Read())
        {
            if (_json.TokenType != JsonTokenType.Number || _json.ValueSpan[0] == '-' || !_json.TryGetInt64(out long integer))
            {
                throw Error($"{what} holds something else than integers from 0 to 2^63 - 1");
            }

            integers.Add(integer);
        }

        return integers;
    }

    private readonly string ReadText(string what)
    {
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // Valid JSON can escape half of a surrogate pair.
            throw new DataFileException(_path, $"{what} is not valid Unicode (byte {Position})", e);
        }
    }

    private readonly void Require(JsonTokenType type, string otherwise)
    {
        if (_json.TokenType != type)
        {
            throw Error(otherwise);
        }
    }

    private readonly DataFileException Error(string what) => new(_path, $"{what} (header, byte {Position})");

    // Names come from the file: they must not reach a terminal as control sequences, nor fill it.
    private static string Printable(string name)
    {
        string start = name.Length <= LongestShownName ? name : $"{name[..LongestShownName]}...";
        return $"'{string.Concat(start.Select(c => char.IsControl(c) ? '?' : c))}'";
    }
}
