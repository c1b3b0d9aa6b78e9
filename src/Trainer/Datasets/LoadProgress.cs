namespace Gimbal.Trainer.Datasets;

/// <summary>How far the opening of a data set has come.</summary>
/// <param name="Activity">What is being done: <c>fetch cifar-10-binary.tar.gz</c>, <c>decode pictures</c>.</param>
/// <param name="Done">Bytes or pictures so far.</param>
/// <param name="Total">Bytes or pictures in all.</param>
public readonly record struct LoadProgress(string Activity, long Done, long Total);
