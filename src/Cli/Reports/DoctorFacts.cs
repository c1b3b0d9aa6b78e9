using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli.Reports;

/// <summary>What the gradient doctor said of a run when it ended: the weights it began with are not kept.</summary>
/// <param name="Verdict">What ails the network.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Layer">The layer to blame, if it is one.</param>
/// <param name="Finding">What was measured.</param>
/// <param name="Reason">Why that happens; null where nothing does.</param>
/// <param name="Source">What the literature says of it; null where nothing is to be said.</param>
/// <param name="Remedy">What to do; null: nothing.</param>
internal sealed record DoctorFacts(string Verdict, string Severity, string? Layer, string Finding, string? Reason, string? Source, string? Remedy)
{
    /// <summary>Lets the doctor look at a run's readings; null where there are none from the first step on.</summary>
    public static DoctorFacts? Of(string folder, TrainingRun run)
    {
        if (RunObservation.Of(run.Network, run.Options, RunFolder.ReadHealth(folder)) is not { } seen)
        {
            return null;
        }

        Diagnosis diagnosis = new GradientDoctor().Examine(seen);
        return new DoctorFacts(
            DiagnosisText.Kebab(diagnosis.Verdict),
            DiagnosisText.Kebab(diagnosis.Severity),
            diagnosis.Layer,
            diagnosis.Finding,
            OrNothing(diagnosis.Reason),
            OrNothing(diagnosis.Bracket),
            diagnosis.Remedy?.Text);
    }

    private static string? OrNothing(string text) => text.Length == 0 ? null : text;
}
