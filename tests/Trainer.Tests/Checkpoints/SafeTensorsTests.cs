using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Checkpoints;

public sealed class SafeTensorsTests
{
    private static readonly Gen<string> GenName = Gen.String[Gen.Char["abcxyz.0_é漢\"\\\n\0 "], 1, 12];

    private static readonly Gen<long[]> GenShape = Gen.Long[0, 4].Array[0, 4];

    private static readonly Gen<StoredTensor> GenTensor = Gen.Select(GenName, GenShape, Gen.Enum<StoredType>(), Gen.Int).Select((name, shape, type, seed) =>
    {
        StoredTensor tensor = StoredTensor.Allocate(name, type, shape, shape.Aggregate(1L, (count, extent) => count * extent));
        new Random(seed).NextBytes(tensor.Bytes);
        return tensor;
    });

    private static readonly Gen<SafeTensors> GenFile = Gen.Select(
        GenTensor.List[0, 6].Select(list => list.DistinctBy(tensor => tensor.Name).ToList()),
        Gen.Select(GenName, Gen.String[Gen.Char[" {}\":漢\u001f\uffff"], 0, 20]).List[0, 4].Select(list => list.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2)))
        .Select((tensors, metadata) => new SafeTensors(tensors, metadata));

    [Fact]
    public void What_is_written_is_read_bit_for_bit() => GenFile.Check(
        1000,
        file =>
        {
            byte[] bytes = BytesOf(file);
            SafeTensors read = SafeTensors.Read(new MemoryStream(bytes), "memory");
            Assert.True(read.DigestChecked
                && file.Length == bytes.Length
                && read.Metadata.OrderBy(p => p.Key).SequenceEqual(file.Metadata.OrderBy(p => p.Key))
                && read.Tensors.Count == file.Tensors.Count
                && read.Tensors.Zip(file.Tensors).All(pair => Same(pair.First, pair.Second))
                && BytesOf(read).AsSpan().SequenceEqual(bytes));
        });

    [Fact]
    public void The_order_in_which_tensors_and_metadata_are_given_does_not_change_the_bytes()
    {
        StoredTensor[] tensors = [new("b", [1f, 2f], 2), new("a", [3, 4, 5], 3), new("c", (byte[])[6], 1), new("d", (long[])[7], 1)];
        SafeTensors forwards = new(tensors, new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" });
        SafeTensors backwards = new(tensors.Reverse(), new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" });
        SafeTensors other = new(tensors, new Dictionary<string, string> { ["x"] = "1", ["y"] = "3" });

        Assert.Equal(BytesOf(forwards), BytesOf(backwards));
        Assert.NotEqual(BytesOf(forwards), BytesOf(other));
    }

    [Fact]
    public void The_bytes_are_those_of_the_published_format()
    {
        byte[] bytes = BytesOf(new SafeTensors([new("w", [1f, -2f], 1, 2)], new Dictionary<string, string> { ["format"] = "pt" }));

        const string digits = "0000000000000000000000000000000000000000000000000000000000000000";
        string header = $$$"""{"__metadata__":{"gimbal.sha256":"{{{digits}}}","format":"pt"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""";
        header = header.PadRight((header.Length + 7) / 8 * 8);
        byte[] expected = [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0];
        string digest = Convert.ToHexStringLower(SHA256.HashData(expected));
        Encoding.ASCII.GetBytes(digest).CopyTo(expected, 8 + header.IndexOf(digits, StringComparison.Ordinal));
        Assert.Equal(expected, bytes);
    }

    [Fact]
    public void A_file_of_another_program_needs_no_digest()
    {
        SafeTensors read = SafeTensors.Read(new MemoryStream(HostileSafeTensors.File("""{"w":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}""", 4)), "memory");

        Assert.False(read.DigestChecked);
        Assert.Equal([0], Assert.Single(read.Tensors).ValuesAs<int>());
    }

    [Fact]
    public void Data_starts_at_a_multiple_of_eight_and_wide_elements_come_first() => GenFile.Check(
        200,
        file =>
        {
            long header = BitConverter.ToInt64(BytesOf(file));
            int[] sizes = [.. file.Tensors.Select(tensor => StoredTensor.SizeOf(tensor.Type))];
            Assert.True(header % 8 == 0 && sizes.SequenceEqual(sizes.OrderDescending()));
        });

    [Fact]
    public void Names_that_cannot_be_read_again_are_refused()
    {
        StoredTensor one = new("w", [1f], 1);
        Assert.Throws<ArgumentException>(() => new SafeTensors([one, one]));
        Assert.Throws<ArgumentException>(() => new SafeTensors([new("__metadata__", [1f], 1)]));
        Assert.Throws<ArgumentException>(() => new SafeTensors([new("half \ud800 pair", [1f], 1)]));
        Assert.Throws<ArgumentException>(() => new SafeTensors([one], new Dictionary<string, string> { ["x"] = "\udc00\ud800" }));
        Assert.Throws<ArgumentException>(() => new SafeTensors([one], new Dictionary<string, string> { ["gimbal.sha256"] = "" }));
        Assert.Throws<ArgumentException>(() => new StoredTensor("w", [1f], 2));
        Assert.Throws<ArgumentException>(() => new StoredTensor("w", [1f], -1, -1));
        Assert.Throws<ArgumentException>(() => new StoredTensor("w", [1f], long.MaxValue, 3));
    }

    [Fact]
    public void A_host_tensor_is_wrapped_without_a_copy()
    {
        Tensor tensor = new(new Shape(2, 3));
        StoredTensor stored = StoredTensor.Of("w", tensor);
        tensor.Span[4] = 7;

        Assert.Equal([2L, 3L], stored.Shape);
        Assert.Equal(7, stored.ValuesAs<float>()[4]);
        Assert.Throws<InvalidCastException>(() => stored.ValuesAs<int>());
    }

    private static bool Same(StoredTensor a, StoredTensor b) =>
        a.Name == b.Name && a.Type == b.Type && a.Shape.SequenceEqual(b.Shape) && a.Bytes.SequenceEqual(b.Bytes);

    private static byte[] BytesOf(SafeTensors file)
    {
        using MemoryStream stream = new();
        file.Write(stream);
        return stream.ToArray();
    }
}
