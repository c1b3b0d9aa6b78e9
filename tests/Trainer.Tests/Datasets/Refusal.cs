using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Datasets;

/// <summary>What a user reads when data is refused.</summary>
internal static class Refusal
{
    /// <summary>Opens data that must be refused, in one line that begins with the path and has all the words.</summary>
    public static void Names(string path, Func<DataSplits> open, params string[] words)
    {
        DataFileException refusal = Assert.Throws<DataFileException>(open);
        Assert.Equal(path, refusal.Path);
        Assert.StartsWith($"{path}: ", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.All(words, word => Assert.Contains(word, refusal.What, StringComparison.Ordinal));
    }
}
