using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>While training each element of x is dropped with probability p, else multiplied by 1/(1 − p); a deployed model passes it through.</summary>
/// <remarks>
/// Inputs: x, and random int32 [3]: the seed's low word, its high word, the step. Element i, counted in logical order whatever the storage,
/// is dropped when <see cref="Philox.Uniform"/>(step, i) of (seed, stream) is below p. The gradient draws the same numbers again.
/// Source: Srivastava et al. 2014, in the inverted form of PyTorch.
/// </remarks>
/// <param name="Probability">p, 0 ≤ p &lt; 1.</param>
/// <param name="Stream">From <see cref="GraphBuilder.NextStream"/>: tells the random ops of a graph apart.</param>
public sealed record Dropout(float Probability, int Stream) : ForwardOp
{
    // A tile of so many pixels and channels fits the first-level cache on both sides.
    private const int TilePixels = 128;
    private const int TileChannels = 16;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Rule.Require(Probability is >= 0 and < 1, this, $"probability {Probability} is not in 0 ≤ p < 1");
        Rule.Require(inputs[0].Axes != Axes.Filter, this, $"x {inputs[0]} is a filter");
        Rule.Require(
            inputs[1] == TensorType.Vector(3) with { Element = ElementType.Int32 }, this, $"random {inputs[1]} is not int32 [3]: seed low, seed high, step");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        Shape x = call.InputShape(0);
        // Plain tensors are one image of one channel: their storage order is the logical order.
        bool isImage = call.Node.Inputs[0].Type.Axes == Axes.Image;
        Args args = new()
        {
            X = call.Input(0),
            Random = (int*)call.Input(1),
            Y = call.Output(0),
            Channels = isImage ? x[1] : 1,
            Pixels = isImage ? x[2] * x[3] : x.Count,
            Probability = Probability,
            Stream = (uint)Stream,
        };
        args.ChannelTiles = (args.Channels + TileChannels - 1) / TileChannels;
        args.TileLength = args.Channels == 1 ? Elementwise.ChunkLength : TilePixels;
        args.PixelTiles = (args.Pixels + args.TileLength - 1) / args.TileLength;
        call.Steps.Add("dropout", &Chunk, args, (isImage ? x[0] : 1) * args.ChannelTiles * args.PixelTiles);
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        Shape x = call.InputShape(0);
        bool isImage = call.Node.Inputs[0].Type.Axes == Axes.Image;
        (int images, int channels, int pixels) = isImage ? (x[0], x[1], x[2] * x[3]) : (1, 1, x.Count);
        // One draw serves four neighbours in logical order; where 4 does not divide a plane, its first and last draws are shared with others.
        long quads = pixels % 4 == 0 ? pixels / 4 : (pixels + 6) / 4;
        call.Launches.Add(
            "dropout_forward_f32",
            new Blocks(Blocks.Over(images * quads * channels, CudaLaunches.Threads)),
            new CudaArgs(call.Input(0), call.Input(1), call.Output(0), images, channels, pixels, (uint)Stream, Probability, 0));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients) =>
        [graph.Add(this, gradients[0]!, node.Inputs[1]), null];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> AtInference(GraphBuilder graph, IReadOnlyList<Value> inputs) => [inputs[0]];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) => [new("Identity", [call.Inputs[0]], call.Outputs)];

    private static unsafe void Chunk(Args* args, int chunk, float* scratch)
    {
        int first = chunk % args->PixelTiles * args->TileLength;
        int end = Math.Min(args->Pixels, first + args->TileLength);
        int channel = chunk / args->PixelTiles % args->ChannelTiles * TileChannels;
        long image = chunk / args->PixelTiles / args->ChannelTiles;
        for (int c = channel; c < Math.Min(args->Channels, channel + TileChannels); c++)
        {
            DropPixels(args, image, c, first, end);
        }
    }

    // One draw gives the numbers of four neighbours in logical order, which lie a pixel apart in storage.
    private static unsafe void DropPixels(Args* args, long image, int channel, int first, int end)
    {
        Philox random = new((uint)args->Random[0] | ((ulong)(uint)args->Random[1] << 32), args->Stream);
        float scale = 1 / (1 - args->Probability);
        long plane = ((image * args->Channels) + channel) * args->Pixels;
        long storage = (image * args->Pixels * args->Channels) + channel;
        for (long index = plane + first; index < plane + end;)
        {
            (uint a, uint b, uint c, uint d) = random.Words((uint)args->Random[2], (ulong)index >> 2);
            ReadOnlySpan<uint> words = [a, b, c, d];
            for (int i = (int)(index & 3); i < words.Length && index < plane + end; i++, index++)
            {
                long at = storage + ((index - plane) * args->Channels);
                args->Y[at] = Philox.ToUniform(words[i]) < args->Probability ? 0 : args->X[at] * scale;
            }
        }
    }

    private unsafe struct Args
    {
        public float* X;
        public int* Random;
        public float* Y;
        public int Channels;
        public int Pixels;
        public int ChannelTiles;
        public int PixelTiles;
        public int TileLength;
        public float Probability;
        public uint Stream;
    }

    private readonly record struct CudaArgs(
        ulong X, ulong Random, ulong Y, int Images, int Channels, int Pixels, uint Stream, float Probability, int Padding);
}
