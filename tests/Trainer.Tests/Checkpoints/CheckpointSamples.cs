using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Checkpoints;

/// <summary>Small checkpoints that differ from step to step.</summary>
internal static class CheckpointSamples
{
    public static Checkpoint At(long step, int elements = 3000)
    {
        Random random = new((int)step);
        Tensor weight = new(new Shape(elements), [.. Enumerable.Range(0, elements).Select(_ => random.NextSingle())]);
        return new Checkpoint
        {
            Tensors = new Dictionary<string, Tensor> { ["conv1.weight"] = weight, ["optimizer.count"] = new(new Shape(1), [step]) },
            Seed = ulong.MaxValue - (ulong)step,
            Step = step,
            Epoch = (int)(step / 10),
            Batch = (int)(step % 10),
            Progress = "{}",
            Fingerprint = "0123456789abcdef",
            Options = $$"""{"lr": 0.1, "out": "runs/\"a\" {{step}}"}""",
            Graph = "x = input\ny = Relu(x)\n",
            ClassNames = ["cat", "dog, big", "Löwe \"x\""],
            Mean = [0.1f, 0, 1f / 3],
            Std = [0.2f, 0.25f, float.Epsilon],
        };
    }

    public static byte[] BytesOf(Checkpoint checkpoint)
    {
        using MemoryStream stream = new();
        checkpoint.ToSafeTensors().Write(stream);
        return stream.ToArray();
    }
}
