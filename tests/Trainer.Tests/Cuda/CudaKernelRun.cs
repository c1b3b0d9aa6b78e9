using System.Runtime.InteropServices;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Runs the CUDA launches of one case, with every tensor in an allocation of its own, so that the simulator sees where each ends.</summary>
internal sealed class CudaKernelRun : IDisposable
{
    private readonly OpCase _case;
    private readonly Driver _driver;
    private readonly Graph _graph;
    private readonly CudaLaunches _launches;
    private readonly ulong _scratch;
    private readonly long _scratchBytes;
    private readonly Dictionary<Value, ulong> _tensors = [];

    public CudaKernelRun(CudaCase cudaCase, Driver driver, Kernels kernels)
    {
        (_case, _driver, _graph) = (cudaCase.OpCase, driver, cudaCase.OpCase.ToGraph());
        foreach (Value value in _graph.Values.Where(v => v.Overwrites is null))
        {
            _tensors[value] = driver.Allocate((long)value.Shape.Count * sizeof(float));
        }

        using (CudaLaunches sizes = new() { Precision = cudaCase.Precision })
        {
            Emit(sizes);
            _scratchBytes = sizes.ScratchBytes;
        }

        _scratch = driver.Allocate(_scratchBytes);
        _launches = new CudaLaunches(driver, kernels, _scratch) { Precision = cudaCase.Precision };
        Emit(_launches);
    }

    /// <summary>The launches, in order.</summary>
    public IReadOnlyList<CudaLaunch> Launches => _launches.Launches;

    /// <summary>Whether tensor cores multiply, and operands are rounded.</summary>
    public bool IsRounded => Launches.Any(launch => launch.Name.EndsWith("_bf16", StringComparison.Ordinal));

    /// <summary>Fills every tensor and the temporaries with NaN, which the simulator does by itself: what nobody computes does not pass.</summary>
    public void Poison()
    {
        foreach ((Value value, ulong address) in _tensors)
        {
            Fill(address, value.Shape.Count);
        }

        Fill(_scratch, (int)(_scratchBytes / sizeof(float)));
    }

    /// <summary>Writes the operands, runs and returns the outputs in logical order.</summary>
    public IReadOnlyList<float[]> Run()
    {
        Value[] operands = [.. _graph.Nodes[0].Inputs];
        IReadOnlyList<DoubleTensor> inputs = _case.DrawInputs();
        for (int i = 0; i < operands.Length; i++)
        {
            float[] stored = ToElements(operands[i].Type, inputs[i]);
            if (operands[i].Type.Axes != Axes.Plain)
            {
                float[] logical = stored;
                stored = new float[logical.Length];
                ChannelsLast.Store(operands[i].Shape, logical, stored);
            }

            _driver.Upload(_tensors[operands[i]], MemoryMarshal.AsBytes(stored.AsSpan()));
        }

        _launches.Queue(0, _launches.Launches.Count);
        return [.. _graph.Nodes[0].Outputs.Select(Load)];
    }

    /// <summary>Elements of an output as numbers.</summary>
    public double[] ToNumbers(int output, float[] elements) => _graph.Nodes[0].Outputs[output].Type.Element == ElementType.Int32
        ? [.. MemoryMarshal.Cast<float, int>(elements).ToArray().Select(i => (double)i)]
        : [.. elements.Select(x => (double)x)];

    public void Dispose()
    {
        _launches.Dispose();
        _driver.Free(_scratch);
        foreach (ulong tensor in _tensors.Values)
        {
            _driver.Free(tensor);
        }
    }

    private static float[] ToElements(TensorType type, DoubleTensor tensor) => type.Element == ElementType.Int32
        ? [.. tensor.Values.Select(x => BitConverter.Int32BitsToSingle(checked((int)x)))]
        : [.. tensor.Values.Select(x => (float)x)];

    private void Fill(ulong address, int count)
    {
        float[] poison = new float[count];
        Array.Fill(poison, float.NaN);
        _driver.Upload(address, MemoryMarshal.AsBytes(poison.AsSpan()));
    }

    private void Emit(CudaLaunches launches)
    {
        Node node = _graph.Nodes.Single();
        launches.BeginNode();
        node.Op.EmitCuda(new CudaCall(node, launches, value => _tensors[value.Overwrites ?? value]));
    }

    private float[] Load(Value value)
    {
        float[] stored = new float[value.Shape.Count];
        _driver.Download(_tensors[value.Overwrites ?? value], MemoryMarshal.AsBytes(stored.AsSpan()));
        if (value.Type.Axes == Axes.Plain)
        {
            return stored;
        }

        float[] logical = new float[stored.Length];
        ChannelsLast.Load(value.Shape, stored, logical);
        return logical;
    }
}
