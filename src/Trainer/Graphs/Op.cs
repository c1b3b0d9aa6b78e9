using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Graphs;

/// <summary>A kind of computation: everything a plan can run. Attributes are the record's constructor parameters.</summary>
/// <remarks>Attributes have value equality: numbers, <see cref="Size2"/>, <see cref="Pad2"/>, enums; never arrays.</remarks>
public abstract record Op
{
    /// <summary>The op's name in listings: ONNX's where ONNX has one.</summary>
    public string Name => GetType().Name;

    /// <summary>Types of the outputs for given types of the inputs.</summary>
    /// <exception cref="ShapeException">The inputs or the attributes do not fit.</exception>
    public abstract IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs);

    /// <summary>What has to be done for one node; here: one operation for each element of the outputs, and every tensor touched once.</summary>
    /// <remarks>An op whose formula says otherwise overrides it. A fused op touches its own tensors only: what its parts would have handed on costs nothing.</remarks>
    public virtual OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(OpCost.Elements(outputs), inputs, outputs);

    /// <summary>Appends the steps that compute the outputs on the CPU.</summary>
    public abstract void EmitCpu(CpuCall call);

    /// <summary>Appends the launches that compute the outputs on a CUDA device.</summary>
    public abstract void EmitCuda(CudaCall call);
}

/// <summary>An op a model may contain: it has a gradient, a form at inference and an ONNX spelling.</summary>
public abstract record ForwardOp : Op
{
    /// <summary>Adds the nodes that compute the gradients of the inputs.</summary>
    /// <param name="graph">Where to add them; nodes nobody ends up reading are dropped.</param>
    /// <param name="node">The forward node, whose inputs and outputs may be read.</param>
    /// <param name="gradients">dL/d(output), one per output; null where the loss does not depend on it. At least one is present.</param>
    /// <returns>dL/d(input), one per input; null where there is none (labels, running statistics).</returns>
    public abstract IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients);

    /// <summary>Adds what this node becomes in a deployed model and returns its outputs: batch norm freezes, dropout vanishes.</summary>
    public virtual IReadOnlyList<Value> AtInference(GraphBuilder graph, IReadOnlyList<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.AddAll(this, inputs);
    }

    /// <summary>The op in ONNX, at inference.</summary>
    public abstract IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call);
}
