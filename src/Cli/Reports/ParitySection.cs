namespace Gimbal.Cli.Reports;

/// <summary>Whether the exported file gives the trainer's answers.</summary>
internal static class ParitySection
{
    /// <summary>The gate's verdict in numbers.</summary>
    public static Section? Of(ReportedRun run) => run.Parity is not { } parity ? null : new Section("Exported model",
        Markup.Paragraph(parity.Passed
            ? "ONNX Runtime gives the trainer's outputs on real test images."
            : "ONNX Runtime does not give the trainer's outputs."),
        Markup.List(
        [
            ("Verdict", parity.Passed ? "verified" : "refused"),
            ("Images compared", Figures.Count(parity.Samples)),
            ("Same class", Figures.Percent(parity.Agreement)),
            ("Ties", Figures.Count(parity.Ties)),
            ("Largest difference", $"{Figures.Scientific(parity.MaxAbsDiff)} (allowed {Figures.Scientific(parity.Tolerance)})"),
            ("RMS of the logits", Figures.Short(parity.Rms)),
            ("Batches", string.Join(", ", parity.Batches)),
            ("Provider", parity.Provider),
            ("First divergent node", parity.FirstDivergentNode),
        ]));
}
