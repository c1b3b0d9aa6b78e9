using Gimbal.Trainer.Checkpoints;

namespace Gimbal.Trainer.Tests.Checkpoints;

public sealed class DurableFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gimbal-durable-").FullName;

    public static TheoryData<string> Systems => [nameof(PosixFileOperations), nameof(PortableFileOperations)];

    private string Target => Path.Combine(_folder, "config.json");

    [Theory]
    [MemberData(nameof(Systems))]
    public void A_file_is_created_and_replaced_whole(string system)
    {
        DurableFile.Write(Operations(system), Target, stream => stream.Write("first and longer"u8), length: 16);
        Assert.Equal("first and longer", File.ReadAllText(Target));

        DurableFile.Write(Operations(system), Target, stream => stream.Write("second"u8), length: 0);
        Assert.Equal("second", File.ReadAllText(Target));
        Assert.Equal(["config.json"], Names());
    }

    [Fact]
    public void Bytes_and_a_stream_give_the_same_file()
    {
        byte[] content = new byte[200_000];
        new Random(1).NextBytes(content);

        DurableFile.Write(Target, content);
        Assert.Equal(content, File.ReadAllBytes(Target));

        DurableFile.Write(Target, stream => content.Chunk(777).ToList().ForEach(part => stream.Write(part)), content.Length);
        Assert.Equal(content, File.ReadAllBytes(Target));
    }

    [Fact]
    public void A_reservation_that_is_not_used_up_does_not_lengthen_the_file()
    {
        DurableFile.Write(Target, stream => stream.Write("short"u8), length: 100_000);

        Assert.Equal("short", File.ReadAllText(Target));
    }

    [Fact]
    public void What_the_writer_throws_passes_through_and_leaves_the_file_as_it_was()
    {
        DurableFile.Write(Target, "old"u8);

        Assert.Throws<FormatException>(() => DurableFile.Write(Target, stream =>
        {
            stream.Write("new"u8);
            throw new FormatException();
        }));

        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal(["config.json"], Names());
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void A_missing_folder_is_named(string system)
    {
        string path = Path.Combine(_folder, "absent", "config.json");

        DiskException error = Assert.Throws<DiskException>(() => DurableFile.Write(Operations(system), path, _ => { }, length: 0));

        Assert.Equal($"{path}: cannot create a temporary file beside it: the folder does not exist", error.Message);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void A_folder_of_that_name_is_left_alone(string system)
    {
        Directory.CreateDirectory(Target);

        DiskException error = Assert.Throws<DiskException>(() => DurableFile.Write(Operations(system), Target, _ => { }, length: 0));

        Assert.StartsWith($"{Target}: cannot rename a temporary file to it: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(["config.json"], Names());
    }

    [Fact]
    public void Only_our_own_temporary_files_are_removed()
    {
        string[] others = ["config.json", ".hidden.tmp", "last.safetensors.0123456789abcdef.tmp", ".a.0123456789ABCDEF.tmp", ".a.0123456789abcdef.tmp.txt"];
        foreach (string name in others.Append(".last.safetensors.0123456789abcdef.tmp"))
        {
            File.WriteAllText(Path.Combine(_folder, name), "");
        }

        DurableFile.RemoveLeftovers(_folder);

        Assert.Equal(others.Order(StringComparer.Ordinal), Names());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static FileOperations Operations(string system) =>
        system == nameof(PosixFileOperations) ? new PosixFileOperations() : new PortableFileOperations();

    private IEnumerable<string> Names() => Directory.EnumerateFileSystemEntries(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
