namespace Gimbal.Trainer.Cuda;

/// <summary>Cuts tensors into pieces that one block works on each.</summary>
public static class CudaPieces
{
    private const int MostElements = 4096;

    /// <summary>Offset in bytes and number of elements of each piece, in order.</summary>
    public static IEnumerable<(ulong Offset, int Count)> Of(int count)
    {
        for (int start = 0; start < count; start += MostElements)
        {
            yield return ((ulong)start * sizeof(float), Math.Min(MostElements, count - start));
        }
    }
}
