using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>Fetches parts of an archive into a folder, by way of a temporary folder inside it that goes when this is disposed.</summary>
internal sealed class ArchiveDownload : IDisposable
{
    private const int BlockBytes = 1 << 17;

    private readonly OfficialArchive _archive;
    private readonly string _folder;
    private readonly string _temporary;
    private readonly bool _isFolderNew;
    private readonly IProgress<LoadProgress>? _progress;
    private readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Makes the folders.</summary>
    /// <exception cref="IOException">They cannot be made.</exception>
    public ArchiveDownload(OfficialArchive archive, string folder, IProgress<LoadProgress>? progress)
    {
        (_archive, _folder, _progress) = (archive, folder, progress);
        _isFolderNew = !Directory.Exists(folder);
        _temporary = Path.Combine(folder, $".download-{RandomNumberGenerator.GetHexString(16, lowercase: true)}");
        OnDisk(() => Directory.CreateDirectory(_temporary));
    }

    /// <summary>Fetches, checks, unpacks and names the files of one part.</summary>
    public async Task FetchAsync(ArchivePart part, CancellationToken cancellation)
    {
        Uri source = new($"{_archive.Address.AbsoluteUri.TrimEnd('/')}/{part.File}");
        string packed = Path.Combine(_temporary, part.File);
        string digest = await ReceiveAsync(source, part, packed, cancellation).ConfigureAwait(false);
        if (digest != part.Md5)
        {
            throw Failure(source, $"its MD5 is {digest} and not {part.Md5}: damaged on the way, or not the official file");
        }

        if (part.Members.Count > 0)
        {
            Unpack(source, packed, part, cancellation);
        }

        cancellation.ThrowIfCancellationRequested();
        foreach (string file in part.Files.Where(file => !Path.Exists(Path.Combine(_folder, file))))
        {
            OnDisk(() => File.Move(Path.Combine(_temporary, file), Path.Combine(_folder, file)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        try
        {
            Directory.Delete(_temporary, recursive: true);
            if (_isFolderNew && !Directory.EnumerateFileSystemEntries(_folder).Any())
            {
                Directory.Delete(_folder);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What led here is the failure to report.
        }
    }

    private async Task<string> ReceiveAsync(Uri source, ArchivePart part, string packed, CancellationToken cancellation)
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        silence.CancelAfter(_archive.Patience);
        using HttpResponseMessage response = await Online(source, () => _client.GetAsync(source, HttpCompletionOption.ResponseHeadersRead, silence.Token), cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw Failure(source, $"the server answers {(int)response.StatusCode} {response.ReasonPhrase}");
        }

        using Stream body = await Online(source, () => response.Content.ReadAsStreamAsync(silence.Token), cancellation).ConfigureAwait(false);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using FileStream file = OnDisk(() => new FileStream(packed, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0));
        byte[] block = new byte[BlockBytes];
        long received = 0;
        for (int read = -1; read != 0 && received <= part.Length; received += read)
        {
            silence.CancelAfter(_archive.Patience);
            read = await Online(source, () => body.ReadAsync(block, silence.Token).AsTask(), cancellation).ConfigureAwait(false);
            hash.AppendData(block, 0, read);
            OnDisk(() => file.Write(block, 0, read));
            _progress?.Report(new LoadProgress($"fetch {part.File}", received + read, part.Length));
        }

        OnDisk(() => file.Flush(flushToDisk: true));
        return received == part.Length
            ? Convert.ToHexStringLower(hash.GetHashAndReset())
            : throw Failure(source, received < part.Length ? $"it ends after {received} of {part.Length} bytes" : $"it is longer than {part.Length} bytes and not the official file");
    }

    private void Unpack(Uri source, string packed, ArchivePart part, CancellationToken cancellation)
    {
        HashSet<string> missing = [.. part.Members];
        try
        {
            using FileStream file = File.OpenRead(packed);
            using GZipStream unzipped = new(file, CompressionMode.Decompress);
            using TarReader tar = new(unzipped);
            while (tar.GetNextEntry() is { } entry)
            {
                cancellation.ThrowIfCancellationRequested();
                // Only expected names are written, each under its last part, so no entry can leave the folder.
                if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && missing.Remove(entry.Name))
                {
                    using FileStream member = OnDisk(() => File.Create(Path.Combine(_temporary, entry.Name[(entry.Name.LastIndexOf('/') + 1)..])));
                    OnDisk(() =>
                    {
                        entry.DataStream?.CopyTo(member);
                        member.Flush(flushToDisk: true);
                    });
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw Failure(source, $"it cannot be unpacked ({e.Message.TrimEnd('.')})", e);
        }

        if (missing.Count > 0)
        {
            throw Failure(source, $"{missing.Order(StringComparer.Ordinal).First()} is not in it");
        }
    }

    private async Task<T> Online<T>(Uri source, Func<Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw Failure(source, FormattableString.Invariant($"the server is silent for {_archive.Patience.TotalSeconds:0.#} s"), e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Failure(source, (e.InnerException ?? e).Message.TrimEnd('.'), e);
        }
    }

    private DataFileException Failure(Uri source, string why, Exception? cause = null) =>
        new(_folder, $"cannot fetch {source}: {why}; try again, or put the files there by hand", cause);

    private void OnDisk(Action write) => OnDisk(() =>
    {
        write();
        return 0;
    });

    private T OnDisk<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException and not EndOfStreamException or UnauthorizedAccessException)
        {
            throw new IOException($"{_folder}: cannot keep the download here: {e.Message.TrimEnd('.')}", e);
        }
    }
}
