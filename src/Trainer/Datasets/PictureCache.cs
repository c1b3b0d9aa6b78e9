using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Gimbal.Trainer.Datasets;

/// <summary>Decoded pictures that are too many for the memory, in a file that later runs on the same files use again.</summary>
internal static class PictureCache
{
    // Part of the key: raise it when decoding or the file's form changes.
    private const int Form = 1;

    /// <summary>Finds the cache of these files at this size, or decodes them into one.</summary>
    /// <exception cref="Tensors.DataFileException">A picture cannot be decoded and none may be left out.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public static (ImageSource All, string?[] Faults) Load(
        string[] files, int[] labels, int height, int width, IReadOnlyList<string> classes, DataOptions options, List<string> notes, CancellationToken cancellation)
    {
        string folder = options.CacheFolder ?? UserFolder();
        string pixels = Path.Combine(folder, $"{Key(files, height, width)}.pixels");
        long length = (long)files.Length * height * width * 3;
        CacheFacts facts = Find(pixels, length, files.Length) ?? Build(pixels, length, files, height, width, options, cancellation);
        string?[] faults = new string?[files.Length];
        foreach ((int index, string fault) in facts.Faults)
        {
            faults[index] = fault;
        }

        PictureDecoding.Require(files, faults, options);
        notes.Add(FormattableString.Invariant($"decoded pictures are kept in {pixels} ({length / 1e9:0.0} GB) for other runs; it may be deleted"));
        return (new CachedPictures(pixels, labels, height, width, facts.IsColour ? 3 : 1, classes), faults);
    }

    // Null where there is no cache, or a killed or cut run has left one that is not whole.
    private static CacheFacts? Find(string pixels, long length, int count)
    {
        try
        {
            return File.Exists(FactsOf(pixels)) && File.Exists(pixels) && new FileInfo(pixels).Length == length
                && JsonSerializer.Deserialize<CacheFacts>(File.ReadAllBytes(FactsOf(pixels))) is { } facts
                && facts.Faults.Keys.All(index => index >= 0 && index < count) ? facts : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static CacheFacts Build(string pixels, long length, string[] files, int height, int width, DataOptions options, CancellationToken cancellation)
    {
        string temporary = $"{pixels}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(pixels)!);
            PictureDecoding decoding;
            using (SafeFileHandle file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, length))
            {
                decoding = new(files, height, width, options, (i, picture) => RandomAccess.Write(file, picture, (long)i * picture.Length));
                decoding.Run(cancellation);
                RandomAccess.SetLength(file, length);
                // The facts vouch for the pixels, so these must not be lost alone when the power fails.
                RandomAccess.FlushToDisk(file);
            }

            CacheFacts facts = new(decoding.IsColour, decoding.Faults.Index().Where(f => f.Item is not null).ToDictionary(f => f.Index, f => f.Item!));
            File.Move(temporary, pixels, overwrite: true);
            File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(facts));
            File.Move(temporary, FactsOf(pixels), overwrite: true);
            return facts;
        }
        catch (Exception e) when (e is UnauthorizedAccessException || e.GetType() == typeof(IOException) || e is DirectoryNotFoundException)
        {
            throw new IOException(
                FormattableString.Invariant($"{pixels}: cannot keep {length / 1e9:0.0} GB of decoded pictures ({e.Message.TrimEnd('.')}); choose a smaller --size, or --limit the training pictures"), e);
        }
        finally
        {
            Remove(temporary);
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What led here is the failure to report.
        }
    }

    private static string FactsOf(string pixels) => Path.ChangeExtension(pixels, ".json");

    private static string Key(string[] files, int height, int width)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Form} {height} {width}\n")));
        foreach (string file in files)
        {
            FileInfo info = new(Path.GetFullPath(file));
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{(info.Exists ? info.Length : 0)} {info.LastWriteTimeUtc.Ticks} {info.FullName}\n")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static string UserFolder()
    {
        string root = OperatingSystem.IsWindows()
            ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(root, "gimbal");
    }

    /// <summary>What is known beside the pixels.</summary>
    /// <param name="IsColour">Whether any picture is coloured.</param>
    /// <param name="Faults">Why a file could not be decoded, by its position.</param>
    private sealed record CacheFacts(bool IsColour, IReadOnlyDictionary<int, string> Faults);
}
