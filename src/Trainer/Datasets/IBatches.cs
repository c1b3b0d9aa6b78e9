namespace Gimbal.Trainer.Datasets;

/// <summary>Batches by number, whose pictures can be loaded apart from each other and on several threads at a time.</summary>
public interface IBatches
{
    /// <summary>Room for one batch.</summary>
    ImageBatch NewBatch();

    /// <summary>Loads some rows of a batch and leaves the others alone. The result depends on the arguments alone.</summary>
    /// <param name="number">Which batch, from 0.</param>
    /// <param name="first">First row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="batch">Made by <see cref="NewBatch"/>.</param>
    /// <exception cref="ImageSourceException">A picture cannot be read.</exception>
    void LoadRows(long number, int first, int count, ImageBatch batch);
}
