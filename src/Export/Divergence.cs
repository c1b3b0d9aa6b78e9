using Gimbal.Export.Onnx;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;

namespace Gimbal.Export;

/// <summary>Finds the first node at which a file and the network part, by comparing every value both of them name.</summary>
internal static class Divergence
{
    // Two values differ when they are further apart than rounding can explain: fp32 sums of some thousand terms stay below 1e-5 of the rms.
    private const double Relative = 1e-4;
    private const int Batch = 2;

    /// <summary>Name of the first node of the file whose output differs from the trainer's value of the same name; null if none does.</summary>
    public static string? FirstNode(ModelProto file, TrainedModel model, ImageSource samples, Device device)
    {
        byte[] pixels = new byte[Batch * samples.PixelBytes];
        float[] images = new float[Batch * samples.PixelBytes];
        int[] labels = new int[Batch];
        for (int i = 0; i < Batch; i++)
        {
            samples.Read(i % samples.Count, pixels.AsSpan(i * samples.PixelBytes, samples.PixelBytes));
        }

        int held = new OrderedBatches(samples, model.Normalization, Batch).Load(0, images, labels);
        for (int i = held; i < Batch; i++)
        {
            images.AsSpan(0, samples.PixelBytes).CopyTo(images.AsSpan(i * samples.PixelBytes));
        }

        IReadOnlyDictionary<string, Tensor> expected = TrainerValues(model, images, device);
        IReadOnlyDictionary<string, float[]> actual = FileValues(file, model, pixels, images);
        foreach (NodeProto node in file.Graph.Node)
        {
            foreach (string output in node.Output)
            {
                if (actual.TryGetValue(output, out float[]? got) && expected.TryGetValue(output, out Tensor? want) && Differs(want, got))
                {
                    return node.Name;
                }
            }
        }

        return null;
    }

    private static Dictionary<string, Tensor> TrainerValues(TrainedModel model, float[] images, Device device)
    {
        GraphBuilder builder = new("divergence");
        Value input = model.Network.ImportImages(builder, Batch);
        Value logits = model.Network.AppendAtInference(builder, input);
        IReadOnlyList<Value> results = [.. builder.ValuesOf(ValueKind.Result).Where(v => v.Type.Element == ElementType.Float32)];
        Graph graph = builder.Build([logits, .. results]);
        using StateStore state = device.NewState(graph);
        foreach (Value value in state.States)
        {
            state.Write(value.Name, model.Weights[value.Name]);
        }

        using Plan plan = device.NewPlan(graph, state);
        plan.Write(graph.Input(Network.ImagesName), images);
        plan.Run();
        Dictionary<string, Tensor> values = graph.Outputs.Distinct().ToDictionary(v => v.Name, plan.Read);
        values[Network.ImagesName] = new Tensor(graph.Input(Network.ImagesName).Shape, images);
        values[OnnxExporter.OutputName] = plan.Read(graph.Outputs[0]);
        return values;
    }

    private static Dictionary<string, float[]> FileValues(ModelProto file, TrainedModel model, byte[] pixels, float[] images)
    {
        ModelProto debug = file.Clone();
        HashSet<string> declared = [.. debug.Graph.Output.Select(o => o.Name)];
        debug.Graph.Output.Add(debug.Graph.Node.SelectMany(node => node.Output).Where(declared.Add).Select(name => new ValueInfoProto { Name = name }));
        using SessionOptions options = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using InferenceSession session = new(debug.ToByteArray(), options);
        using RunOptions runOptions = new();
        (int channels, int height, int width) = model.Network.ImageSize;
        using OrtValue input = session.InputMetadata[OnnxExporter.InputName].ElementType == typeof(byte)
            ? OrtValue.CreateTensorValueFromMemory(pixels, [Batch, height, width, channels])
            : OrtValue.CreateTensorValueFromMemory(images, [Batch, channels, height, width]);
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(runOptions, [OnnxExporter.InputName], [input], session.OutputNames);
        Dictionary<string, float[]> values = [];
        foreach ((string name, OrtValue value) in session.OutputNames.Zip(results))
        {
            if (value.GetTensorTypeAndShape().ElementDataType == Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float)
            {
                values[name] = value.GetTensorDataAsSpan<float>().ToArray();
            }
        }

        return values;
    }

    private static bool Differs(Tensor expected, float[] actual)
    {
        if (actual.Length != expected.Span.Length)
        {
            return true;
        }

        double squares = 0;
        double largest = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            squares += (double)expected.Span[i] * expected.Span[i];
            double difference = Math.Abs((double)expected.Span[i] - actual[i]);
            largest = difference <= largest ? largest : double.IsNaN(difference) ? double.PositiveInfinity : difference;
        }

        return largest > Relative * Math.Sqrt(squares / actual.Length);
    }
}
