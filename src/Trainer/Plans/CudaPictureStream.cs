using Gimbal.Trainer.Cuda;

namespace Gimbal.Trainer.Plans;

/// <summary>Pictures of one batch after the other on their way to a card: those of the next go up while the card works on the present one.</summary>
/// <remarks>Two places on the host and two on the card take turns. A copy waits until the batch that was made of its place is made, and a batch until its copy is done; the host waits only for the copy that last left the place it fills.</remarks>
internal sealed class CudaPictureStream : IDisposable
{
    private const int Places = 2;

    private readonly Driver _driver;
    private readonly ulong[] _addresses = new ulong[Places];
    private readonly QueuedUpload[] _uploads = new QueuedUpload[Places];
    private readonly QueueMark[] _used = new QueueMark[Places];
    private int _place;

    /// <summary>Allocates.</summary>
    /// <param name="driver">The card.</param>
    /// <param name="bytes">Of the pictures of a batch.</param>
    public CudaPictureStream(Driver driver, int bytes)
    {
        _driver = driver;
        for (int place = 0; place < Places; place++)
        {
            _addresses[place] = driver.Allocate(bytes);
            _uploads[place] = driver.NewQueuedUpload(bytes);
            _used[place] = driver.NewMark();
        }
    }

    /// <summary>Queues the pictures of a batch; what is queued on the main queue from now on finds them. Allocates nothing.</summary>
    /// <returns>Where they will be.</returns>
    public ulong Send(ReadOnlySpan<byte> pixels)
    {
        _place = (_place + 1) % Places;
        _used[_place].Await(CudaQueue.Upload);
        _uploads[_place].Send(_addresses[_place], pixels);
        _uploads[_place].Sent.Await(CudaQueue.Main);
        return _addresses[_place];
    }

    /// <summary>Says that the main queue needs the pictures sent last no more behind what is queued.</summary>
    public void Release() => _used[_place].Set(CudaQueue.Main);

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int place = 0; place < Places; place++)
        {
            _uploads[place].Dispose();
            _used[place].Dispose();
            _driver.Free(_addresses[place]);
        }
    }
}
