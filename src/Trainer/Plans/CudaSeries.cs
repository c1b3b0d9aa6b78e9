using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Gimbal.Trainer.Cuda;

namespace Gimbal.Trainer.Plans;

/// <summary>Runs recorded behind each other as one graph: each takes its inputs from its row of a table in the card's memory and leaves its outputs in another's.</summary>
/// <remarks>A call of the host uploads the rows of all runs, queues the graph and queues one copy of the outputs. A part of the runs is queued as a graph each.</remarks>
internal sealed class CudaSeries : RunSeries
{
    private readonly Driver _driver;
    private readonly IReadOnlyList<(ulong Address, int Count)> _inputs;
    private readonly byte[] _rows;
    private readonly int[] _firstByte;
    private readonly int _rowBytes;
    private readonly int _outputBytes;
    private readonly ulong _inputTable;
    private readonly ulong _outputTable;
    private readonly nint _all;
    private readonly nint[] _each;
    private readonly QueuedCopy[] _results = new QueuedCopy[Sides];
    private readonly bool[] _isAwaited = new bool[Sides];

    /// <summary>Allocates the tables and records.</summary>
    /// <param name="driver">The card.</param>
    /// <param name="length">Runs.</param>
    /// <param name="pictures">What batches are made of.</param>
    /// <param name="images">Address of a batch, and its rows.</param>
    /// <param name="inputs">Address and number of elements of every other input.</param>
    /// <param name="outputs">Of every output.</param>
    /// <param name="queueRun">Queues one run.</param>
    public CudaSeries(
        Driver driver, int length, CudaPictures pictures, (ulong Address, int Rows) images, IReadOnlyList<(ulong Address, int Count)> inputs, IReadOnlyList<(ulong Address, int Count)> outputs, Action queueRun)
    {
        (_driver, _inputs, Length) = (driver, inputs, length);
        _firstByte = new int[inputs.Count];
        int bytes = images.Rows * Unsafe.SizeOf<PictureRow>();
        for (int i = 0; i < inputs.Count; i++)
        {
            _firstByte[i] = bytes;
            bytes += inputs[i].Count * sizeof(float);
        }

        // Rows of pictures are read as whole structs.
        _rowBytes = (bytes + CudaLaunches.Alignment - 1) / CudaLaunches.Alignment * CudaLaunches.Alignment;
        _outputBytes = outputs.Sum(output => output.Count) * sizeof(float);
        _rows = new byte[length * _rowBytes];
        _inputTable = driver.Allocate(_rows.Length);
        _outputTable = driver.Allocate(length * (long)_outputBytes);
        for (int side = 0; side < Sides; side++)
        {
            _results[side] = driver.NewQueuedCopy(length * _outputBytes);
        }

        _each = [.. Enumerable.Range(0, length).Select(run => driver.Record(() => Queue(run)))];
        _all = driver.Record(() =>
        {
            for (int run = 0; run < length; run++)
            {
                Queue(run);
            }
        });

        void Queue(int run)
        {
            ulong row = _inputTable + (ulong)(run * (long)_rowBytes);
            pictures.Queue(row, images.Rows, images.Address);
            foreach ((int i, (ulong address, int count)) in inputs.Index())
            {
                driver.Copy(address, row + (ulong)_firstByte[i], count * sizeof(float));
            }

            queueRun();
            ulong target = _outputTable + (ulong)(run * (long)_outputBytes);
            foreach ((ulong address, int count) in outputs)
            {
                driver.Copy(target, address, count * sizeof(float));
                target += (ulong)count * sizeof(float);
            }
        }
    }

    /// <inheritdoc/>
    public override int Length { get; }

    /// <inheritdoc/>
    public override void Write(int run, ReadOnlySpan<PictureRow> rows) => MemoryMarshal.AsBytes(rows).CopyTo(_rows.AsSpan(run * _rowBytes, _firstByte[0]));

    /// <inheritdoc/>
    public override void Write(int run, int input, ReadOnlySpan<byte> elements)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(elements.Length, _inputs[input].Count * sizeof(float));
        elements.CopyTo(_rows.AsSpan((run * _rowBytes) + _firstByte[input], elements.Length));
    }

    /// <inheritdoc/>
    public override void Run(int runs, int side)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(runs, Length);
        _driver.Upload(_inputTable, _rows.AsSpan(0, runs * _rowBytes));
        if (runs == Length)
        {
            _driver.Replay(_all);
        }
        else
        {
            foreach (nint run in _each.AsSpan(0, runs))
            {
                _driver.Replay(run);
            }
        }

        _results[side].Queue(_outputTable, 0, runs * _outputBytes);
        _results[side].Mark();
        _isAwaited[side] = false;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Wait(int run, int side)
    {
        ReadOnlySpan<byte> results = _isAwaited[side] ? _results[side].Memory : _results[side].Wait();
        _isAwaited[side] = true;
        return MemoryMarshal.Cast<byte, float>(results.Slice(run * _outputBytes, _outputBytes));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Driver.Forget(_all);
        foreach (nint run in _each)
        {
            Driver.Forget(run);
        }

        foreach (QueuedCopy results in _results)
        {
            results.Dispose();
        }

        _driver.Free(_inputTable);
        _driver.Free(_outputTable);
    }
}
