using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;

namespace Gimbal.Trainer.Layers;

/// <summary>y = body(x) + shortcut(x): a residual block (He et al. 2016); what follows the sum is the next layer's affair.</summary>
/// <param name="body">The learned branch; its layers are named directly under the block.</param>
/// <param name="shortcut">The other branch; omitted: the identity.</param>
/// <param name="shortcutName">What the other branch's layers are named under.</param>
public sealed class Residual(Layer body, Layer? shortcut = null, string shortcutName = "shortcut") : Layer
{
    /// <inheritdoc/>
    public override Value Build(GraphBuilder graph, Value x)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Value learned = body.Build(graph, x);
        return graph.Add(new Add(), learned, shortcut is null ? x : BuildShortcut(graph, shortcut, x));
    }

    private Value BuildShortcut(GraphBuilder graph, Layer layer, Value x)
    {
        using IDisposable scope = graph.Scope(shortcutName);
        return layer.Build(graph, x);
    }
}
