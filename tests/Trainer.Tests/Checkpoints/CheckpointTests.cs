using CsCheck;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Checkpoints;

public sealed class CheckpointTests
{
    private static readonly Gen<Checkpoint> GenCheckpoint =
        from step in Gen.Long[0, long.MaxValue]
        from seed in Gen.ULong
        from epoch in Gen.Int[0, int.MaxValue]
        from text in Gen.String[Gen.Char[" {}\"\\\n漢é"], 0, 12]
        from names in Gen.String[Gen.Char["ab,\"[é"], 0, 5].List[0, 5]
        from mean in Gen.Float[-2, 2].List[0, 4]
        from shapes in Gen.Int[1, 3].Array[0, 4].List[0, 4]
        select new Checkpoint
        {
            Tensors = shapes.Select((shape, i) => (shape, i)).ToDictionary(pair => $"layer{pair.i}.weight", pair => Random(new Shape(pair.shape), pair.i)),
            Seed = seed,
            Step = step,
            Epoch = epoch,
            Batch = int.MaxValue - epoch,
            Progress = text,
            Fingerprint = text,
            Options = text,
            Graph = text + "\n",
            ClassNames = names,
            Mean = mean,
            Std = [.. mean.Select(float.Abs)],
        };

    [Fact]
    public void Every_member_survives_the_file() => GenCheckpoint.Check(
        500,
        checkpoint =>
        {
            Checkpoint read = Read(checkpoint.ToSafeTensors());
            Assert.True(read.Seed == checkpoint.Seed
                && read.Step == checkpoint.Step
                && read.Epoch == checkpoint.Epoch
                && read.Batch == checkpoint.Batch
                && read.Options == checkpoint.Options
                && read.Graph == checkpoint.Graph
                && read.ClassNames.SequenceEqual(checkpoint.ClassNames)
                && read.Mean.SequenceEqual(checkpoint.Mean)
                && read.Std.SequenceEqual(checkpoint.Std)
                && read.Tensors.Count == checkpoint.Tensors.Count
                && checkpoint.Tensors.All(pair => read.Tensors[pair.Key].Shape == pair.Value.Shape && read.Tensors[pair.Key].Span.SequenceEqual(pair.Value.Span))
                && CheckpointSamples.BytesOf(read).AsSpan().SequenceEqual(CheckpointSamples.BytesOf(checkpoint)));
        });

    [Fact]
    public void Other_programs_find_the_tensors_under_their_own_names() =>
        Assert.Equal(["conv1.weight", "optimizer.count"], CheckpointSamples.At(1).ToSafeTensors().Tensors.Select(tensor => tensor.Name));

    [Fact]
    public void Another_format_version_is_refused_by_name()
    {
        DataFileException error = Refused(metadata => metadata["gimbal.checkpoint"] = "2");

        Assert.Equal("a.safetensors: is a checkpoint of format 2; this release reads format 1 (metadata gimbal.checkpoint)", error.Message);
    }

    [Theory]
    [InlineData("gimbal.checkpoint", null, "is no checkpoint of Gimbal (metadata gimbal.checkpoint is missing)")]
    [InlineData("gimbal.checkpoint", "one", "metadata gimbal.checkpoint is not a number in range")]
    [InlineData("gimbal.step", null, "metadata gimbal.step is missing")]
    [InlineData("gimbal.step", "1,5", "metadata gimbal.step is not a number in range")]
    [InlineData("gimbal.seed", "-1", "metadata gimbal.seed is not a number in range")]
    [InlineData("gimbal.epoch", "4294967296", "metadata gimbal.epoch is not a number in range")]
    [InlineData("gimbal.graph", null, "metadata gimbal.graph is missing")]
    [InlineData("gimbal.class_names", "[", "metadata gimbal.class_names is not a JSON array")]
    [InlineData("gimbal.class_names", "[null]", "metadata gimbal.class_names is not a JSON array")]
    [InlineData("gimbal.mean", "null", "metadata gimbal.mean is not a JSON array")]
    [InlineData("gimbal.std", "[\"x\"]", "metadata gimbal.std is not a JSON array")]
    public void A_missing_or_malformed_member_is_named(string key, string? value, string report)
    {
        DataFileException error = Refused(metadata =>
        {
            metadata.Remove(key);
            if (value is not null)
            {
                metadata[key] = value;
            }
        });

        Assert.Equal($"a.safetensors: {report}", error.Message);
    }

    [Fact]
    public void A_member_of_another_type_or_shape_is_named()
    {
        SafeTensors sound = CheckpointSamples.At(1).ToSafeTensors();

        Assert.Equal(
            "a.safetensors: tensor steps is I64; a checkpoint holds F32",
            Assert.Throws<DataFileException>(() => Read(new([new("steps", [1L], 1)], sound.Metadata))).Message);
        Assert.Equal(
            "a.safetensors: tensor w has shape [1,1,1,1,1]; a checkpoint holds up to 4 extents from 1",
            Assert.Throws<DataFileException>(() => Read(new([new("w", [1f], 1, 1, 1, 1, 1)], sound.Metadata))).Message);
        Assert.Equal(
            "a.safetensors: tensor w has shape [0]; a checkpoint holds up to 4 extents from 1",
            Assert.Throws<DataFileException>(() => Read(new([new("w", (float[])[], 0)], sound.Metadata))).Message);
    }

    [Fact]
    public void A_checkpoint_that_lost_its_digest_is_refused()
    {
        byte[] bytes = CheckpointSamples.BytesOf(CheckpointSamples.At(1));
        bytes[bytes.AsSpan().IndexOf("sha256"u8)] ^= 1;
        SafeTensors file = SafeTensors.Read(new MemoryStream(bytes), "a.safetensors");

        Assert.False(file.DigestChecked);
        Assert.Contains("has lost its digest", Assert.Throws<DataFileException>(() => Checkpoint.FromSafeTensors(file, "a.safetensors")).Message, StringComparison.Ordinal);
    }

    private static DataFileException Refused(Action<Dictionary<string, string>> change)
    {
        SafeTensors sound = CheckpointSamples.At(1).ToSafeTensors();
        Dictionary<string, string> metadata = new(sound.Metadata);
        change(metadata);
        return Assert.Throws<DataFileException>(() => Read(new SafeTensors(sound.Tensors, metadata)));
    }

    private static Checkpoint Read(SafeTensors file)
    {
        using MemoryStream stream = new();
        file.Write(stream);
        return Checkpoint.FromSafeTensors(SafeTensors.Read(stream, "a.safetensors"), "a.safetensors");
    }

    private static Tensor Random(Shape shape, int seed)
    {
        Random random = new(seed);
        return new Tensor(shape, [.. Enumerable.Range(0, shape.Count).Select(_ => random.NextSingle())]);
    }
}
