using Gimbal.Trainer.Cpu;

namespace Gimbal.Trainer.Tests.Cpu;

/// <summary>Runs emitted steps on guarded memory.</summary>
internal static unsafe class Outputs
{
    /// <summary>Address of the input with that index.</summary>
    public delegate float* Operands(int index);

    /// <summary>Appends the steps that compute <paramref name="output"/>.</summary>
    public delegate void Emit(CpuSteps steps, Operands inputs, float* output);

    /// <summary>Runs the steps twice, on an output poisoned with NaN, and checks that nothing around inputs and output was written.</summary>
    public static float[] Of(int length, float[][] inputs, Emit emit, int threads = 2)
    {
        GuardedFloats[] operands = [.. inputs.Select(input => new GuardedFloats(input))];
        using var output = new GuardedFloats(length);
        using var steps = new CpuSteps();
        using var team = new ThreadTeam(threads);
        emit(steps, index => operands[index].Pointer, output.Pointer);
        steps.Run(team);
        float[] first = output.Span.ToArray();
        output.Span.Fill(float.NaN);
        steps.Run(team);
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
}
