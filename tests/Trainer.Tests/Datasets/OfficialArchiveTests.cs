using System.Formats.Tar;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Tests.Conditions;

namespace Gimbal.Trainer.Tests.Datasets;

public sealed class OfficialArchiveTests : IDisposable
{
    private const string Packed = "cifar-10-binary.tar.gz";
    private static readonly byte[] s_archive = Tar([.. CifarFiles.Names.Select((name, i) => ($"cifar-10-batches-bin/{name}", CifarFiles.Content(i)))]);

    private readonly TestFolder _folder = new();
    private readonly ArchiveServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void AnArchiveIsFetchedCheckedUnpackedAndOpened()
    {
        _server.Give(Packed, s_archive);
        Reports reports = new();
        DataSplits data = Open(Archive(s_archive), reports);
        Assert.Equal((100, 20), (data.Train.Count, data.Test.Count));
        Assert.Equal(CifarFiles.Names.Order(StringComparer.Ordinal), Names());
        Assert.Equal(new LoadProgress($"fetch {Packed}", s_archive.Length, s_archive.Length), reports.All[^1]);
        Assert.Equal(reports.All.OrderBy(report => report.Done), reports.All);
    }

    [Fact]
    public void WhatIsThereIsNotFetchedAgain()
    {
        CifarFiles.WriteAll(_folder);
        CifarFiles.WriteAll(_folder, "inner/cifar-10-batches-bin");
        Assert.Equal(100, Open(Archive(s_archive)).Train.Count);
        Assert.Equal(100, Cifar10.Open(_folder["inner"], Options(Archive(s_archive))).Train.Count);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public void OnlyWhatIsMissingIsAddedAndNothingOverwritten()
    {
        byte[] own = CifarFiles.Content(77);
        _folder.Write("data_batch_2.bin", own);
        _server.Give(Packed, s_archive);
        Open(Archive(s_archive));
        Assert.Equal(own, File.ReadAllBytes(_folder["data_batch_2.bin"]));
        Assert.Equal(CifarFiles.Content(2), File.ReadAllBytes(_folder["data_batch_3.bin"]));
    }

    [Fact]
    public void FilesThatNeedNoUnpackingAreFetchedOneByOne()
    {
        IdxFiles.WriteAll(_folder);
        string expected = Fingerprint.Of(IdxFiles.Open(_folder).Train);
        OfficialArchive archive = ZipAll();
        File.Delete(_folder["train-labels-idx1-ubyte.gz"]);
        Assert.Equal(expected, Fingerprint.Of(IdxImages.Open(_folder.Path, Options(archive)).Train));
        Assert.Equal("/data/train-labels-idx1-ubyte.gz", Assert.Single(_server.Requests));
        IdxImages.Open(_folder.Path, Options(archive));
        Assert.Single(_server.Requests);
    }

    [Fact]
    public void FilesOfTwoDataSetsAreNotMixed()
    {
        IdxFiles.WriteAll(_folder);
        OfficialArchive archive = ZipAll();
        File.Delete(_folder["train-labels-idx1-ubyte.gz"]);
        string path = _folder.Write("t10k-images-idx3-ubyte.gz", IdxFiles.Zip(IdxFiles.Images(3)));
        Refusal.Names(path, () => IdxImages.Open(_folder.Path, Options(archive)), "is not t10k-images-idx3-ubyte.gz of", "another folder");
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public void OnlyExpectedNamesLeaveTheArchive()
    {
        byte[] hostile = Tar(
        [
            ("../evil.bin", [1]),
            ("/tmp/gimbal-evil.bin", [1]),
            ("cifar-10-batches-bin/../../evil.bin", [1]),
            ("data_batch_1.bin", [1]),
            .. CifarFiles.Names.Select((name, i) => ($"cifar-10-batches-bin/{name}", CifarFiles.Content(i))),
            ("cifar-10-batches-bin/readme.html", [1]),
        ]);
        string below = _folder["below/deep"];
        _server.Give(Packed, hostile);
        Assert.Equal(100, Cifar10.Open(below, Options(Archive(hostile))).Train.Count);
        Assert.Equal(6, Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Length);
        Assert.False(File.Exists("/tmp/gimbal-evil.bin"));
    }

    [Fact]
    public void AWrongDigestIsRefusedBeforeAnythingIsUnpacked()
    {
        byte[] other = [.. s_archive];
        other[^20] ^= 1;
        _server.Give(Packed, other);
        Refuse(Archive(s_archive), $"{_server.Address}{Packed}", $"MD5 is {Md5(other)} and not {Md5(s_archive)}");
    }

    [Fact]
    public void AFileThatTheServerLacksIsRefused() => Refuse(Archive(s_archive), "404 Not Found", "by hand");

    [Fact]
    public void ABodyThatBreaksOffIsRefused()
    {
        _server.Give(Packed, new ArchiveServer.Answer(s_archive[..50_000], s_archive.Length));
        Refuse(Archive(s_archive), "cannot fetch", "prematurely");
        _server.Give(Packed, s_archive[..50_000]);
        Refuse(Archive(s_archive), $"ends after 50000 of {s_archive.Length} bytes");
    }

    [Fact]
    public void ABodyThatDoesNotEndIsLeftAtTheStatedLength()
    {
        _server.Give(Packed, new ArchiveServer.Answer([.. s_archive, .. new byte[300_000]], long.MaxValue, StaysOpen: true));
        Refuse(Archive(s_archive), $"longer than {s_archive.Length} bytes");
    }

    [Fact]
    public void AServerThatIsNotThereIsNamed()
    {
        using Socket silent = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Uri address = ArchiveServer.Bind(silent);
        Refuse(Archive(s_archive) with { Address = address }, address.ToString(), "refused");
    }

    [Fact]
    public void AnArchiveThatLacksAFileOrIsNoneIsRefused()
    {
        byte[] lacking = Tar([.. CifarFiles.Names.Skip(1).Select((name, i) => ($"cifar-10-batches-bin/{name}", CifarFiles.Content(i)))]);
        _server.Give(Packed, lacking);
        Refuse(Archive(lacking), "cifar-10-batches-bin/data_batch_1.bin is not in it");
        byte[] none = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        _server.Give(Packed, none);
        Refuse(Archive(none), "cannot be unpacked");
        byte[] cut = s_archive[..(s_archive.Length / 2)];
        _server.Give(Packed, cut);
        Refuse(Archive(cut), "cannot fetch");
    }

    [Fact]
    public void AServerThatFallsSilentIsGivenUp()
    {
        _server.Give(Packed, new ArchiveServer.Answer(s_archive[..200_000], s_archive.Length, StaysOpen: true));
        Refuse(Archive(s_archive) with { Patience = TimeSpan.FromMilliseconds(100) }, "the server is silent for 0.1 s");
    }

    [Fact]
    public void CancellingLeavesNothingBehind()
    {
        _server.Give(Packed, new ArchiveServer.Answer(s_archive[..200_000], s_archive.Length, StaysOpen: true));
        using CancellationTokenSource cancellation = new();
        CancelAfterFirstReport progress = new(cancellation);
        Assert.ThrowsAny<OperationCanceledException>(
            () => Cifar10.Open(_folder["new"], Options(Archive(s_archive)) with { Progress = progress }, cancellation.Token));
        Assert.True(progress.WasCalled);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void AFolderThatCannotBeMadeIsAFailureOfTheDisk()
    {
        string file = _folder.Write("file", [1]);
        IOException failure = Assert.Throws<IOException>(() => Cifar10.Open(Path.Combine(file, "below"), Options(Archive(s_archive))));
        Assert.StartsWith($"{file}/below: cannot keep the download here: ", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [MountFact]
    public void AFullDiskIsAFailureOfTheDiskAndIsFreedAgain()
    {
        string mount = _folder["mount"];
        Directory.CreateDirectory(mount);
        using TemporaryFileSystem disk = new(mount, "size=64k");
        _server.Give(Packed, s_archive);
        IOException failure = Assert.Throws<IOException>(() => Cifar10.Open(mount, Options(Archive(s_archive))));
        Assert.Contains("No space left on device", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(mount));
    }

    [Fact]
    public void OfficialArchivesHoldTheFilesTheirReadersWant()
    {
        Assert.Equal(CifarFiles.Names, Assert.Single(Cifar10.Official.Parts).Files);
        IdxFiles.WriteAll(_folder);
        Assert.Equal(
            Directory.GetFiles(_folder.Path).Select(file => $"{Path.GetFileName(file)}.gz").Order(StringComparer.Ordinal),
            IdxImages.Mnist.Parts.Select(part => part.File).Order(StringComparer.Ordinal));
        Assert.All(Cifar10.Official.Parts.Concat(IdxImages.Mnist.Parts), part => Assert.Matches("^[0-9a-f]{32}$", part.Md5));
    }

    [Fact]
    public async Task AnAddressThatIsNoWebAddressIsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => new OfficialArchive(new Uri("file:///etc/"), new ArchivePart("passwd", 1, "")).FetchAsync(_folder.Path));

    private static string Md5(byte[] content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] Tar(IReadOnlyList<(string Name, byte[] Content)> members)
    {
        using MemoryStream tar = new();
        using (TarWriter writer = new(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members)
            {
                using MemoryStream data = new(content);
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = data });
            }
        }

        return IdxFiles.Zip(tar.ToArray());
    }

    private static DataOptions Options(OfficialArchive archive) => new() { Download = true, Archive = archive };

    /// <summary>Compresses the four files of the folder and publishes them.</summary>
    private OfficialArchive ZipAll()
    {
        List<ArchivePart> parts = [];
        foreach (string file in Directory.GetFiles(_folder.Path))
        {
            byte[] zipped = IdxFiles.Zip(File.ReadAllBytes(file));
            string name = $"{Path.GetFileName(file)}.gz";
            _folder.Write(name, zipped);
            _server.Give(name, zipped);
            File.Delete(file);
            parts.Add(new ArchivePart(name, zipped.Length, Md5(zipped)));
        }

        return new OfficialArchive(_server.Address, parts);
    }

    private OfficialArchive Archive(byte[] content) =>
        new(_server.Address, Cifar10.Official.Parts[0] with { Length = content.Length, Md5 = Md5(content) });

    private DataSplits Open(OfficialArchive archive, IProgress<LoadProgress>? progress = null) =>
        Cifar10.Open(_folder.Path, Options(archive) with { Progress = progress });

    private IEnumerable<string> Names() => Directory.EnumerateFileSystemEntries(_folder.Path).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal);

    private void Refuse(OfficialArchive archive, params string[] words)
    {
        Refusal.Names(_folder["new"], () => Cifar10.Open(_folder["new"], Options(archive)), words);
        Assert.Empty(Names());
    }

    private sealed class CancelAfterFirstReport(CancellationTokenSource cancellation) : IProgress<LoadProgress>
    {
        public bool WasCalled { get; private set; }

        public void Report(LoadProgress value)
        {
            WasCalled = true;
            cancellation.Cancel();
        }
    }
}
