using System.Text;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Checkpoints;

public sealed class DamagedSafeTensorsTests
{
    private static readonly byte[] Sound = SoundFile();

    private static readonly byte[] Telling = [.. "{}[]:,\"\\0-9eE. \u0000"u8];

    public static TheoryData<string> HostileCases => [.. HostileSafeTensors.Cases.Keys];

    [Theory]
    [MemberData(nameof(HostileCases))]
    public void A_malformed_file_is_reported_in_one_line(string name)
    {
        (byte[] bytes, string report) = HostileSafeTensors.Cases[name];

        DataFileException error = Assert.Throws<DataFileException>(() => Read(bytes));

        Assert.StartsWith("w.safetensors: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(report, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length <= 200, error.Message);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Fact]
    public void The_sound_file_is_accepted() => Assert.True(Read(Sound).DigestChecked);

    [Fact]
    public void Every_flip_of_every_bit_is_detected_but_in_the_name_of_the_digest()
    {
        // A damaged name of the digest leaves a well-formed file without one; who must not read such a file asks DigestChecked.
        int name = Encoding.Latin1.GetString(Sound).IndexOf("gimbal.sha256", StringComparison.Ordinal);
        for (int bit = 0; bit < Sound.Length * 8; bit++)
        {
            byte[] damaged = [.. Sound];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            if (bit / 8 >= name && bit / 8 < name + "gimbal.sha256".Length)
            {
                Assert.False(IsAccepted(damaged, out SafeTensors? read) && read!.DigestChecked);
            }
            else
            {
                Assert.False(IsAccepted(damaged, out _), $"bit {bit}");
            }
        }
    }

    [Fact]
    public void Without_the_digest_flips_in_the_data_would_pass()
    {
        byte[] plain = HostileSafeTensors.File("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8);
        plain[^1] ^= 0x40;

        Assert.True(IsAccepted(plain, out _));
    }

    [Fact]
    public void Ten_thousand_random_bytes_replaced_are_detected()
    {
        Random random = new(1);
        byte[] large = Large();
        Assert.True(IsAccepted(large, out _));
        for (int i = 0; i < 10_000; i++)
        {
            // The first 30 bytes are the header's length and the name of the digest.
            int place = random.Next(30, large.Length);
            byte before = large[place];
            large[place] ^= (byte)random.Next(1, 256);
            Assert.False(IsAccepted(large, out SafeTensors? read) && read!.DigestChecked, $"byte {place}");
            large[place] = before;
        }
    }

    [Fact]
    public void Truncation_at_every_512_bytes_and_around_the_header_is_detected()
    {
        byte[] large = Large();
        IEnumerable<int> lengths = Enumerable.Range(0, large.Length / 512).Select(i => i * 512).Concat(Enumerable.Range(0, 64)).Append(large.Length - 1);
        foreach (int length in lengths)
        {
            Assert.False(IsAccepted(large[..length], out _), $"{length} bytes");
        }
    }

    [Fact]
    public void Twenty_thousand_mutants_are_read_or_refused_but_never_crash()
    {
        Random random = new(2);
        byte[][] seeds = [Sound, .. HostileSafeTensors.Cases.Values.Select(c => c.Bytes).Where(bytes => bytes.Length < 10_000)];
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            accepted += IsAccepted(Mutant(random, seeds), out _) ? 1 : 0;
        }

        // Both ends are reached: some mutants change nothing that matters, most are damage.
        Assert.InRange(accepted, 1, 10_000);
    }

    private static byte[] Mutant(Random random, byte[][] seeds)
    {
        List<byte> bytes = [.. seeds[random.Next(seeds.Length)]];
        byte[] other = seeds[random.Next(seeds.Length)];
        for (int edits = random.Next(1, 5); edits > 0; edits--)
        {
            int place = random.Next(bytes.Count + 1);
            int length = Math.Min(random.Next(1, 9), bytes.Count - place);
            switch (random.Next(5))
            {
                case 0 when length > 0:
                    bytes[place] ^= (byte)random.Next(1, 256);
                    break;
                case 1:
                    bytes.RemoveRange(place, length);
                    break;
                case 2:
                    bytes.InsertRange(place, bytes.Slice(place, length));
                    break;
                case 3:
                    bytes.InsertRange(place, other.Skip(random.Next(other.Length + 1)).Take(random.Next(40)));
                    break;
                case 4 when length > 0:
                    bytes[place] = Telling[random.Next(Telling.Length)];
                    break;
            }
        }

        // Half of the mutants keep a true header length, so that damage reaches the JSON.
        if (bytes.Count >= 8 && random.Next(2) == 0)
        {
            int headerLength = random.Next(Math.Max(1, bytes.Count - 16), bytes.Count) - 7;
            for (int i = 0; i < 8; i++)
            {
                bytes[i] = (byte)((long)Math.Max(0, headerLength) >> (8 * i));
            }
        }

        return [.. bytes];
    }

    private static SafeTensors Read(byte[] bytes) => SafeTensors.Read(new MemoryStream(bytes), "w.safetensors");

    private static bool IsAccepted(byte[] bytes, out SafeTensors? read)
    {
        try
        {
            read = Read(bytes);
            return true;
        }
        catch (DataFileException)
        {
            read = null;
            return false;
        }
    }

    private static byte[] SoundFile()
    {
        using MemoryStream stream = new();
        new SafeTensors(
            [new("conv1.weight", [1f, 2f, 3f, 4f], 1, 1, 2, 2), new("labels", [5, 6], 2), new("steps", [7L], 1), new("mask", (byte[])[8, 9, 10], 3)],
            new Dictionary<string, string> { ["gimbal.step"] = "1200", ["graph"] = "x = input" }).Write(stream);
        return stream.ToArray();
    }

    private static byte[] Large()
    {
        using MemoryStream stream = new();
        float[] values = [.. Enumerable.Range(0, 4000).Select(i => (float)Math.Sin(i))];
        new SafeTensors([new("a", values, 40, 100), new("b", values, 4000)]).Write(stream);
        return stream.ToArray();
    }
}
