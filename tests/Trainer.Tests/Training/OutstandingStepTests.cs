using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;
using Flatten = Gimbal.Trainer.Layers.Flatten;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>A step may be started before the one ahead of it is finished; each still reports its own results.</summary>
public sealed class OutstandingStepTests : IDisposable
{
    private const int Batch = 4;
    private const int Side = 8;
    private const double Rate = 0.1;

    private readonly CpuDevice _device = new(1);
    private readonly StateStore _state;
    private readonly TrainingStep _step;

    public OutstandingStepTests()
    {
        Sequential layers = new(("conv", new Conv2d(1, 3, 3)), ("relu", new ReLU()), ("flatten", new Flatten()), ("fc", new Linear(3 * 6 * 6, 2)));
        TrainingGraph graph = TrainingGraph.Create(Network.Create("small", layers, 1, Side), new StepOptions(Batch, new Optimizers.Sgd()));
        _state = _device.NewState(graph.Graph);
        _step = new TrainingStep(graph, _device, _state, seed: 1);
    }

    [Fact]
    public void Steps_finish_in_the_order_they_were_started_in_with_the_results_of_steps_that_do_not_overlap()
    {
        _state.Initialize(1);
        List<StepResult> apart = [.. Enumerable.Range(0, 3).Select(i => _step.Run(Pictures(i), Rate, i))];

        _state.Initialize(1);
        _step.Start(Pictures(0), Rate, 0);
        _step.Start(Pictures(1), Rate, 1);
        StepResult first = _step.Finish();
        _step.Start(Pictures(2), Rate, 2);

        Assert.Equal(2, _step.Outstanding);
        Assert.Equal(apart, [first, _step.Finish(), _step.Finish()]);
        Assert.Equal(3, apart.Distinct().Count());
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_told_of_the_step_that_is_finished()
    {
        _state.Initialize(1);
        _step.Start(Pictures(0, float.NaN), Rate, 0);
        _step.Start(Pictures(1), Rate, 1);

        Assert.False(_step.Finish().IsFinite);
        Assert.Equal("conv.weight", _step.FirstNonFiniteGradient());
        Assert.True(_step.Finish().IsFinite);
        Assert.Null(_step.FirstNonFiniteGradient());
    }

    [Fact]
    public void No_more_than_two_are_outstanding_and_none_beside_one_that_measures()
    {
        Assert.Throws<InvalidOperationException>(() => _step.Finish());
        _step.Start(Pictures(0), Rate, 0);
        Assert.Throws<InvalidOperationException>(() => _step.Start(Pictures(1), Rate, 1, isMeasured: true));
        _step.Start(Pictures(1), Rate, 1);
        Assert.Throws<InvalidOperationException>(() => _step.Start(Pictures(2), Rate, 2));
        _step.Finish();
        _step.Finish();
        _step.Start(Pictures(2), Rate, 2, isMeasured: true);
        Assert.Throws<InvalidOperationException>(() => _step.Start(Pictures(3), Rate, 3));
        _step.Finish();

        Assert.Equal(2, _step.Health.Step);
    }

    public void Dispose()
    {
        _step.Dispose();
        _state.Dispose();
        _device.Dispose();
    }

    private static ImageBatch Pictures(int seed, float scale = 1)
    {
        Random random = new(seed);
        ImageBatch batch = new(Batch, Side, Side, 1) { Held = Batch };
        for (int i = 0; i < batch.Images.Length; i++)
        {
            batch.Images[i] = scale * random.NextSingle();
        }

        for (int i = 0; i < Batch; i++)
        {
            batch.Labels[i] = i % 2;
        }

        return batch;
    }
}
