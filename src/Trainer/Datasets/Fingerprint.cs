using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Gimbal.Trainer.Datasets;

/// <summary>Tells whether two data sets are the same.</summary>
public static class Fingerprint
{
    /// <summary>The first 16 hexadecimal digits of the SHA-256 of size, class names, pixels and labels.</summary>
    public static string Of(ImageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{source.Count} {source.Height} {source.Width} {source.Channels}\n{string.Join('\n', source.Classes)}\n"));
        byte[] picture = new byte[source.PixelBytes + sizeof(int)];
        for (int i = 0; i < source.Count; i++)
        {
            source.Read(i, picture.AsSpan(0, source.PixelBytes));
            BinaryPrimitives.WriteInt32LittleEndian(picture.AsSpan(source.PixelBytes), source.Label(i));
            hash.AppendData(picture);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
