namespace Gimbal.Trainer.Training;

/// <summary>An option has a value outside its range, or two options contradict each other.</summary>
/// <param name="option">The flag: <c>--lr</c>.</param>
/// <param name="what">What is wrong and what is allowed, without a full stop.</param>
public sealed class OptionsException(string option, string what) : Exception($"{option}: {what}")
{
    /// <summary>The flag.</summary>
    public string Option { get; } = option;
}
