using Microsoft.Extensions.Logging;

namespace Gimbal.Trainer.Training;

/// <summary>What a run tells a logger.</summary>
internal static partial class RunLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Model}: {Epochs} epochs of {Steps} steps, {Images} images; {Done} steps done")]
    public static partial void Begins(ILogger logger, string model, int epochs, int steps, int images, long done);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Epoch}")]
    public static partial void Epoch(ILogger logger, EpochResult epoch);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped after {Done} steps")]
    public static partial void Stopped(ILogger logger, long done);

    [LoggerMessage(Level = LogLevel.Warning, Message = "step {Step} skipped: loss {Loss}, first gradient that is not finite: {Parameter}")]
    public static partial void Skipped(ILogger logger, long step, float loss, string parameter);
}
