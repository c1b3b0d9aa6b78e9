namespace Gimbal.Cli.Reports;

/// <summary>What the gradient doctor says of the readings a run left.</summary>
internal static class DoctorSection
{
    /// <summary>Verdict, evidence, cause and remedy; null where there are no readings from the first step on.</summary>
    public static Section? Of(ReportedRun run) => run.Facts?.Doctor is not { } doctor
        ? null
        : new Section("Gradient doctor", Markup.List(
        [
            ("Verdict", doctor.Verdict), ("Severity", doctor.Severity), ("Layer", doctor.Layer), ("Found", doctor.Finding), ("Cause", doctor.Reason), ("Known", doctor.Source),
            ("Remedy", doctor.Remedy),
        ]));
}
