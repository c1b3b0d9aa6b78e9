namespace Gimbal.Trainer.Datasets;

/// <summary>The text that names a data set cannot be understood, or an option asks for what the data cannot give.</summary>
/// <param name="message">What is wrong and what is allowed.</param>
public sealed class DataSpecException(string message) : ArgumentException(message);
