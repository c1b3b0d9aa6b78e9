using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary>Opens the device a run asks for.</summary>
internal static class Devices
{
    /// <summary>Opens it; <c>auto</c> says what it chose.</summary>
    /// <exception cref="Trainer.Cuda.CudaUnavailableException">It is not there.</exception>
    public static Device Open(TrainingOptions options, Output output)
    {
        Device device = options.Device == "cuda" ? new CudaDevice() : new CpuDevice(options.Threads, options.Exact);
        output.Line($"device  {device.Description}");
        return device;
    }
}
