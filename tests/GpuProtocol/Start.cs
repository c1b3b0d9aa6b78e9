using System.Globalization;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.GpuProtocol;

/// <summary>What every side of a comparison starts from: a model, its recipe, its weights and the batches it trains on, in one safetensors file.</summary>
/// <param name="Network">The model.</param>
/// <param name="Batch">Images per step.</param>
/// <param name="File">Weights and running statistics by PyTorch's names, and the batches.</param>
internal sealed record Start(Network Network, int Batch, SafeTensors File)
{
    /// <summary>Name of the images: [batches, batch, 3, size, size].</summary>
    public const string ImagesName = "batch.images";

    /// <summary>Name of the labels: [batches, batch].</summary>
    public const string LabelsName = "batch.labels";

    private const int Classes = 10;
    private const ulong Seed = 1;
    private const float LargestNorm = 1;
    private const float Momentum = 0.9f;

    /// <summary>Whether the recipe is SGD with momentum, for networks with batch norm, or Adam.</summary>
    public bool UsesSgd => Network.Name.StartsWith("resnet", StringComparison.Ordinal);

    /// <summary>Learning rate.</summary>
    public float Rate => UsesSgd ? 0.01f : 1e-3f;

    /// <summary>The step: both recipes clip the gradients' norm.</summary>
    public StepOptions Step => new(Batch, UsesSgd ? new Sgd(Momentum) : new Adam(), new GradientClip(ClipMode.Norm, LargestNorm));

    /// <summary>Writes a start.</summary>
    public static void Write(string model, int batch, int size, int batches, string path)
    {
        Start start = new(ModelCatalogue.Create(model, new ModelShape(3, size, Classes)), batch, new SafeTensors([]));
        using CpuDevice device = new(1);
        using StateStore state = device.NewState(TrainingGraph.Create(start.Network, start.Step).Graph);
        state.Initialize(Seed);
        Philox random = new(Seed, stream: 7);
        float[] images = new float[batches * batch * 3 * size * size];
        for (int i = 0; i < images.Length; i++)
        {
            images[i] = random.Normal(0, (ulong)i);
        }

        int[] labels = [.. Enumerable.Range(0, batches * batch).Select(i => random.Below(1, (ulong)i, Classes))];
        IEnumerable<StoredTensor> weights = state.ReadAll().Where(pair => !pair.Key.StartsWith(TrainingGraph.OptimizerPrefix, StringComparison.Ordinal)).Select(pair => StoredTensor.Of(pair.Key, pair.Value));
        SafeTensors file = new(
            [.. weights, new StoredTensor(ImagesName, images, batches, batch, 3, size, size), new StoredTensor(LabelsName, labels, batches, batch)],
            new Dictionary<string, string>
            {
                ["model"] = model,
                ["optimizer"] = start.UsesSgd ? "sgd" : "adam",
                ["rate"] = start.Rate.ToString(CultureInfo.InvariantCulture),
                ["momentum"] = Momentum.ToString(CultureInfo.InvariantCulture),
                ["largest_norm"] = LargestNorm.ToString(CultureInfo.InvariantCulture),
            });
        file.Write(path);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="DataFileException">It is none.</exception>
    public static Start Read(string path)
    {
        SafeTensors file = SafeTensors.Read(path);
        if (file.Tensors.FirstOrDefault(tensor => tensor.Name == ImagesName) is not { } images || !file.Metadata.TryGetValue("model", out string? model))
        {
            throw new DataFileException(path, "holds no model and no batches; 'start' writes such files");
        }

        return new Start(ModelCatalogue.Create(model, new ModelShape(3, (int)images.Shape[^1], Classes)), (int)images.Shape[1], file);
    }

    /// <summary>One of the arrays.</summary>
    public StoredTensor this[string name] => File.Tensors.First(tensor => tensor.Name == name);
}
