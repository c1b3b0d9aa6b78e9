using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Gimbal.Oracle.Tests;

/// <summary>Matrix products and their gradients against matmul.</summary>
public sealed class GemmTests
{
    // Float32 sums of up to 600 products of either sign: some sqrt(600) * 2^-24 (measured: 1e-6).
    private const double Limit = 3e-6;

    private sealed record Configuration(int Rows, int Inner, int Columns, Transpose TransA, Transpose TransB);

    [TorchFact]
    public void All_transpositions_and_their_gradients_agree() => Compare(120, wrongOrder: false).Within(Limit);

    [TorchFact]
    public void A_weight_read_in_the_wrong_order_would_be_noticed() => Compare(20, wrongOrder: true).Exceeds(Limit);

    private static Agreement Compare(int configurations, bool wrongOrder)
    {
        Agreement agreement = new();
        Random random = new(41);
        for (int i = 0; i < configurations; i++)
        {
            using var scope = NewDisposeScope();
            Configuration configuration = new(
                random.Between(1, 70),
                random.Next(5) == 0 ? random.Between(300, 600) : random.Between(1, 70),
                random.Between(1, 150),
                random.OneOf(Transpose.No, Transpose.Yes),
                random.OneOf(Transpose.No, Transpose.Yes));
            CompareOne(agreement, configuration, random, wrongOrder);
        }

        return agreement;
    }

    private static void CompareOne(Agreement agreement, Configuration configuration, Random random, bool wrongOrder)
    {
        (int rows, int inner, int columns, Transpose transA, Transpose transB) = configuration;
        TensorType typeA = transA == Transpose.Yes ? TensorType.Matrix(inner, rows) : TensorType.Matrix(rows, inner);
        TensorType typeB = transB == Transpose.Yes ? TensorType.Matrix(columns, inner) : TensorType.Matrix(inner, columns);
        TensorType typeY = TensorType.Matrix(rows, columns);
        (float[] a, float[] b) = (random.Normal(typeA.Shape), random.Normal(typeB.Shape));
        (float[] bias, float[] gradY) = (random.Normal(new Shape(columns)), random.Normal(typeY.Shape));

        ProductGraph product = new();
        Value[] inputs = [product.Input("a", typeA, a), product.Input("b", typeB, b), product.Input("bias", TensorType.Vector(columns), bias)];
        Value y = product.Builder.Add(new Gemm(transA, transB), inputs);
        IReadOnlyDictionary<Value, Value> gradients = Autodiff.Differentiate(
            product.Builder, y, product.Input("gradY", typeY, gradY), inputs, new Add());
        float[][] results = product.Run(y, gradients[inputs[0]], gradients[inputs[1]], gradients[inputs[2]]);

        Tensor torchA = a.Torch(typeA.Shape).requires_grad_();
        Tensor torchB = b.Torch(typeB.Shape).requires_grad_();
        Tensor torchBias = bias.Torch(new Shape(columns)).requires_grad_();
        Tensor right = wrongOrder ? torchB.reshape(torchB.shape[1], torchB.shape[0]).t() : torchB;
        Tensor torchY = Oriented(torchA, transA).matmul(Oriented(right, transB)) + torchBias;
        torchY.backward([gradY.Torch(typeY.Shape)]);
        agreement.Compare("y", results[0], torchY, configuration);
        agreement.Compare("gradA", results[1], torchA.grad!, configuration);
        agreement.Compare("gradB", results[2], torchB.grad!, configuration);
        agreement.Compare("gradBias", results[3], torchBias.grad!, configuration);
    }

    private static Tensor Oriented(Tensor matrix, Transpose transpose) => transpose == Transpose.Yes ? matrix.t() : matrix;
}
