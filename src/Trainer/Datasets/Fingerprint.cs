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
        byte[] room = new byte[source.PixelBytes];
        byte[] label = new byte[sizeof(int)];
        for (int i = 0; i < source.Count; i++)
        {
            hash.AppendData(source.Fetch(i, room, out int number));
            BinaryPrimitives.WriteInt32LittleEndian(label, number);
            hash.AppendData(label);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
