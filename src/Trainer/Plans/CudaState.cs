using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>Parameters and buffers in one block of a device's memory.</summary>
public sealed class CudaState : StateStore
{
    private readonly Driver _driver;
    private readonly CudaTransfer _transfer;
    private readonly ulong _memory;
    private readonly Dictionary<string, (Value Value, ulong Address)> _places = [];

    /// <summary>Allocates the states of <paramref name="graphs"/>, zeroed.</summary>
    /// <exception cref="CudaException">The device has not so much memory.</exception>
    public CudaState(IEnumerable<Graph> graphs, Driver driver)
        : base(graphs)
    {
        ArgumentNullException.ThrowIfNull(driver);
        (_driver, _transfer) = (driver, new CudaTransfer(driver));
        long length = States.Sum(state => CudaPlan.Aligned(state.Shape.Count));
        _memory = driver.Allocate(length * sizeof(float));
        driver.Clear(_memory, length);
        ulong address = _memory;
        foreach (Value state in States)
        {
            _places[state.Name] = (state, address);
            address += (ulong)CudaPlan.Aligned(state.Shape.Count) * sizeof(float);
        }
    }

    /// <inheritdoc/>
    public override Tensor Read(string name)
    {
        (Value value, ulong address) = _places[name];
        Tensor tensor = new(value.Shape);
        _transfer.Download(value.Type, address, tensor.Span);
        return tensor;
    }

    /// <inheritdoc/>
    public override void Write(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        (Value value, ulong address) = _places[name];
        if (tensor.Shape != value.Shape)
        {
            throw new ShapeException($"{name} is {value.Shape}, got {tensor.Shape}");
        }

        _transfer.Upload(value.Type, tensor.Span, address);
    }

    /// <inheritdoc/>
    public override void Dispose() => _driver.Free(_memory);

    internal ulong Address(string name) => _places[name].Address;
}
