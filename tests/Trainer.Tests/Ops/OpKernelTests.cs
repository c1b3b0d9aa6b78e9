using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Ops;

public sealed class OpKernelTests : IDisposable
{
    private readonly ThreadTeam _single = new(1);

    public static TheoryData<string> Cases => [.. AllOps.Cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees_with_the_reference(string name)
    {
        OpCase opCase = AllOps.Cases[name];
        using KernelRun run = new(opCase);
        IReadOnlyList<float[]> outputs = run.Run(_single);
        IReadOnlyList<DoubleTensor> expected = Expected(opCase);
        Assert.Equal(expected.Count, outputs.Count);
        for (int i = 0; i < outputs.Count; i++)
        {
            double error = RelativeError.Of(run.ToNumbers(i, outputs[i]), expected[i].Values);
            Assert.True(error <= opCase.Tolerance, $"{name}: output {i} is off by {error:g3}; allowed are {opCase.Tolerance:g3} ({opCase.Reason})");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Repeats_bit_for_bit_over_dirty_scratch(string name)
    {
        using KernelRun run = new(AllOps.Cases[name]);
        IReadOnlyList<float[]> first = run.Run(_single);
        AssertSameBits(name, first, run.Run(_single));
        AssertSameBits($"{name}, chunk by chunk", first, run.RunApart());
    }

    [Fact]
    public void Gives_the_same_bits_with_any_number_of_threads()
    {
        foreach (int threads in (int[])[2, 4, 7])
        {
            using ThreadTeam team = new(threads);
            foreach ((string name, OpCase opCase) in AllOps.Cases)
            {
                using KernelRun run = new(opCase);
                if (run.Steps.Any(step => step.Chunks > 1))
                {
                    AssertSameBits($"{name} on {threads} threads", run.Run(_single), run.Run(team));
                }
            }
        }
    }

    [Fact]
    public void Relative_error_notices_a_wrong_element_a_missing_NaN_and_an_infinity()
    {
        Assert.Equal(0.5, RelativeError.Of([1, 2, 4], [1, 2, 2.6666666666666665]), 12);
        Assert.Equal(0, RelativeError.Of([0, double.NaN, double.PositiveInfinity], [0, double.NaN, double.PositiveInfinity]));
        Assert.Equal(double.PositiveInfinity, RelativeError.Of([0, double.NaN], [0, 1]));
        Assert.Equal(double.PositiveInfinity, RelativeError.Of([0, 1], [0, double.NaN]));
        Assert.Equal(double.PositiveInfinity, RelativeError.Of([0, double.NegativeInfinity], [0, double.PositiveInfinity]));
        Assert.Equal(double.PositiveInfinity, RelativeError.Of([1e-30], [0]));
    }

    public void Dispose() => _single.Dispose();

    private static IReadOnlyList<DoubleTensor> Expected(OpCase opCase) =>
        ReferenceOps.Evaluate(opCase.Op, [.. opCase.Inputs.Select(i => i.Type)], opCase.DrawInputs());

    private static void AssertSameBits(string where, IReadOnlyList<float[]> first, IReadOnlyList<float[]> second)
    {
        for (int i = 0; i < first.Count; i++)
        {
            int at = KernelRun.Bits(first[i]).CommonPrefixLength(KernelRun.Bits(second[i]));
            Assert.True(at == first[i].Length, $"{where}: output {i} differs at element {at}");
        }
    }
}
