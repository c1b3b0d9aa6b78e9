namespace Gimbal.Imaging;

/// <summary>A picture cannot be decoded.</summary>
/// <param name="message">What is wrong, without the file's name and without a full stop.</param>
internal sealed class PictureException(string message) : Exception(message);
