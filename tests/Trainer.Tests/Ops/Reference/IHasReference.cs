namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>An op made for a test, which brings its own formula.</summary>
public interface IHasReference
{
    /// <summary>The outputs.</summary>
    IReadOnlyList<DoubleTensor> Evaluate(IReadOnlyList<DoubleTensor> inputs);
}
