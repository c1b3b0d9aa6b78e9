namespace Gimbal.Cli.Tests;

/// <summary>An empty folder that is gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Where it is.</summary>
    public string FullPath { get; } = Directory.CreateTempSubdirectory("gimbal-cli-").FullName;

    /// <summary>A path below it.</summary>
    public string this[string name] => Path.Combine(FullPath, name);

    /// <summary>Writes a file below it and returns its path.</summary>
    public string Write(string name, byte[] content)
    {
        string path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Every file and its content, to see that nothing was changed.</summary>
    public IReadOnlyDictionary<string, string> Content() => Directory.GetFiles(FullPath, "*", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetRelativePath(FullPath, path), path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))));

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
