namespace Gimbal.Trainer.Datasets;

/// <summary>The parts of a data set a run works with.</summary>
/// <param name="Name">What the data is called in listings and in the exported file.</param>
/// <param name="Train">What the weights are fitted to.</param>
/// <param name="Test">What accuracy is reported on; no decision may hang on it.</param>
/// <param name="Validation">Held out of training to choose the best epoch; null: the last epoch is taken.</param>
/// <param name="Notes">What a user should know about the data: pictures left out, folders taken as test set.</param>
public sealed record DataSplits(string Name, ImageSource Train, ImageSource Test, ImageSource? Validation, IReadOnlyList<string> Notes);
