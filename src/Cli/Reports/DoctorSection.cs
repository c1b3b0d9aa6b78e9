using System.Xml.Linq;
using Gimbal.Trainer.Diagnostics;

namespace Gimbal.Cli.Reports;

/// <summary>What the gradient doctor says of the readings a run left.</summary>
internal static class DoctorSection
{
    /// <summary>Verdict, evidence, cause and remedy; null where there are no readings from the first step on.</summary>
    public static Section? Of(ReportedRun run) => run.Diagnosis is not { } diagnosis
        ? null
        : new Section("Gradient doctor",
            new XElement("p", Markup.ClassOf($"badge {StyleOf(diagnosis.Severity)}"), DiagnosisText.Kebab(diagnosis.Verdict)),
            Markup.List(
            [
                ("Severity", DiagnosisText.Kebab(diagnosis.Severity)),
                ("Layer", diagnosis.Layer),
                ("Found", diagnosis.Finding),
                ("Cause", OrNothing(diagnosis.Reason)),
                ("Known", OrNothing(diagnosis.Bracket)),
                ("Remedy", diagnosis.Remedy?.Text),
            ]));

    private static string StyleOf(Severity severity) => severity switch
    {
        Severity.Ok => "good",
        Severity.Warning => "plain",
        _ => "bad",
    };

    private static string? OrNothing(string text) => text.Length == 0 ? null : text;
}
