using System.Numerics.Tensors;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Mean cross entropy of softmax(logits) against integer labels, and its gradient, in one pass. PyTorch's <c>CrossEntropyLoss</c>.</summary>
/// <remarks>
/// Inputs: logits [N,K], labels int32 [N], optional class weights w [K]. A label of −1 leaves its row out.
/// Targets t_j = (1 − s)·w_y·[j = y] + (s/K)·w_j with smoothing s; loss = Σ_rows Σ_j −t_j·log p_j / D, D = Σ_rows w_y; without any
/// labelled row the loss and the gradient are 0.
/// Outputs: loss [1], gradLogits [N,K], and the number of rows whose first largest logit is at the label [1].
/// </remarks>
/// <param name="LabelSmoothing">s, 0 ≤ s &lt; 1.</param>
public sealed record SoftmaxCrossEntropy(float LabelSmoothing) : Op
{
    private const int RowsPerChunk = 64;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Shape logits = Rule.Matrix(this, "logits", inputs[0]);
        Rule.Require(LabelSmoothing is >= 0 and < 1, this, $"label smoothing {LabelSmoothing} is not in 0 ≤ s < 1");
        Rule.Require(
            inputs[1].Shape == new Shape(logits[0]) && inputs[1].Element == ElementType.Int32, this, $"labels {inputs[1]} are not int32 [{logits[0]}]");
        Rule.Require(inputs.Count < 3 || inputs[2].Shape == new Shape(logits[1]), this, $"class weights are not [{logits[1]}]");
        return [TensorType.Vector(1), inputs[0], TensorType.Vector(1)];
    }

    /// <inheritdoc/>
    /// <remarks>For each logit: maximum, shift, exponential, sum, division, difference to the target, product with the weight.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(7L * inputs[0].Shape.Count, inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        Shape logits = call.InputShape(0);
        Args args = new()
        {
            Logits = call.Input(0),
            Labels = (int*)call.Input(1),
            Weights = call.Node.Inputs.Count > 2 ? call.Input(2) : null,
            Loss = call.Output(0),
            GradLogits = call.Output(1),
            Correct = call.Output(2),
            Rows = logits[0],
            Classes = logits[1],
            Smoothing = LabelSmoothing,
            RowLoss = call.Steps.Scratch(logits[0]),
            RowCorrect = call.Steps.Scratch(logits[0]),
            Divisor = call.Steps.Scratch(1),
        };
        call.Steps.Add("cross_entropy_divisor", &SumTargetWeights, args, 1);
        call.Steps.Add("cross_entropy_rows", &EvaluateRows, args, (logits[0] + RowsPerChunk - 1) / RowsPerChunk);
        call.Steps.Add("cross_entropy_sum", &SumRows, args, 1);
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        Shape logits = call.InputShape(0);
        CudaArgs args = new(
            call.Input(0),
            call.Input(1),
            call.Input(2),
            call.Output(0),
            call.Output(1),
            call.Output(2),
            call.Launches.Scratch(logits[0]),
            call.Launches.Scratch(logits[0]),
            call.Launches.Scratch(1),
            logits[0],
            logits[1],
            LabelSmoothing,
            0);
        call.Launches.Add("softmax_cross_entropy_divisor_f32", new Blocks(1), args);
        call.Launches.Add("softmax_cross_entropy_rows_f32", CudaRows.Over(logits[0]), args);
        call.Launches.Add("softmax_cross_entropy_sum_f32", new Blocks(1), args);
    }

    private static unsafe void SumTargetWeights(Args* args, int chunk, float* scratch)
    {
        double sum = 0;
        for (int row = 0; row < args->Rows; row++)
        {
            int label = args->Labels[row];
            sum += label < 0 ? 0 : args->WeightOf(label);
        }

        *args->Divisor = (float)sum;
    }

    private static unsafe void EvaluateRows(Args* args, int chunk, float* scratch)
    {
        int classes = args->Classes;
        int end = Math.Min(args->Rows, (chunk + 1) * RowsPerChunk);
        for (int row = chunk * RowsPerChunk; row < end; row++)
        {
            ReadOnlySpan<float> logits = new(args->Logits + ((long)row * classes), classes);
            Span<float> grad = new(args->GradLogits + ((long)row * classes), classes);
            int label = args->Labels[row];
            if (label < 0)
            {
                grad.Clear();
                args->RowLoss[row] = args->RowCorrect[row] = 0;
                continue;
            }

            args->RowCorrect[row] = TensorPrimitives.IndexOfMax(logits) == label ? 1 : 0;
            args->RowLoss[row] = EvaluateRow(args, logits, label, grad);
        }
    }

    private static unsafe float EvaluateRow(Args* args, ReadOnlySpan<float> logits, int label, Span<float> grad)
    {
        float max = TensorPrimitives.Max(logits);
        TensorPrimitives.Subtract(logits, max, grad);
        TensorPrimitives.Exp(grad, grad);
        double sum = 0;
        foreach (float exponential in grad)
        {
            sum += exponential;
        }

        double logSum = Math.Log(sum) + max;
        double hit = (1.0 - args->Smoothing) * args->WeightOf(label);
        double share = (double)args->Smoothing / args->Classes;
        double total = hit;
        double loss = hit * (logSum - logits[label]);
        for (int j = 0; j < logits.Length && share > 0; j++)
        {
            double target = share * args->WeightOf(j);
            total += target;
            loss += target * (logSum - logits[j]);
        }

        double scale = 1.0 / *args->Divisor;
        for (int j = 0; j < grad.Length; j++)
        {
            double target = (share * args->WeightOf(j)) + (j == label ? hit : 0);
            grad[j] = (float)(((total * grad[j] / sum) - target) * scale);
        }

        return (float)(loss * scale);
    }

    private static unsafe void SumRows(Args* args, int chunk, float* scratch)
    {
        double loss = 0;
        double correct = 0;
        for (int row = 0; row < args->Rows; row++)
        {
            loss += args->RowLoss[row];
            correct += args->RowCorrect[row];
        }

        (*args->Loss, *args->Correct) = ((float)loss, (float)correct);
    }

    private unsafe struct Args
    {
        public float* Logits;
        public int* Labels;
        public float* Weights;
        public float* Loss;
        public float* GradLogits;
        public float* Correct;
        public float* RowLoss;
        public float* RowCorrect;
        public float* Divisor;
        public int Rows;
        public int Classes;
        public float Smoothing;

        public readonly float WeightOf(int label) => Weights is null ? 1 : Weights[label];
    }

    private readonly record struct CudaArgs(
        ulong Logits,
        ulong Labels,
        ulong Weights,
        ulong Loss,
        ulong GradLogits,
        ulong Correct,
        ulong RowLoss,
        ulong RowCorrect,
        ulong Divisor,
        int Rows,
        int Classes,
        float Smoothing,
        int Padding);
}
