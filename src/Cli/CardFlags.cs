using System.CommandLine;
using Gimbal.Trainer.Cuda;

namespace Gimbal.Cli;

/// <summary>The flags that name a card to give floors for, which need not be there.</summary>
internal sealed class CardFlags
{
    private const double UsualMicroseconds = 2;

    private readonly Option<string?> _gpu = new("--gpu") { Description = $"card whose published peaks floors are given for: {Keys} [default: {CudaPeaks.All[0].Key}]", HelpName = "name" };

    private readonly Option<double?> _launch = new("--launch-us")
    {
        Description = $"microseconds that one launch of a recorded step takes at least; an assumption, to be measured on the card [default: {UsualMicroseconds}]",
        HelpName = "number",
    };

    private static string Keys => string.Join(", ", CudaPeaks.All.Select(card => card.Key));

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_gpu);
        command.Options.Add(_launch);
    }

    /// <summary>What they say.</summary>
    /// <exception cref="UsageException">The card is not known, or a launch takes no time.</exception>
    public CardCost Read(ParseResult parsed)
    {
        string? key = parsed.GetValue(_gpu);
        double microseconds = parsed.GetValue(_launch) ?? UsualMicroseconds;
        if (!(microseconds > 0 && double.IsFinite(microseconds)))
        {
            throw new UsageException(FormattableString.Invariant($"--launch-us: {microseconds} is not above 0"));
        }

        CudaPeaks? card = key is null ? CudaPeaks.All[0] : CudaPeaks.All.FirstOrDefault(known => known.Key == key);
        return new CardCost(card ?? throw new UsageException($"--gpu: '{key}' is not known (there are {Keys})"), microseconds);
    }

    /// <summary>Refuses them where no card's floors are asked for.</summary>
    /// <exception cref="UsageException">One is given.</exception>
    public void Refuse(ParseResult parsed)
    {
        foreach (Option flag in new Option[] { _gpu, _launch })
        {
            if (parsed.GetResult(flag) is { Implicit: false })
            {
                throw new UsageException($"{flag.Name}: goes with --device cuda --cost alone");
            }
        }
    }
}
