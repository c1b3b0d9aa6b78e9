using System.Buffers.Binary;
using System.Text;

namespace Gimbal.Trainer.Tests.Checkpoints;

/// <summary>Malformed safetensors files, each with a part of the line that must report it.</summary>
internal static class HostileSafeTensors
{
    private const string Good = """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    public static IReadOnlyDictionary<string, (byte[] Bytes, string Report)> Cases { get; } = new Dictionary<string, (byte[], string)>
    {
        ["empty file"] = ([], "has 0 bytes"),
        ["seven bytes"] = (new byte[7], "has 7 bytes"),
        ["header length only, zero"] = (new byte[8], "does not start with '{' (byte 8)"),
        ["header length above the limit"] = (Prefixed(100_000_001, Good, 8), "100000000 is the most (byte 0)"),
        ["header length negative as signed"] = (Prefixed(ulong.MaxValue, Good, 8), "100000000 is the most (byte 0)"),
        ["header past the end"] = (Prefixed(1000, Good, 8), "runs past the end of the file"),
        ["header is an array"] = (File("[]", 0), "does not start with '{'"),
        ["header starts with a byte order mark"] = (File("\ufeff{}", 0), "does not start with '{'"),
        ["header starts with white space"] = (File(" {}", 0), "does not start with '{'"),
        ["header is not UTF-8"] = (File([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}'], 0), "is not UTF-8 (bytes 8 to 15)"),
        ["header ends early"] = (File("""{"w":{"dtype":"F32" """, 8), "is not JSON"),
        ["header has a comma too many"] = (File("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},}""", 8), "is not JSON"),
        ["header has a comment"] = (File("{/* */}", 0), "is not JSON"),
        ["text after the header object"] = (File("{}{}", 0), "is not JSON"),
        ["nesting"] = (File($$"""{"w":{"dtype":"F32","shape":{{new string('[', 100_000)}}""", 8), "is not JSON"),
        ["deep nesting under an unknown key"] = (File($$"""{"w":{"x":{{new string('[', 100_000)}}""", 8), "'x' is unknown"),
        ["half a surrogate pair in a name"] = (File("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8), "a name is not valid Unicode"),
        ["half a surrogate pair in metadata"] = (File("""{"__metadata__":{"x":"\udc00"}}""", 0), "metadata 'x' is not valid Unicode"),
        ["name twice"] = (File("""{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"w":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", 8), "'w' appears twice"),
        ["name twice, once escaped"] = (File("""{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"\u0077":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", 8), "'w' appears twice"),
        ["metadata twice"] = (File("""{"__metadata__":{},"__metadata__":{}}""", 0), "'__metadata__' appears twice"),
        ["metadata key twice"] = (File("""{"__metadata__":{"a":"1","a":"2"}}""", 0), "metadata 'a' appears twice"),
        ["metadata is a string"] = (File("""{"__metadata__":"x"}""", 0), "__metadata__ is not an object"),
        ["metadata value is a number"] = (File("""{"__metadata__":{"a":1}}""", 0), "metadata 'a' is not a string"),
        ["metadata value is an object"] = (File("""{"__metadata__":{"a":{}}}""", 0), "metadata 'a' is not a string"),
        ["digest too short"] = (File("""{"__metadata__":{"gimbal.sha256":"00"}}""", 0), "is not 64 hexadecimal digits"),
        ["digest wrong"] = (File($$$"""{"__metadata__":{"gimbal.sha256":"{{{new string('0', 64)}}}"}}""", 0), "does not agree with its own digest"),
        ["digest twice"] = (File($$$"""{"__metadata__":{"gimbal.sha256":"{{{new string('0', 64)}}}","gimbal.sha256":"x"}}""", 0), "metadata 'gimbal.sha256' appears twice"),
        ["entry is an array"] = (File("""{"w":[]}""", 0), "tensor 'w' is not an object"),
        ["entry without dtype"] = (Entry("""{"shape":[2],"data_offsets":[0,8]}"""), "tensor 'w' lacks dtype"),
        ["entry without shape"] = (Entry("""{"dtype":"F32","data_offsets":[0,8]}"""), "tensor 'w' lacks shape"),
        ["entry without offsets"] = (Entry("""{"dtype":"F32","shape":[2]}"""), "tensor 'w' lacks data_offsets"),
        ["entry with an unknown key"] = (Entry("""{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}"""), "tensor 'w': 'x' is unknown"),
        ["entry with a key twice"] = (Entry("""{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}"""), "'dtype' is unknown or appears twice"),
        ["unknown dtype"] = (Entry("""{"dtype":"F31","shape":[2],"data_offsets":[0,8]}"""), "dtype 'F31' is not"),
        ["dtype as a number"] = (Entry("""{"dtype":0,"shape":[2],"data_offsets":[0,8]}"""), "dtype is not a string"),
        ["dtype with control characters"] = (Entry("""{"dtype":"\u001b[31m","shape":[2],"data_offsets":[0,8]}"""), "dtype '?[31m' is not"),
        ["shape is a number"] = (Entry("""{"dtype":"F32","shape":2,"data_offsets":[0,8]}"""), "shape is not an array"),
        ["shape negative"] = (Entry("""{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}"""), "shape holds something else than integers"),
        ["shape negative zero"] = (Entry("""{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}"""), "shape holds something else than integers"),
        ["shape a fraction"] = (Entry("""{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}"""), "shape holds something else than integers"),
        ["shape with an exponent"] = (Entry("""{"dtype":"F32","shape":[2e0],"data_offsets":[0,8]}"""), "shape holds something else than integers"),
        ["shape a string"] = (Entry("""{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}"""), "shape holds something else than integers"),
        ["shape above 63 bits"] = (Entry("""{"dtype":"F32","shape":[18446744073709551618],"data_offsets":[0,8]}"""), "shape holds something else than integers"),
        ["product of extents overflows to the right count"] = (Entry("""{"dtype":"F32","shape":[4611686018427387905,2],"data_offsets":[0,8]}"""), "its shape takes more than 2147483647 bytes"),
        ["bytes overflow to the right count"] = (Entry("""{"dtype":"F32","shape":[4611686018427387906],"data_offsets":[0,8]}"""), "its shape takes more than 2147483647 bytes"),
        ["shape larger than its bytes"] = (Entry("""{"dtype":"F32","shape":[3],"data_offsets":[0,8]}"""), "its shape takes 12 bytes, its data_offsets hold 8"),
        ["one offset"] = (Entry("""{"dtype":"F32","shape":[2],"data_offsets":[0]}"""), "are not a start and an end"),
        ["three offsets"] = (Entry("""{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}"""), "are not a start and an end"),
        ["offsets reversed"] = (Entry("""{"dtype":"F32","shape":[2],"data_offsets":[8,0]}"""), "are not a start and an end"),
        ["offset negative"] = (Entry("""{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}"""), "data_offsets holds something else than integers"),
        ["end past the data"] = (Entry("""{"dtype":"F32","shape":[4],"data_offsets":[0,16]}"""), "tensor 'w' ends at byte 16 of the data, which has 8"),
        ["huge but consistent"] = (Entry("""{"dtype":"F32","shape":[1099511627776],"data_offsets":[0,4398046511104]}"""), "tensor 'w' ends at byte 4398046511104 of the data"),
        ["hole at the start"] = (File("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8), "tensor 'w' leaves a hole before it"),
        ["hole in the middle"] = (File("""{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", 8), "tensor 'b' leaves a hole before it"),
        ["overlap"] = (File("""{"a":{"dtype":"U8","shape":[6],"data_offsets":[0,6]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", 8), "tensor 'b' overlaps the tensor before it"),
        ["two tensors, one place"] = (File("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", 8), "overlaps the tensor before it"),
        ["bytes after the last tensor"] = (File(Good, 9), "1 bytes follow the last tensor"),
        ["data without tensors"] = (File("{}", 8), "8 bytes follow the last tensor"),
        ["a very long name"] = (File($$"""{"{{new string('n', 5000)}}":0}""", 0), "nnn...' is not an object"),
        ["a Python pickle"] = ([0x80, 0x04, 0x95, .. new byte[64]], "runs past the end of the file"),
        ["a zip archive"] = (Encoding.Latin1.GetBytes("PK\u0003\u0004\u0000\u0000\u0008\u0008" + new string('x', 64)), "is no safetensors file"),
    };

    /// <summary>A file of a header and that many zeros.</summary>
    public static byte[] File(string header, int dataLength) => File(Encoding.UTF8.GetBytes(header), dataLength);

    private static byte[] File(byte[] header, int dataLength) => [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[dataLength]];

    private static byte[] Entry(string entry) => File($$$"""{"w":{{{entry}}}}""", 8);

    private static byte[] Prefixed(ulong length, string header, int dataLength)
    {
        byte[] bytes = File(header, dataLength);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        return bytes;
    }
}
