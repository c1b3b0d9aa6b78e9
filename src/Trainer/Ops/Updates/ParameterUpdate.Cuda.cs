using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public abstract partial record ParameterUpdate
{
    /// <summary>What every update's kernel reads first; optimizer.cu has the same struct.</summary>
    private protected readonly record struct CudaInputs(ulong Segments, ulong Norm, ulong LearningRate, ulong Squares);

    /// <summary>How the kernels tell the ways of clipping apart; AdaptiveClip did its part before.</summary>
    private protected int CudaClipMode => Clip.Mode switch { ClipMode.Value => 1, ClipMode.Norm => 2, _ => 0 };

    /// <summary>Appends the pass over the pieces of all parameters, and what joins their norms where they are taken.</summary>
    /// <param name="call">The update.</param>
    /// <param name="rule">What the kernel's name starts with: <c>sgd</c>.</param>
    /// <param name="args">The kernel's arguments, from the first ones.</param>
    private protected void EmitCuda<TArgs>(CudaCall call, string rule, Func<CudaInputs, TArgs> args)
        where TArgs : unmanaged
    {
        int count = (call.Node.Inputs.Count - Scalars) / (2 + States);
        List<CudaSegment> segments = [];
        List<int> starts = [];
        for (int i = 0; i < count; i++)
        {
            starts.Add(segments.Count);
            int parameter = Scalars + i;
            float decay = call.InputShape(parameter).Rank > 1 ? WeightDecay : 0;
            foreach ((ulong offset, int length) in CudaPieces.Of(call.InputShape(parameter).Count))
            {
                segments.Add(new CudaSegment(
                    call.Input(parameter) + offset,
                    call.Input(parameter + count) + offset,
                    States > 0 ? call.Input(parameter + (2 * count)) + offset : 0,
                    States > 1 ? call.Input(parameter + (3 * count)) + offset : 0,
                    length,
                    decay));
            }
        }

        starts.Add(segments.Count);
        bool areTaken = Norms == UpdateNorms.Taken;
        ulong squares = areTaken ? call.Launches.Scratch(4L * segments.Count) : 0;
        CudaInputs inputs = new(call.Launches.Table<CudaSegment>([.. segments]), call.Input(1), call.Input(2), squares);
        call.Launches.Add(areTaken ? $"{rule}_update_norms_f32" : $"{rule}_update_f32", new Blocks(segments.Count), args(inputs));
        if (areTaken)
        {
            ulong norms = call.Output(call.Node.Outputs.Count - 1);
            call.Launches.Add("update_norms_f32", new Blocks(count), new CudaNormsArgs(squares, call.Launches.Table<int>([.. starts]), norms, count, 0));
        }
    }

    private readonly record struct CudaSegment(ulong Parameter, ulong Gradient, ulong First, ulong Second, int Count, float Decay);

    private readonly record struct CudaNormsArgs(ulong Squares, ulong Starts, ulong Norms, int Tensors, int Padding);
}
