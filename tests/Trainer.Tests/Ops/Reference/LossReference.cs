using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>Cross entropy, as PyTorch documents CrossEntropyLoss with class weights and label smoothing.</summary>
internal static class LossReference
{
    public static IReadOnlyList<DoubleTensor> CrossEntropy(SoftmaxCrossEntropy op, IReadOnlyList<DoubleTensor> inputs)
    {
        (DoubleTensor logits, DoubleTensor labels) = (inputs[0], inputs[1]);
        int classes = logits.Shape[1];
        double WeightOf(int k) => inputs.Count > 2 ? inputs[2][k] : 1;
        DoubleTensor probabilities = ActivationReference.Softmax(logits);
        DoubleTensor gradient = new(logits.Shape);
        int[] rows = [.. Enumerable.Range(0, logits.Shape[0]).Where(row => labels[row] >= 0)];
        double divisor = rows.Sum(row => WeightOf((int)labels[row]));
        double loss = 0;
        double correct = 0;
        foreach (int row in rows)
        {
            int label = (int)labels[row];
            double max = Enumerable.Range(0, classes).Max(k => logits[row, k]);
            double logSum = max + Math.Log(Enumerable.Range(0, classes).Sum(k => Math.Exp(logits[row, k] - max)));
            correct += Enumerable.Range(0, classes).First(k => logits[row, k] == max) == label ? 1 : 0;
            for (int j = 0; j < classes; j++)
            {
                double target = WeightOf(j) * (((1 - (double)op.LabelSmoothing) * (j == label ? 1 : 0)) + ((double)op.LabelSmoothing / classes));
                loss += target * (logSum - logits[row, j]) / divisor;
                for (int k = 0; k < classes; k++)
                {
                    gradient[row, k] += target * (probabilities[row, k] - (j == k ? 1 : 0)) / divisor;
                }
            }
        }

        return [Scalar(loss), gradient, Scalar(correct)];
    }

    public static DoubleTensor Scalar(double value) => new(new Shape(1), [value]);
}
