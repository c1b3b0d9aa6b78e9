namespace Gimbal.Inference;

/// <summary>A model file is missing, damaged or not a classifier that carries Gimbal's metadata.</summary>
/// <param name="message">File, what is wrong and what to do, in one line.</param>
/// <param name="cause">The exception behind it, if any.</param>
public sealed class ModelFileException(string message, Exception? cause = null) : Exception(message, cause);
