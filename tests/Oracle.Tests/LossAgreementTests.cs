using Gimbal.SideBySide;
using TorchSharp;

namespace Gimbal.Oracle.Tests;

/// <summary>The check that stands in front of every comparison of speed: both sides do the same work, and a side that does not is refused.</summary>
public sealed class LossAgreementTests
{
    private const int Batch = 4;

    // libtorch's NCHW convolutions are wrong where channels above 16 are no multiple of 16 (seen with 2.10 on AVX-512), which the awkward network has; channels_last is right.
    private static MemoryLayout LayoutOf(string model) => model == "awkward" ? MemoryLayout.ChannelsLast : MemoryLayout.Nchw;

    [TorchTheory]
    [InlineData("simple-cnn")]
    [InlineData("fast-cnn")]
    [InlineData("mlp")]
    [InlineData("resnet20")]
    [InlineData("resnet56")]
    [InlineData("resnet18")]
    [InlineData("resnet18-224")]
    [InlineData("awkward")]
    public void Every_paired_model_does_the_same_on_both_sides(string model)
    {
        (float[] ours, float[] rival) = Losses(model, _ => { });

        Assert.True(LossAgreement.Objection(ours, rival) is null, LossAgreement.Objection(ours, rival));
    }

    [TorchTheory]
    [InlineData("simple-cnn", "conv2.weight")]
    [InlineData("mlp", "fc2.weight")]
    [InlineData("resnet20", "layer2.0.conv1.weight")]
    [InlineData("awkward", "conv3.weight")]
    public void A_rival_that_leaves_one_tensor_out_of_its_updates_is_refused(string model, string parameter)
    {
        torch.Tensor? first = null;
        (float[] ours, float[] rival) = Losses(model, torchTraining =>
        {
            using var frozen = torch.no_grad();
            torch.Tensor tensor = torchTraining.State[parameter];
            first ??= tensor.clone();
            tensor.copy_(first);
        });

        // Before the first update nothing is wrong yet.
        Assert.Equal(rival[0], ours[0], 2e-4f);
        Assert.Contains("do not compute the same", LossAgreement.Objection(ours, rival), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a wrong forward pass", new[] { 2.301f, 2.2f, 2.1f }, "at step 1")]
    [InlineData("a wrong update", new[] { 2.3f, 2.2f, 2.11f }, "at step 3")]
    [InlineData("not a number", new[] { 2.3f, float.NaN, 2.1f }, "at step 2")]
    public void Losses_that_differ_are_refused_with_the_step(string what, float[] ours, string says) =>
        Assert.True(LossAgreement.Objection(ours, [2.3f, 2.2f, 2.1f])?.Contains(says, StringComparison.Ordinal), what);

    [Fact]
    public void Rounding_passes_and_a_loss_that_stands_still_tells_nothing()
    {
        Assert.Null(LossAgreement.Objection([2.3001f, 2.2011f, 2.1f], [2.3f, 2.2f, 2.1f]));
        Assert.Contains("does not move", LossAgreement.Objection([2.3f, 2.3f], [2.3f, 2.3f]), StringComparison.Ordinal);
    }

    /// <summary>The first losses of both sides on one batch; <paramref name="meddle"/> sees the rival before each step.</summary>
    private static (float[] Ours, float[] Rival) Losses(string model, Action<TorchTraining> meddle)
    {
        torch.random.manual_seed(5);
        PairedModel paired = PairedModel.Of(model);
        MemoryLayout layout = LayoutOf(model);
        using TorchTraining rival = new(model, layout);
        using ProductTraining product = new(model, Batch, threads: 2, rival.State);
        Random random = new(6);
        float[] images = [.. Enumerable.Range(0, Batch * PairedModel.Channels * paired.Size.H * paired.Size.W).Select(_ => (float)((2 * random.NextDouble()) - 1))];
        int[] labels = [.. Enumerable.Range(0, Batch).Select(_ => random.Next(PairedModel.Classes))];
        using torch.Tensor pixels = torch.tensor(images, [Batch, PairedModel.Channels, paired.Size.H, paired.Size.W]).In(layout);
        using torch.Tensor targets = torch.tensor(labels.Select(label => (long)label).ToArray());
        float[] ours = new float[LossAgreement.Steps];
        float[] theirs = new float[LossAgreement.Steps];
        for (int step = 0; step < LossAgreement.Steps; step++)
        {
            meddle(rival);
            ours[step] = product.Step(images, labels);
            theirs[step] = rival.Step(pixels, targets);
        }

        return (ours, theirs);
    }
}
