namespace Gimbal.Cli.Reports;

/// <summary>What the gradient doctor says of the readings a run left.</summary>
internal static class DoctorSection
{
    /// <summary>Verdict, evidence, cause and remedy; null where there are no readings from the first step on.</summary>
    public static Section? Of(ReportedRun run) => run.Doctor is not { } doctor
        ? null
        : new Section("Gradient doctor", Markup.List(
        [
            ("Verdict", DiagnosisText.Kebab(doctor.Verdict)), ("Severity", DiagnosisText.Kebab(doctor.Severity)), ("Layer", doctor.Layer), ("Found", doctor.Finding),
            ("Cause", OrNothing(doctor.Reason)), ("Known", OrNothing(doctor.Bracket)), ("Remedy", doctor.Remedy?.Text),
        ]));

    private static string? OrNothing(string text) => text.Length == 0 ? null : text;
}
