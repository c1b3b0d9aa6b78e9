namespace Gimbal.Trainer.Tensors;

/// <summary>A network does not fit together: an op was given shapes or attributes outside its rule.</summary>
/// <param name="message">What, got, want, where: <c>Conv: x [2,4,32,32] has 4 channels, w [16,3,3,3] with groups=1 wants 3</c>.</param>
public sealed class ShapeException(string message) : Exception(message);
