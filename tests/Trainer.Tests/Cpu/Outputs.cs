using Gimbal.Trainer.Cpu;

namespace Gimbal.Trainer.Tests.Cpu;

/// <summary>Runs emitted steps on guarded memory.</summary>
internal static unsafe class Outputs
{
    /// <summary>Address of the input with that index.</summary>
    public delegate float* Operands(int index);

    /// <summary>Appends the steps that compute <paramref name="output"/>.</summary>
    public delegate void Emit(CpuSteps steps, Operands inputs, float* output);

    /// <summary>
    /// Runs the steps twice on a team, and once chunk by chunk: each time on an output poisoned with NaN, with the same bits, and nothing around inputs
    /// and output written.
    /// </summary>
    public static float[] Of(int length, float[][] inputs, Emit emit, int threads = 2, bool isExact = false)
    {
        GuardedFloats[] operands = [.. inputs.Select(input => new GuardedFloats(input))];
        using var output = new GuardedFloats(length);
        using var steps = new CpuSteps { IsExact = isExact };
        using var team = new ThreadTeam(threads);
        emit(steps, index => operands[index].Pointer, output.Pointer);
        steps.Run(team);
        float[] first = output.Span.ToArray();
        output.Span.Fill(float.NaN);
        steps.Run(team);
        Assert.Equal(first, output.Span.ToArray());
        output.Span.Fill(float.NaN);
        RunApart(steps);
        Assert.Equal(first, output.Span.ToArray());
        output.CheckGuards();
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i].CheckGuards();
            Assert.Equal(inputs[i], operands[i].Span.ToArray());
            operands[i].Dispose();
        }

        return first;
    }

    /// <summary>
    /// Runs chunks last to first, each with private memory that holds NaN between guards: what a chunk takes over from another, or writes beyond what it
    /// asked for, shows here in every run, and on a team only when the threads happen to meet so.
    /// </summary>
    public static void RunApart(CpuSteps steps)
    {
        foreach (CpuStep step in steps.Steps)
        {
            for (int chunk = step.Chunks - 1; chunk >= 0; chunk--)
            {
                using var scratch = new GuardedFloats(step.ScratchFloats);
                step.Invoke(chunk, scratch.Pointer);
                scratch.CheckGuards();
            }
        }
    }
}
