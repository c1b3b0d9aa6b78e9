using Gimbal.Trainer.Health;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>A spike scores high, and what comes often does not.</summary>
public sealed class RunningScoreTests
{
    [Fact]
    public void Values_as_usual_score_like_a_normal_distribution_and_a_spike_scores_by_its_deviations()
    {
        RunningScore score = new();
        Random random = new(1);
        List<double> scores = [];
        for (int i = 0; i < 4000; i++)
        {
            if (score.Add(Draw(random)) is { } usual)
            {
                scores.Add(usual);
            }
        }

        Assert.Equal(4000 - 25, scores.Count);
        // An average over some 33 values has errors of its own: the scores spread a little more than the values.
        Assert.InRange(scores.Average(), -0.1, 0.1);
        Assert.InRange(Math.Sqrt(scores.Average(s => s * s)), 1.0, 1.15);
        // Eight deviations above the mean, by an estimate of the deviation that is within a third.
        Assert.InRange(score.Add(50 + (8 * 3))!.Value, 8 / 1.34, 8 * 1.34);
    }

    [Fact]
    public void Too_few_values_values_that_do_not_vary_and_values_that_are_not_finite_have_no_score()
    {
        RunningScore score = new();
        for (int i = 0; i < 100; i++)
        {
            Assert.Null(score.Add(2));
        }

        Assert.Null(score.Add(double.NaN));
        Assert.Null(score.Add(double.PositiveInfinity));
        Assert.Null(score.Add(3));
        Assert.True(score.Add(2) < 0);
    }

    private static double Draw(Random random) => 50 + (3 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}
