namespace Gimbal.Cli.Reports;

/// <summary>What the run was given: options, data, machine.</summary>
internal static class SettingSections
{
    /// <summary>Every effective option.</summary>
    public static Section Configuration(ReportedRun run) => new("Configuration",
        Markup.List(run.Configuration.Select(option => (option.Key, (string?)option.Value))));

    /// <summary>The images in numbers, and what identifies them.</summary>
    public static Section Data(ReportedRun run) => new("Data", Markup.List(
    [
        ("Name", run.Data),
        ("Fingerprint of the training images", run.Fingerprint),
        .. run.Facts?.Data is { } data ? Counts(data) : [],
    ]));

    /// <summary>Software and machine.</summary>
    public static Section? Environment(ReportedRun run) => run.Facts?.Environment is not { } environment ? null : new Section("Environment", Markup.List(
    [
        ("Gimbal", environment.Version),
        ("Device", environment.Device),
        ("Processor", environment.Processor),
        ("Logical processors", $"{environment.Processors}"),
        ("System", environment.System),
        ("Runtime", environment.Runtime),
        ("Started", FormattableString.Invariant($"{environment.Started.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")),
    ]));

    private static IEnumerable<(string Name, string? Value)> Counts(DataFacts data) =>
    [
        ("Training images", Figures.Count(data.Train)),
        ("Validation images", data.Validation is { } held ? Figures.Count(held) : null),
        ("Test images", Figures.Count(data.Test)),
        ("Size", $"{data.Height}x{data.Width}x{data.Channels}"),
        ("Classes", $"{data.Classes.Count}: {string.Join(", ", data.Classes)}"),
        .. data.Notes.Select(note => ("Note", (string?)note)),
    ];
}
