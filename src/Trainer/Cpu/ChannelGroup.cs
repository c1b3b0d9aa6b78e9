namespace Gimbal.Trainer.Cpu;

/// <summary>Cuts the channels into groups of fixed size, for steps that finish sums and prepare coefficients.</summary>
internal static unsafe class ChannelGroup
{
    /// <summary>Channels of a group, at most.</summary>
    public const int Size = 64;

    /// <summary>Number of groups: the chunks of such a step.</summary>
    public static int Count(int channels) => (channels + Size - 1) / Size;

    /// <summary>First channel of a group.</summary>
    public static int Start(int group) => group * Size;

    /// <summary>One behind the last channel of a group.</summary>
    public static int End(int group, int channels) => Math.Min(channels, Start(group) + Size);

    /// <summary>Writes the coefficients of one channel into rows that lie one after the other.</summary>
    public static void Set(float* rows, int channels, int channel, params ReadOnlySpan<float> values)
    {
        for (int k = 0; k < values.Length; k++)
        {
            rows[((nint)k * channels) + channel] = values[k];
        }
    }
}
