namespace Gimbal.Imaging;

/// <summary>The network's input for every byte of every channel.</summary>
internal static class NormalizationTable
{
    /// <summary>(p/255 − mean)/std in float32 and in that order; entry 256·channel + p.</summary>
    /// <param name="mean">Per channel, on the scale 0 to 1.</param>
    /// <param name="std">Per channel, on the scale 0 to 1.</param>
    public static float[] Create(IReadOnlyList<float> mean, IReadOnlyList<float> std)
    {
        float[] table = new float[mean.Count * 256];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = (((i & 255) / 255f) - mean[i >> 8]) / std[i >> 8];
        }

        return table;
    }
}
