using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Where the pictures of a data set are while a card trains.</summary>
public enum PicturePlace
{
    /// <summary>On the host, which normalises them.</summary>
    Host,

    /// <summary>On the host; the card gets those of a batch as bytes.</summary>
    Batch,

    /// <summary>On the card, all of them.</summary>
    Card,
}

/// <summary>A card that keeps pictures where it is told to, not where they fit.</summary>
internal sealed class PictureDevice(CudaDevice card, PicturePlace place) : Device
{
    public override string Name => card.Name;

    public override string Description => card.Description;

    public override bool IsAsynchronous => card.IsAsynchronous;

    public override StateStore NewState(params IReadOnlyList<Graph> graphs) => card.NewState(graphs);

    public override Plan NewPlan(Graph graph, StateStore state, Plan? host = null, Precision precision = Precision.Float32) => card.NewPlan(graph, state, host, precision);

    public override DevicePictures? NewPictures(int count, int batch, Shape picture, ReadOnlySpan<float> table) =>
        place == PicturePlace.Host ? null : new CudaPictures(card, place == PicturePlace.Card ? count : Math.Min(count, batch), batch, picture, table);

    // The card is whose who made it.
    public override void Dispose()
    {
    }
}
