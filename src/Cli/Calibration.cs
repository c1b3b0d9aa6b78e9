using System.Text.Json.Nodes;
using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary><c>gimbal diagnose --calibrate</c>: the doctor before networks whose illness is known, beside one that sees the weights' gradients alone.</summary>
internal static class Calibration
{
    /// <summary>Runs all of them.</summary>
    public static int Run(TrainingOptions options, Output output, CancellationToken cancellation)
    {
        using Device device = Devices.Open(options, output);
        Trial trial = new(device);
        List<TrialResult> results = [];
        foreach (string name in Trial.Names)
        {
            cancellation.ThrowIfCancellationRequested();
            TrialResult result = trial.Run(name);
            results.Add(result);
            output.Line($"{(result.IsRight ? "right" : "WRONG")}  {name}: {Said(result.Signals)}{(result.IsRight ? "" : $", should be {DiagnosisText.Kebab(result.Expected)}")}");
        }

        output.Line();
        output.Line("expected                       networks  right  by weight gradients alone  held out: right");
        foreach (IGrouping<Cause, TrialResult> group in results.GroupBy(result => result.Expected))
        {
            output.Line($"{DiagnosisText.Kebab(group.Key),-30} {group.Count(),8}  {group.Count(r => r.IsRight),5}  {group.Count(r => r.IsRightByWeights),25}  {group.Count(r => r.IsHeldOut && r.IsRight),8} of {group.Count(r => r.IsHeldOut)}");
        }

        TrialResult[] heldOut = [.. results.Where(result => result.IsHeldOut)];
        int alarms = results.Count(result => result.IsHealthy && result.Signals.Severity == Severity.Critical);
        output.Line(FormattableString.Invariant(
            $"all: {results.Count(r => r.IsRight)} of {results.Count} right ({results.Count(r => r.IsRightByWeights)} by weight gradients alone); held out: {heldOut.Count(r => r.IsRight)} of {heldOut.Length}; sound networks called critical: {alarms}"));
        output.Document(new JsonObject
        {
            ["networks"] = results.Count,
            ["right"] = results.Count(r => r.IsRight),
            ["right_by_weight_gradients"] = results.Count(r => r.IsRightByWeights),
            ["held_out"] = heldOut.Length,
            ["held_out_right"] = heldOut.Count(r => r.IsRight),
            ["false_alarms"] = alarms,
            ["results"] = new JsonArray([.. results.Select(r => (JsonNode)new JsonObject
            {
                ["network"] = r.Name, ["held_out"] = r.IsHeldOut, ["expected"] = DiagnosisText.Kebab(r.Expected), ["cause"] = DiagnosisText.Kebab(r.Signals.Cause),
                ["verdict"] = DiagnosisText.Kebab(r.Signals.Verdict), ["right"] = r.IsRight, ["right_by_weight_gradients"] = r.IsRightByWeights,
            })]),
        });
        return ExitCode.Done;
    }

    /// <summary>Trains ill networks with and without the remedy, and with that of another illness.</summary>
    public static int Treat(TrainingOptions options, int steps, Output output, CancellationToken cancellation)
    {
        using Device device = Devices.Open(options, output);
        Trial trial = new(device, steps);
        JsonArray document = [];
        foreach (string name in Trial.Treatable)
        {
            cancellation.ThrowIfCancellationRequested();
            (IReadOnlyList<float> asItIs, IReadOnlyList<float> remedied, IReadOnlyList<float> other) = trial.Treat(name);
            output.Line(name);
            JsonObject curves = new() { ["network"] = name };
            foreach ((string key, IReadOnlyList<float> losses) in ((string, IReadOnlyList<float>)[])[("as it is", asItIs), ("remedied", remedied), ("remedy of another illness", other)])
            {
                output.Line($"  {key,-26} {DiagnosisText.Curve(losses)}");
                curves[key.Replace(' ', '_')] = DiagnosisText.Numbers(losses);
            }

            document.Add(curves);
        }

        output.Document(new JsonObject { ["treated"] = document });
        return ExitCode.Done;
    }

    private static string Said(Diagnosis diagnosis) => diagnosis.Verdict == Verdict.Healthy
        ? "healthy"
        : $"{DiagnosisText.Kebab(diagnosis.Verdict)} ({DiagnosisText.Kebab(diagnosis.Severity)}), {DiagnosisText.Kebab(diagnosis.Cause)} at {diagnosis.Layer ?? "all layers"}";
}
