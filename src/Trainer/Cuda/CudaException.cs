namespace Gimbal.Trainer.Cuda;

/// <summary>The device cannot do what was asked; the message says which call failed, for which kernel, and what to do.</summary>
/// <param name="message">Call, kernel, remedy.</param>
/// <param name="inner">What the driver said.</param>
public class CudaException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>There is no device to work with: no driver, no card, or a driver that is too old.</summary>
/// <param name="message">What is missing and what to do.</param>
/// <param name="inner">What the driver said.</param>
public sealed class CudaUnavailableException(string message, Exception? inner = null) : CudaException(message, inner);
