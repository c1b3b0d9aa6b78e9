using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary>Opens the device a run asks for.</summary>
internal static class Devices
{
    /// <summary>Opens it; <c>auto</c> says what it chose.</summary>
    /// <exception cref="DeviceException">It is not there.</exception>
    public static Device Open(TrainingOptions options, Output output)
    {
        if (options.Device == "cuda")
        {
            throw new DeviceException("--device cuda: this build has no CUDA backend; use --device cpu");
        }

        CpuDevice device = new(options.Threads);
        output.Line($"device  {device.Description}");
        return device;
    }
}
