using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>What to do about it.</summary>
/// <param name="Text">In words.</param>
/// <param name="Changed">The options with the change; null where it takes another network.</param>
/// <param name="StartsAnew">Whether weights that have been trained are lost: nothing brings back what is dead.</param>
public sealed record Remedy(string Text, TrainingOptions? Changed = null, bool StartsAnew = false);

/// <summary>What the doctor found.</summary>
/// <param name="Verdict">What ails the network.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Cause">Why.</param>
/// <param name="Layer">The layer to blame; null: the network as a whole, or none.</param>
/// <param name="Ratio">Norm of the gradient at the first hidden layer over that at the last.</param>
/// <param name="Gain">That per layer.</param>
/// <param name="Finding">What was measured.</param>
/// <param name="Reason">Why that happens, with the constant it is known by.</param>
/// <param name="Bracket">What the literature says of such numbers, with the source.</param>
/// <param name="Remedy">What to do; null: nothing.</param>
public sealed record Diagnosis(
    Verdict Verdict, Severity Severity, Cause Cause, string? Layer, double Ratio, double Gain, string Finding, string Reason, string Bracket, Remedy? Remedy);
