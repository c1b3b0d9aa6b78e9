using Gimbal.CudaSimulator;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Datasets;
using Gimbal.Trainer.Tests.Training;
using Gimbal.Trainer.Training;
using Flatten = Gimbal.Trainer.Layers.Flatten;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>A run does not depend on who makes its batches, the host or the device; only the traffic between them does.</summary>
[Collection(Simulator.Collection)]
public sealed class DeviceBatchTests
{
    private const int Batch = 8;
    private const int Side = 12;
    private const int PictureRowBytes = 32;

    // Two epochs of three batches, four pictures left over in each; ten test and ten held-out pictures leave rows of a batch unused.
    private static readonly TrainingOptions s_plain = new() { Batch = Batch, Epochs = 2, Seed = 3 };

    [SimulatorTheory]
    [InlineData(3, 0, false, 0)]
    [InlineData(3, 2, true, 4)]
    [InlineData(1, 1, true, 0)]
    [InlineData(1, 0, false, 5)]
    public void A_run_has_the_same_bits_and_results_wherever_its_pictures_are(int channels, int padCrop, bool flip, int cutout)
    {
        TrainingOptions options = s_plain with { PadCrop = padCrop, Flip = flip, Cutout = cutout };
        (IReadOnlyDictionary<string, Tensor> state, List<string> results) = Train(PicturePlace.Host, options, Pictures(channels));

        foreach (PicturePlace place in (PicturePlace[])[PicturePlace.Batch, PicturePlace.Card])
        {
            (IReadOnlyDictionary<string, Tensor> other, List<string> otherResults) = Train(place, options, Pictures(channels));
            SmallRun.AssertSameBits(state, other);
            Assert.Equal(results, otherResults);
        }
    }

    [SimulatorFact]
    public void Another_augmentation_is_another_run()
    {
        TrainingOptions options = s_plain with { PadCrop = 2, Flip = true, Cutout = 4 };

        Assert.NotEqual(
            Train(PicturePlace.Card, options, Pictures(3)).Results,
            Train(PicturePlace.Card, options with { Cutout = 3 }, Pictures(3)).Results);
    }

    [SimulatorTheory]
    [InlineData(PicturePlace.Batch, 2)]
    [InlineData(PicturePlace.Card, 1)]
    [InlineData(PicturePlace.Card, 4)]
    public void A_stop_inside_an_epoch_does_not_show(PicturePlace place, int stopAfter)
    {
        TrainingOptions options = s_plain with { PadCrop = 2, Flip = true, Cutout = 4 };

        SmallRun.AssertSameBits(
            Train(PicturePlace.Host, options, Pictures(3)).State,
            Train(place, options, Pictures(3), stopAfter).State);
    }

    [SimulatorTheory]
    [InlineData(PicturePlace.Host, Side * Side * 3 * sizeof(float))]
    [InlineData(PicturePlace.Batch, (Side * Side * 3) + PictureRowBytes)]
    [InlineData(PicturePlace.Card, PictureRowBytes)]
    public void A_step_sends_a_batch_no_more_than_it_needs(PicturePlace place, int bytesOfPicture)
    {
        List<long> sent = [];
        // A step that measures ends before the next begins.
        Train(place, s_plain with { PadCrop = 2, Flip = true, HealthEvery = 1 }, Pictures(3), step: () => sent.Add(Simulator.Counter("uploaded_bytes")));

        // Pictures, labels and the learning rate. Between the third and the fourth step lies the evaluation.
        long expected = (Batch * (bytesOfPicture + sizeof(int))) + sizeof(float);
        Assert.Equal([expected, expected], [sent[2] - sent[1], sent[5] - sent[4]]);
    }

    [SimulatorTheory]
    [InlineData(PicturePlace.Host)]
    [InlineData(PicturePlace.Batch)]
    public void A_step_is_queued_before_the_one_ahead_is_waited_for_and_nothing_else_waits(PicturePlace place)
    {
        List<(long Queued, long Waits)> seen = [];
        Train(place, s_plain, Pictures(3), step: () => seen.Add((Simulator.Counter("graph_launches"), Simulator.Counter("waits"))));

        // Of the second epoch, which measures nothing: its last step has none behind it.
        (long queued, long waits) = seen[3];
        Assert.Equal([(queued, waits), (queued + 1, waits + 1), (queued + 1, waits + 2)], seen[3..]);
    }

    [SimulatorFact]
    public void A_card_with_room_takes_the_pictures_once_and_gives_their_memory_back()
    {
        Simulator.Reset();
        WatchedSource train = new(Pictures(3).Train);
        WatchedSource test = new(Pictures(3).Test);
        using (CudaDevice card = new())
        {
            using TrainingRun run = new(NetworkOf(3), Pictures(3) with { Train = train, Test = test }, s_plain, card);
            run.Run(new RunCallbacks());
        }

        // The mean and the standard deviation want a pass of their own.
        Assert.Equal((2 * train.Count, test.Count), (train.Reads, test.Reads));
        Assert.Empty(Simulator.Leaks());
        Assert.Equal(0, Simulator.Reports);
    }

    private static (IReadOnlyDictionary<string, Tensor> State, List<string> Results) Train(
        PicturePlace place, TrainingOptions options, DataSplits data, int stopAfter = int.MaxValue, Action? step = null)
    {
        Simulator.Reset();
        using CudaDevice card = new();
        Assert.Contains(Simulator.DeviceName, card.Description, StringComparison.Ordinal);
        using PictureDevice device = new(card, place);
        using CancellationTokenSource stop = new();
        SavedRun? saved = null;
        List<string> results = [];
        int steps = 0;
        RunCallbacks callbacks = new()
        {
            Step = report =>
            {
                results.Add($"{report.Loss:r} {report.GradientNorm:r}");
                step?.Invoke();
                if (++steps == stopAfter)
                {
                    stop.Cancel();
                }
            },
            Epoch = epoch => results.Add($"{epoch.TestLoss:r} {epoch.TestAccuracy:r} {epoch.ValidationLoss:r}"),
            Save = (captured, _) => saved = captured.Capture(),
        };
        using (TrainingRun run = new(NetworkOf(data.Train.Channels), data, options, device))
        {
            try
            {
                run.Run(callbacks, stop.Token);
                Assert.Equal(0, Simulator.Reports);
                return (run.CaptureState(), results);
            }
            catch (OperationCanceledException)
            {
            }
        }

        using TrainingRun rest = new(NetworkOf(data.Train.Channels), data, options, device);
        rest.Restore(saved!.State, saved.Position);
        rest.Run(callbacks);
        Assert.Equal(0, Simulator.Reports);
        return (rest.CaptureState(), results);
    }

    private static Network NetworkOf(int channels) => Network.Create(
        "narrow", new Sequential(new Conv2d(channels, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new GlobalAvgPool2d(), new Flatten(), new Linear(4, 10)), channels, Side);

    private static DataSplits Pictures(int channels)
    {
        Random random = new(1);
        ImageSet Set(int count)
        {
            byte[] pixels = new byte[count * Side * Side * channels];
            random.NextBytes(pixels);
            return new ImageSet(pixels, [.. Enumerable.Range(0, count).Select(i => i % 10)], Side, Side, channels, [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        }

        (ImageSource train, ImageSource held) = ImageSubset.Split(Set(38), 0.25, 1);
        return new DataSplits("noise", train, Set(10), held, []);
    }
}
