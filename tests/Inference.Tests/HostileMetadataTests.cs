namespace Gimbal.Inference.Tests;

/// <summary>Metadata comes from the file, and the file may come from anywhere.</summary>
public sealed class HostileMetadataTests
{
    private static readonly string s_long = new('x', 5_000_000);

    public static TheoryData<string, string?> Wrong => new()
    {
        { ModelMetadata.FormatKey, null },
        { ModelMetadata.FormatKey, "2" },
        { ModelMetadata.FormatKey, "1\nerror: something else" },
        { ModelMetadata.ClassesKey, null },
        { ModelMetadata.ClassesKey, "[]" },
        { ModelMetadata.ClassesKey, "[\"only\"]" },
        { ModelMetadata.ClassesKey, "[\"a\",null,\"c\",\"d\"]" },
        { ModelMetadata.ClassesKey, "[1,2,3,4]" },
        { ModelMetadata.ClassesKey, "null" },
        { ModelMetadata.ClassesKey, "[\"a\"" },
        { ModelMetadata.ClassesKey, new string('[', 100_000) },
        { ModelMetadata.InputKey, "float-nhwc" },
        { ModelMetadata.OutputKey, "\u001b[2Jclear" },
        { ModelMetadata.SizeKey, "{}" },
        { ModelMetadata.SizeKey, "[3,8,12]" },
        { ModelMetadata.SizeKey, "{\"channels\":3,\"height\":8,\"width\":-12}" },
        { ModelMetadata.SizeKey, "{\"channels\":2,\"height\":8,\"width\":12}" },
        { ModelMetadata.SizeKey, "{\"channels\":3,\"height\":8,\"width\":2147483647}" },
        { ModelMetadata.SizeKey, "{\"channels\":3,\"height\":8,\"width\":99999999999}" },
        { ModelMetadata.SizeKey, "{\"channels\":3,\"height\":8.5,\"width\":12}" },
        { ModelMetadata.SizeKey, "{\"channels\":\"3\",\"height\":8,\"width\":12}" },
        { ModelMetadata.SizeKey, "{\"channels\":3,\"channels\":3,\"height\":8,\"width\":12}" },
        { ModelMetadata.MeanKey, "[0.5]" },
        { ModelMetadata.MeanKey, "[NaN,0,0]" },
        { ModelMetadata.MeanKey, "[1e999,0,0]" },
        { ModelMetadata.MeanKey, "\"0.5\"" },
        { ModelMetadata.StdKey, "[1,1,0]" },
        { ModelMetadata.StdKey, "[1,1,-1]" },
        { ModelMetadata.StdKey, "[1,1,1,1]" },
        { ModelMetadata.ResizeKey, "stretch" },
        { ModelMetadata.GoldenKey, null },
        { ModelMetadata.GoldenKey, "{}" },
        { ModelMetadata.GoldenKey, "[null]" },
        { ModelMetadata.GoldenKey, "[1]" },
        { ModelMetadata.GoldenKey, "[[]]" },
        { ModelMetadata.GoldenKey, "[{\"pixels\":\"AAAA\",\"outputs\":\"AAAA\"}]" },
        { ModelMetadata.GoldenKey, "[{\"pixels\":\"!\",\"outputs\":\"AAAA\"}]" },
        { ModelMetadata.GoldenKey, "[{\"pixels\":7,\"outputs\":[]}]" },
        { ModelMetadata.GoldenKey, "[{\"pixels\":\"\",\"pixels\":\"\",\"outputs\":\"\"}]" },
        { ModelMetadata.GoldenToleranceKey, "NaN" },
        { ModelMetadata.GoldenToleranceKey, "-1" },
        { ModelMetadata.GoldenToleranceKey, "1e999" },
        { ModelMetadata.TrainingKey, "[]" },
        { ModelMetadata.TrainingKey, "{" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_metadata_is_refused_in_one_line_that_names_the_key(string key, string? value)
    {
        ModelFileException refusal = Assert.Throws<ModelFileException>(() => ImageClassifier.Load(ModelFiles.WithProperty(key, value)));

        Assert.StartsWith($"metadata {key}: ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Theory]
    [InlineData(ModelMetadata.FormatKey)]
    [InlineData(ModelMetadata.InputKey)]
    [InlineData(ModelMetadata.OutputKey)]
    [InlineData(ModelMetadata.ResizeKey)]
    [InlineData(ModelMetadata.SizeKey)]
    [InlineData(ModelMetadata.GoldenKey)]
    public void Text_of_megabytes_is_not_repeated(string key)
    {
        ModelFileException refusal = Assert.Throws<ModelFileException>(() => ImageClassifier.Load(ModelFiles.WithProperty(key, s_long)));

        Assert.InRange(refusal.Message.Length, 10, 500);
    }

    [Fact]
    public void Golden_outputs_that_are_not_finite_are_refused()
    {
        string pixels = Convert.ToBase64String(new byte[288]);
        string outputs = Convert.ToBase64String(FloatBytes.Of([0, 1, float.NaN, 2]));

        ModelFileException refusal = Assert.Throws<ModelFileException>(() => ImageClassifier.Load(
            ModelFiles.WithProperty(ModelMetadata.GoldenKey, $$"""[{"pixels":"{{pixels}}","outputs":"{{outputs}}"}]""")));

        Assert.Contains("not finite", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Properties_survive_being_written_and_read()
    {
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Colour);

        Assert.Equal(model.Metadata.ToProperties(), ModelMetadata.Parse(model.Metadata.ToProperties()).ToProperties());
    }
}
