using Gimbal.SideBySide;
using TorchSharp;

namespace Gimbal.Oracle.Tests;

/// <summary>Whole training steps of whole networks, from the same weights on the same batches.</summary>
/// <remarks>
/// Every step amplifies what rounding left in the one before, so no fixed tolerance fits: the truth is libtorch in double, and the measure is how far
/// libtorch's own float32 drifts from it.
/// </remarks>
public sealed class TrainingTests
{
    private const int Batch = 8;
    private const int Steps = 12;

    /// <summary>The product may drift ten times as far as what it is compared with: the drifts of single runs scatter that much.</summary>
    private const float Allowance = 10;

    /// <summary>About the largest error of a convolution by Winograd's algorithm, as a share of the largest element; WinogradTests has the errors measured.</summary>
    private const double WinogradError = 3e-6;

    [TorchTheory]
    [InlineData("simple-cnn")]
    [InlineData("resnet20")]
    public void Exact_losses_drift_from_double_as_libtorchs_own_do(string model)
    {
        (float ours, float rival) = Drifts(model, isExact: true, labelShift: 0);

        Assert.True(ours <= Allowance * Math.Max(rival, 1e-6f), $"the product drifts by {ours:E1}, libtorch's float32 by {rival:E1}");
    }

    // Adam turns the rounding of a gradient near 0 into a whole step, so that a larger rounding is no multiple of a smaller one's drift.
    [TorchTheory]
    [InlineData("simple-cnn")]
    [InlineData("resnet20")]
    public void Losses_drift_from_double_as_libtorchs_do_when_pixels_are_off_by_as_much_as_a_convolution(string model)
    {
        (float ours, float rival) = Drifts(model, isExact: false, labelShift: 0);

        Assert.True(ours <= Allowance * rival, $"the product drifts by {ours:E1}, libtorch on disturbed pixels by {rival:E1}");
    }

    [TorchTheory]
    [InlineData("simple-cnn")]
    [InlineData("resnet20")]
    public void Training_on_other_labels_is_told_apart(string model)
    {
        (float ours, float rival) = Drifts(model, isExact: false, labelShift: 1);

        Assert.True(ours > Allowance * rival, $"other labels drift by {ours:E1} only, libtorch on disturbed pixels by {rival:E1}");
    }

    /// <summary>
    /// Largest distance of the product's losses from libtorch's in double, and of libtorch's in float32: on the same pixels for exact convolutions, else
    /// on pixels that are off by <see cref="WinogradError"/>.
    /// </summary>
    private static (float Ours, float Rival) Drifts(string model, bool isExact, int labelShift)
    {
        torch.random.manual_seed(3);
        using TorchTraining single = new(model);
        using TorchTraining exact = new(model, type: torch.ScalarType.Float64);
        exact.Load(single.State);
        using ProductTraining product = new(model, Batch, threads: 2, single.State, isExact: isExact);
        Random random = new(4);
        (float ours, float rival) = (0, 0);
        for (int step = 0; step < Steps; step++)
        {
            float[] images = [.. Enumerable.Range(0, Batch * 3 * 32 * 32).Select(_ => (float)((2 * random.NextDouble()) - 1))];
            int[] labels = [.. Enumerable.Range(0, Batch).Select(_ => random.Next(10))];
            using torch.Tensor pixels = torch.tensor(images, [Batch, 3, 32, 32]);
            using torch.Tensor precise = pixels.to(torch.ScalarType.Float64);
            using torch.Tensor disturbance = torch.rand_like(pixels).mul_(2).sub_(1).mul_(isExact ? 0 : WinogradError);
            using torch.Tensor disturbed = pixels + disturbance;
            using torch.Tensor targets = torch.tensor(labels.Select(label => (long)label).ToArray());
            float truth = exact.Step(precise, targets);
            ours = Math.Max(ours, Math.Abs(product.Step(images, [.. labels.Select(label => (label + labelShift) % 10)]) - truth));
            rival = Math.Max(rival, Math.Abs(single.Step(disturbed, targets) - truth));
        }

        return (ours, rival);
    }
}
