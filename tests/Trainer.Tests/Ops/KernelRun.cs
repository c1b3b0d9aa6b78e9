using System.Runtime.InteropServices;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Cpu;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Ops;

/// <summary>Runs the CPU kernels of one case, with every tensor in a block of its own that is poisoned and fenced.</summary>
internal sealed unsafe class KernelRun : IDisposable
{
    private const int Fence = 16;
    private static readonly float Poison = BitConverter.UInt32BitsToSingle(0x7FC0DEAD);

    private readonly OpCase _case;
    private readonly Graph _graph;
    private readonly CpuSteps _steps = new();
    private readonly Dictionary<Value, CpuMemory> _blocks = [];

    public KernelRun(OpCase opCase)
    {
        _case = opCase;
        _graph = opCase.ToGraph();
        foreach (Value value in _graph.Values.Where(v => v.Overwrites is null))
        {
            _blocks[value] = new CpuMemory(CpuMemory.Aligned(value.Shape.Count) + (2 * Fence));
        }

        Node node = _graph.Nodes.Single();
        node.Op.EmitCpu(new CpuCall(node, _steps, v => (nint)AddressOf(v)));
    }

    /// <summary>The steps, for listings.</summary>
    public IReadOnlyList<CpuStep> Steps => _steps.Steps;

    /// <summary>Writes the operands, poisons everything else, runs, checks the fences and returns the outputs in storage order.</summary>
    public IReadOnlyList<float[]> Run(ThreadTeam team) => Run(() => _steps.Run(team));

    /// <summary>The same, each chunk by itself.</summary>
    public IReadOnlyList<float[]> RunApart() => Run(() => Outputs.RunApart(_steps));

    private IReadOnlyList<float[]> Run(Action run)
    {
        foreach (CpuMemory block in _blocks.Values)
        {
            new Span<float>(block.Pointer, (int)block.Length).Fill(Poison);
        }

        Value[] operands = [.. _graph.Nodes[0].Inputs];
        IReadOnlyList<DoubleTensor> inputs = _case.DrawInputs();
        for (int i = 0; i < operands.Length; i++)
        {
            Storage.Store(operands[i].Type, ToElements(operands[i].Type, inputs[i]), AddressOf(operands[i]));
        }

        run();
        CheckFences();
        for (int i = 0; i < operands.Length; i++)
        {
            if (!_case.Replaces.Contains(i))
            {
                Assert.True(Bits(ToElements(operands[i].Type, inputs[i])).SequenceEqual(Bits(Load(operands[i]))), $"{_case}: {operands[i].Name} was changed");
            }
        }

        return [.. _graph.Nodes[0].Outputs.Select(Load)];
    }

    /// <summary>Elements of an output as numbers.</summary>
    public double[] ToNumbers(int output, float[] elements) => _graph.Nodes[0].Outputs[output].Type.Element == ElementType.Int32
        ? [.. MemoryMarshal.Cast<float, int>(elements).ToArray().Select(i => (double)i)]
        : [.. elements.Select(x => (double)x)];

    public static ReadOnlySpan<uint> Bits(float[] elements) => MemoryMarshal.Cast<float, uint>(elements);

    public void Dispose()
    {
        _steps.Dispose();
        foreach (CpuMemory block in _blocks.Values)
        {
            block.Dispose();
        }
    }

    private static float[] ToElements(TensorType type, DoubleTensor tensor) => type.Element == ElementType.Int32
        ? [.. tensor.Values.Select(x => BitConverter.Int32BitsToSingle(checked((int)x)))]
        : [.. tensor.Values.Select(x => (float)x)];

    private float* AddressOf(Value value) => _blocks[value.Overwrites ?? value].Pointer + Fence;

    private float[] Load(Value value)
    {
        float[] elements = new float[value.Shape.Count];
        Storage.Load(value.Type, AddressOf(value), elements);
        return elements;
    }

    private void CheckFences()
    {
        uint poison = BitConverter.SingleToUInt32Bits(Poison);
        foreach ((Value value, CpuMemory block) in _blocks)
        {
            ReadOnlySpan<uint> words = new(block.Pointer, (int)block.Length);
            Assert.True(words[..Fence].IndexOfAnyExcept(poison) < 0, $"{_case}: wrote ahead of {value}");
            Assert.True(words[^Fence..].IndexOfAnyExcept(poison) < 0, $"{_case}: wrote behind {value}");
        }
    }
}
