using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>Batch normalisation, channel by channel, from lists of the channel's elements.</summary>
internal static class NormalizationReference
{
    public static IReadOnlyList<DoubleTensor> Train(BatchNormalization op, IReadOnlyList<DoubleTensor> inputs)
    {
        DoubleTensor x = inputs[0];
        int channels = x.Shape[1];
        DoubleTensor y = new(x.Shape);
        DoubleTensor[] statistics = [.. Enumerable.Range(0, 4).Select(_ => new DoubleTensor(new Shape(channels)))];
        for (int c = 0; c < channels; c++)
        {
            int[] places = [.. PlacesOf(x.Shape, c)];
            double mean = places.Average(i => x[i]);
            double squares = places.Sum(i => (x[i] - mean) * (x[i] - mean));
            double inverse = 1 / Math.Sqrt((squares / places.Length) + op.Epsilon);
            foreach (int i in places)
            {
                y[i] = ((x[i] - mean) * inverse * inputs[1][c]) + inputs[2][c];
            }

            statistics[0][c] = mean;
            statistics[1][c] = inverse;
            statistics[2][c] = ((1 - (double)op.Momentum) * inputs[3][c]) + (op.Momentum * mean);
            statistics[3][c] = ((1 - (double)op.Momentum) * inputs[4][c]) + (op.Momentum * squares / (places.Length - 1));
        }

        return [y, .. statistics];
    }

    public static IReadOnlyList<DoubleTensor> TrainGrad(IReadOnlyList<DoubleTensor> inputs)
    {
        (DoubleTensor x, DoubleTensor gamma, DoubleTensor mean, DoubleTensor inverse, DoubleTensor gradY) =
            (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4]);
        return Gradients(x, gradY, (c, places) =>
        {
            double Normalized(int i) => (x[i] - mean[c]) * inverse[c];
            double meanGrad = places.Average(i => gradY[i]);
            double meanProduct = places.Average(i => gradY[i] * Normalized(i));
            return (Normalized, i => gamma[c] * inverse[c] * (gradY[i] - meanGrad - (Normalized(i) * meanProduct)));
        });
    }

    public static IReadOnlyList<DoubleTensor> Frozen(FrozenBatchNormalization op, IReadOnlyList<DoubleTensor> inputs)
    {
        DoubleTensor y = new(inputs[0].Shape);
        for (int c = 0; c < y.Shape[1]; c++)
        {
            foreach (int i in PlacesOf(y.Shape, c))
            {
                y[i] = ((inputs[0][i] - inputs[3][c]) / Math.Sqrt(inputs[4][c] + op.Epsilon) * inputs[1][c]) + inputs[2][c];
            }
        }

        return [y];
    }

    public static DoubleTensor FrozenStatistics(FrozenStatistics op, IReadOnlyList<DoubleTensor> inputs)
    {
        DoubleTensor coefficients = new(new Shape(Normalize.Coefficients, inputs[0].Shape.Count));
        for (int c = 0; c < inputs[0].Shape.Count; c++)
        {
            (coefficients[0, c], coefficients[1, c], coefficients[2, c]) = (inputs[2][c], inputs[0][c] / Math.Sqrt(inputs[3][c] + op.Epsilon), inputs[1][c]);
        }

        return coefficients;
    }

    public static IReadOnlyList<DoubleTensor> FrozenGrad(FrozenBatchNormalizationGrad op, IReadOnlyList<DoubleTensor> inputs)
    {
        (DoubleTensor x, DoubleTensor gamma, DoubleTensor mean, DoubleTensor variance, DoubleTensor gradY) =
            (inputs[0], inputs[1], inputs[2], inputs[3], inputs[4]);
        return Gradients(x, gradY, (c, _) =>
        {
            double deviation = Math.Sqrt(variance[c] + op.Epsilon);
            return (i => (x[i] - mean[c]) / deviation, i => gamma[c] * gradY[i] / deviation);
        });
    }

    public static DoubleTensor Sum(DoubleTensor x) =>
        new(new Shape(x.Shape[1]), [.. Enumerable.Range(0, x.Shape[1]).Select(c => PlacesOf(x.Shape, c).Sum(i => x[i]))]);

    // Mean, scale and shift of y = (x − mean)·scale + shift.
    public static IReadOnlyList<DoubleTensor> Statistics(BatchStatistics op, IReadOnlyList<DoubleTensor> inputs)
    {
        IReadOnlyList<DoubleTensor> train = Train(new BatchNormalization(op.Epsilon, op.Momentum), inputs);
        int channels = inputs[1].Shape.Count;
        DoubleTensor coefficients = new(new Shape(Normalize.Coefficients, channels));
        for (int c = 0; c < channels; c++)
        {
            (coefficients[0, c], coefficients[1, c], coefficients[2, c]) = (train[1][c], inputs[1][c] * train[2][c], inputs[2][c]);
        }

        return [.. train.Skip(1), coefficients];
    }

    public static IReadOnlyList<DoubleTensor> StatisticsGrad(IReadOnlyList<DoubleTensor> inputs)
    {
        IReadOnlyList<DoubleTensor> grads = TrainGrad(inputs);
        int channels = inputs[1].Shape.Count;
        double count = inputs[0].Shape.Count / channels;
        DoubleTensor coefficients = new(new Shape(NormalizeGrad.Coefficients, channels));
        for (int c = 0; c < channels; c++)
        {
            double scale = inputs[1][c] * inputs[3][c];
            coefficients[0, c] = inputs[2][c];
            coefficients[1, c] = scale;
            coefficients[2, c] = -scale * inputs[3][c] * grads[1][c] / count;
            coefficients[3, c] = -scale * grads[2][c] / count;
        }

        return [grads[1], grads[2], coefficients];
    }

    // (x − k₀)·k₁ + k₂, or gradY·k₁ + (x − k₀)·k₂ + k₃.
    public static DoubleTensor Affine(DoubleTensor x, DoubleTensor? gradY, DoubleTensor k)
    {
        DoubleTensor y = new(x.Shape);
        for (int c = 0; c < x.Shape[1]; c++)
        {
            foreach (int i in PlacesOf(x.Shape, c))
            {
                double offset = x[i] - k[0, c];
                y[i] = gradY is null ? (offset * k[1, c]) + k[2, c] : (gradY[i] * k[1, c]) + (offset * k[2, c]) + k[3, c];
            }
        }

        return y;
    }

    private static IReadOnlyList<DoubleTensor> Gradients(
        DoubleTensor x, DoubleTensor gradY, Func<int, int[], (Func<int, double> Normalized, Func<int, double> GradX)> ofChannel)
    {
        DoubleTensor gradX = new(x.Shape);
        DoubleTensor gradGamma = new(new Shape(x.Shape[1]));
        DoubleTensor gradBeta = new(new Shape(x.Shape[1]));
        for (int c = 0; c < x.Shape[1]; c++)
        {
            int[] places = [.. PlacesOf(x.Shape, c)];
            (Func<int, double> normalized, Func<int, double> gradXAt) = ofChannel(c, places);
            gradGamma[c] = places.Sum(i => gradY[i] * normalized(i));
            gradBeta[c] = places.Sum(i => gradY[i]);
            foreach (int i in places)
            {
                gradX[i] = gradXAt(i);
            }
        }

        return [gradX, gradGamma, gradBeta];
    }

    private static IEnumerable<int> PlacesOf(Shape shape, int channel)
    {
        int plane = shape.Rank == 4 ? shape[2] * shape[3] : 1;
        return from n in Enumerable.Range(0, shape[0])
               from i in Enumerable.Range(0, plane)
               select (((n * shape[1]) + channel) * plane) + i;
    }
}
