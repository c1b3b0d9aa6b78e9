using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Matrix product y = op(a)·op(b) + bias, op being nothing or transposition. ONNX Gemm-13 with alpha = beta = 1.</summary>
/// <remarks>a [rows, inner] or [inner, rows], b [inner, columns] or [columns, inner], optional bias [columns] → y [rows, columns].</remarks>
/// <param name="TransA">Whether a is given transposed.</param>
/// <param name="TransB">Whether b is given transposed, as PyTorch keeps the weight of Linear.</param>
public sealed record Gemm(Transpose TransA, Transpose TransB) : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        (Shape a, Shape b) = (Rule.Matrix(this, "a", inputs[0]), Rule.Matrix(this, "b", inputs[1]));
        (int rows, int inner) = TransA == Transpose.Yes ? (a[1], a[0]) : (a[0], a[1]);
        (int innerB, int columns) = TransB == Transpose.Yes ? (b[1], b[0]) : (b[0], b[1]);
        Rule.Require(inner == innerB, this, $"a {a} offers {inner} columns, b {b} wants {innerB}");
        if (inputs.Count > 2)
        {
            Rule.Require(inputs[2].Shape == new Shape(columns), this, $"bias {inputs[2]} is not [{columns}]");
        }

        return [TensorType.Matrix(rows, columns)];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(2L * inputs[0].Shape.Count * outputs[0].Shape[1], inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => MatrixProduct.Emit(
        call.Steps,
        call.OutputShape(0)[0],
        call.OutputShape(0)[1],
        call.InputShape(0).Count / call.OutputShape(0)[0],
        call.Input(0),
        TransA,
        call.Input(1),
        TransB,
        call.Node.Inputs.Count > 2 ? call.Input(2) : null,
        call.Output(0));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => CudaProduct.Emit(
        call.Launches,
        $"gemm_{(TransA == Transpose.Yes ? 't' : 'n')}{(TransB == Transpose.Yes ? 't' : 'n')}",
        call.Input(0),
        call.Input(1),
        call.Input(2),
        call.Output(0),
        call.OutputShape(0)[0],
        call.OutputShape(0)[1],
        call.InputShape(0).Count / call.OutputShape(0)[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients)
    {
        (Value a, Value b, Value gradY) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        Value gradA = TransA == Transpose.No
            ? graph.Add(new Gemm(Transpose.No, Not(TransB)), gradY, b)
            : graph.Add(new Gemm(TransB, Transpose.Yes), b, gradY);
        Value gradB = TransB == Transpose.No
            ? graph.Add(new Gemm(Not(TransA), Transpose.No), a, gradY)
            : graph.Add(new Gemm(Transpose.Yes, TransA), gradY, a);
        return node.Inputs.Count > 2 ? [gradA, gradB, graph.Add(new ChannelSum(), gradY)] : [gradA, gradB];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) =>
    [
        new(
            "Gemm",
            call.Inputs,
            call.Outputs,
            new OnnxAttribute("transA", TransA == Transpose.Yes ? 1L : 0L),
            new OnnxAttribute("transB", TransB == Transpose.Yes ? 1L : 0L)),
    ];

    private static Transpose Not(Transpose transpose) => transpose == Transpose.Yes ? Transpose.No : Transpose.Yes;
}
