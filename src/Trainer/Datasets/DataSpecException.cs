namespace Gimbal.Trainer.Datasets;

/// <summary>The text that names a data set cannot be understood.</summary>
/// <param name="message">What is wrong and what is allowed.</param>
public sealed class DataSpecException(string message) : ArgumentException(message);
