namespace Gimbal.Benchmarks;

/// <summary>A measurement that cannot be taken or must not count.</summary>
/// <param name="message">What happened, for whom.</param>
internal sealed class BenchmarkException(string message) : Exception(message);
