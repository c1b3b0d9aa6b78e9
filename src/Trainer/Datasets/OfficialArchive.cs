using System.Security.Cryptography;

namespace Gimbal.Trainer.Datasets;

/// <summary>One file of an official archive.</summary>
/// <param name="File">Name under the archive's address.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Md5">MD5 of the content, as its publisher states it, in lower-case hexadecimal digits.</param>
/// <param name="Members">Files to take out of it, by their full names inside, where it is a .tar.gz; empty: it is kept as it is.</param>
public sealed record ArchivePart(string File, long Length, string Md5, params IReadOnlyList<string> Members)
{
    /// <summary>Names of the files it brings into the folder.</summary>
    public IReadOnlyList<string> Files => Members.Count == 0 ? [File] : [.. Members.Select(member => member[(member.LastIndexOf('/') + 1)..])];

    /// <summary>Whether a file is this part, by length and digest.</summary>
    internal bool IsAt(string path)
    {
        byte[] content = DataFile.Length(path) == Length ? DataFile.Read(path, Length) : [];
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(content);
        return content.Length == Length && Convert.ToHexStringLower(hash.GetHashAndReset()) == Md5;
    }
}

/// <summary>Where a data set is published. Write one to fetch from a mirror of your own.</summary>
/// <param name="Address">Web folder (http or https) that holds the parts.</param>
/// <param name="Parts">Its files.</param>
public sealed record OfficialArchive(Uri Address, params IReadOnlyList<ArchivePart> Parts)
{
    /// <summary>How long a server may be silent.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Brings the files a folder lacks into it; files that are there are never touched.</summary>
    /// <remarks>Each part is fetched into a temporary folder inside, checked against length and digest, unpacked there, and only then named.</remarks>
    /// <param name="folder">Made if need be.</param>
    /// <param name="progress">Hears of every received block.</param>
    /// <param name="cancellation">Ends the download; nothing unfinished is left behind.</param>
    /// <exception cref="Tensors.DataFileException">The server refuses or goes silent, or what it sends is not what the digest says.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public async Task FetchAsync(string folder, IProgress<LoadProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (Address is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
        {
            throw new ArgumentException($"{Address} is no http or https address");
        }

        ArchivePart[] lacking = [.. Parts.Where(part => !part.Files.All(file => Path.Exists(Path.Combine(folder, file))))];
        if (lacking.Length == 0)
        {
            return;
        }

        using ArchiveDownload download = new(this, folder, progress);
        foreach (ArchivePart part in lacking)
        {
            await download.FetchAsync(part, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Fetches as the options say, and waits.</summary>
    internal void Fetch(string folder, DataOptions options, CancellationToken cancellation) =>
        Task.Run(() => FetchAsync(folder, options.Progress, cancellation), CancellationToken.None).GetAwaiter().GetResult();
}
