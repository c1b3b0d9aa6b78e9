using Gimbal.Export.Onnx;
using Gimbal.Inference;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ModelMetadata = Gimbal.Inference.ModelMetadata;

namespace Gimbal.Export;

/// <summary>Finds the first node at which a file and the network part, by comparing every value both of them name.</summary>
internal static class Divergence
{
    // Two values differ when they are further apart than rounding can explain: fp32 sums of some thousand terms stay below 1e-5 of the rms.
    private const double Relative = 1e-4;
    private const int Batch = 2;

    /// <summary>Name of the first node of the file whose output differs from the trainer's value of the same name; null if none does.</summary>
    /// <param name="file">The file.</param>
    /// <param name="model">The network it came from.</param>
    /// <param name="samples">Pictures.</param>
    /// <param name="worst">The picture to look at: the one whose outputs are furthest apart.</param>
    /// <param name="device">The trainer's device.</param>
    /// <returns>The input's name where the metadata's mean and standard deviation make another input of the pictures than the trainer's.</returns>
    public static string? FirstNode(ModelProto file, TrainedModel model, ImageSource samples, int worst, Device device)
    {
        // Some faults show in batches only, so a second picture goes along.
        ImageSubset pair = new(samples, [worst, worst == 0 ? samples.Count - 1 : 0]);
        byte[] pixels = new byte[Batch * samples.PixelBytes];
        for (int i = 0; i < Batch; i++)
        {
            pair.Read(i, pixels.AsSpan(i * samples.PixelBytes, samples.PixelBytes));
        }

        ModelMetadata metadata = ModelMetadata.Parse(file.MetadataProps.ToDictionary(property => property.Key, property => property.Value));
        float[] images = Load(pair, model.Normalization);
        float[] fed = Load(pair, new Normalization(metadata.Mean, metadata.Std));
        if (metadata.Input == InputForm.FloatNchw && Differs(images, fed))
        {
            return OnnxExporter.InputName;
        }

        IReadOnlyDictionary<string, float[]> expected = TrainerValues(model, metadata.Output, pixels, images, device);
        IReadOnlyDictionary<string, float[]> actual = FileValues(file, model, pixels, images);
        foreach (NodeProto node in file.Graph.Node)
        {
            foreach (string output in node.Output)
            {
                if (actual.TryGetValue(output, out float[]? got) && expected.TryGetValue(output, out float[]? want) && Differs(want, got))
                {
                    return node.Name;
                }
            }
        }

        return null;
    }

    private static float[] Load(ImageSource pair, Normalization normalization)
    {
        OrderedBatches batches = new(pair, normalization, Batch);
        ImageBatch batch = batches.NewBatch();
        batches.Load(0, batch);
        float[] images = new float[batch.Images.Length];
        ChannelsLast.Load(batch.Shape, batch.Images, images);
        return images;
    }

    private static Dictionary<string, float[]> TrainerValues(TrainedModel model, OutputForm output, byte[] pixels, float[] images, Device device)
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
        Dictionary<string, float[]> values = graph.Outputs.Distinct().ToDictionary(v => v.Name, v => plan.Read(v).Span.ToArray());
        foreach ((string name, float[] value) in PixelInput.Values(pixels, model.Normalization))
        {
            values[name] = value;
        }

        values[PixelInput.ImagesName] = images;
        values[OnnxExporter.OutputName] = plan.Read(graph.Outputs[0]).Span.ToArray();
        if (output == OutputForm.Probabilities)
        {
            ParityGate.ToProbabilities(values[OnnxExporter.OutputName], model.Network.Classes);
        }

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

    private static bool Differs(float[] expected, float[] actual)
    {
        if (actual.Length != expected.Length)
        {
            return true;
        }

        double rms = Math.Sqrt(expected.Average(v => (double)v * v));
        return ParityGate.Difference(expected, actual) > Relative * rms;
    }
}
