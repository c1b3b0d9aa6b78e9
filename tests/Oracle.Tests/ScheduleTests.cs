using Gimbal.Trainer.Optimizers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Gimbal.Oracle.Tests;

/// <summary>Learning rates against lr_scheduler, step by step.</summary>
public sealed class ScheduleTests
{
    // Both sides compute in double; libtorch multiplies step by step, which rounds a few hundred times.
    private const double Limit = 1e-12;

    [TorchFact]
    public void StepSchedule_agrees_with_StepLR()
    {
        Random random = new(31);
        for (int i = 0; i < 40; i++)
        {
            (double rate, int period, double gamma) = (random.NextDouble(), random.Between(1, 12), 0.05 + (0.9 * random.NextDouble()));
            double[] torchRates = Rates(rate, 60, optimizer => optim.lr_scheduler.StepLR(optimizer, period, gamma));
            Assert.True(Difference(new StepSchedule(rate, period, gamma), torchRates) < Limit);
            Assert.True(Difference(new StepSchedule(rate, period + 1, gamma), torchRates) > 1e-3, "a drop one step late would go unnoticed");
        }
    }

    [TorchFact]
    public void CosineSchedule_agrees_with_CosineAnnealingLR_until_its_end()
    {
        Random random = new(32);
        for (int i = 0; i < 40; i++)
        {
            (double rate, int total, double floor) = (0.01 + random.NextDouble(), random.Between(2, 80), 0.01 * random.NextDouble());
            double[] torchRates = Rates(rate, total + 1, optimizer => optim.lr_scheduler.CosineAnnealingLR(optimizer, total, floor));
            Assert.True(Difference(new CosineSchedule(rate, total, floor), torchRates) < Limit);
            Assert.True(Difference(new CosineSchedule(rate, total - 1, floor), torchRates) > 1e-5, "an end one step early would go unnoticed");
        }
    }

    [TorchFact]
    public void OneCycleSchedule_agrees_with_OneCycleLR()
    {
        Random random = new(33);
        for (int i = 0; i < 40; i++)
        {
            (double rate, int total) = (0.01 + random.NextDouble(), random.Between(4, 120));
            double[] torchRates = Rates(1, total, optimizer => optim.lr_scheduler.OneCycleLR(optimizer, rate, total));
            Assert.True(Difference(new OneCycleSchedule(rate, total), torchRates) < Limit, $"rate {rate}, {total} steps");
            Assert.True(Difference(new OneCycleSchedule(rate, total + 1), torchRates) > 1e-5, "a cycle one step too long would go unnoticed");
        }
    }

    private static double[] Rates(double rate, int steps, Func<optim.Optimizer, optim.lr_scheduler.LRScheduler> create)
    {
        using var scope = NewDisposeScope();
        Parameter parameter = nn.Parameter(zeros(1));
        using optim.Optimizer optimizer = optim.SGD([parameter], rate);
        optim.lr_scheduler.LRScheduler scheduler = create(optimizer);
        double[] rates = new double[steps];
        for (int step = 0; step < steps; step++)
        {
            rates[step] = optimizer.ParamGroups.First().LearningRate;
            scheduler.step();
        }

        return rates;
    }

    private static double Difference(Schedule schedule, double[] rates) =>
        rates.Select((rate, step) => Math.Abs(schedule.At(step) - rate)).Max() / rates.Max();
}
