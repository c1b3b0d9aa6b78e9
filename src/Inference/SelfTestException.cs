namespace Gimbal.Inference;

/// <summary>The model does not give, on this machine, the outputs it gave where it was exported.</summary>
/// <param name="message">Which sample, by how much, and what to check.</param>
public sealed class SelfTestException(string message) : Exception(message);
