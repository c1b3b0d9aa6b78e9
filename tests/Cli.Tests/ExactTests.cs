using System.Runtime.InteropServices;
using System.Text.Json;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Datasets;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli.Tests;

/// <summary><c>gimbal train --exact</c>: convolutions term by term from the command line down to the kernels.</summary>
public sealed class ExactTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public ExactTests() => IdxFiles.WriteAll(_folder);

    [Fact]
    public void Exact_training_ends_with_the_bits_of_the_direct_way_on_any_number_of_threads()
    {
        IReadOnlyDictionary<string, Tensor> exact = Train("exact", "--exact", "--threads", "1");

        Assert.True(AreSame(exact, Train("threads", "--exact", "--threads", "2")), "two threads train other bits than one");
        Assert.True(AreSame(exact, TrainDirectly(_folder["exact/config.json"], isExact: true)), "the tool trains other bits than an exact device");
        Assert.False(AreSame(exact, Train("winograd", "--threads", "1")), "--exact changes nothing");
        Assert.False(AreSame(exact, TrainDirectly(_folder["exact/config.json"], isExact: false)), "an exact device trains the bits of any other");
    }

    public void Dispose() => _folder.Dispose();

    private IReadOnlyDictionary<string, Tensor> Train(string run, params string[] flags)
    {
        Tool.Run(_folder.Path, ["train", "--data", "idx:.", "--batch", "10", "--epochs", "1", "--out", run, .. flags]).Succeeded();
        return RunFolder.Read(RunFolder.Load(_folder[run], CheckpointChoice.Last)).State;
    }

    private IReadOnlyDictionary<string, Tensor> TrainDirectly(string config, bool isExact)
    {
        TrainingOptions options = JsonSerializer.Deserialize<TrainingOptions>(File.ReadAllText(config), OptionNames.Json)!;
        DataSplits data = IdxFiles.Open(_folder);
        using CpuDevice device = new(2, isExact);
        using TrainingRun run = new(
            ModelCatalogue.Create(options.Model, new ModelShape(data.Train.Channels, new(data.Train.Height, data.Train.Width), data.Train.Classes.Count)), data, options, device);
        run.Run(new RunCallbacks());
        return run.CaptureState();
    }

    private static bool AreSame(IReadOnlyDictionary<string, Tensor> a, IReadOnlyDictionary<string, Tensor> b) =>
        a.Keys.Order().SequenceEqual(b.Keys.Order())
        && a.All(pair => MemoryMarshal.AsBytes(pair.Value.Span).SequenceEqual(MemoryMarshal.AsBytes(b[pair.Key].Span)));
}
