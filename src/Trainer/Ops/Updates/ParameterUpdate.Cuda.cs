using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public abstract partial record ParameterUpdate
{
    /// <summary>What every update's kernel reads first; optimizer.cu has the same struct.</summary>
    private protected readonly record struct CudaInputs(ulong Segments, ulong Norm, ulong LearningRate);

    /// <summary>How the kernels tell the ways of clipping apart; AdaptiveClip did its part before.</summary>
    private protected int CudaClipMode => Clip.Mode switch { ClipMode.Value => 1, ClipMode.Norm => 2, _ => 0 };

    /// <summary>Tables the pieces of all parameters, with what belongs to them.</summary>
    /// <returns>The kernel's first arguments, and the grid: a block for each piece.</returns>
    private protected (CudaInputs Inputs, Blocks Grid) CudaSegments(CudaCall call)
    {
        int count = (call.Node.Inputs.Count - Scalars) / (2 + States);
        List<CudaSegment> segments = [];
        for (int i = 0; i < count; i++)
        {
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

        return (new CudaInputs(call.Launches.Table<CudaSegment>([.. segments]), call.Input(1), call.Input(2)), new Blocks(segments.Count));
    }

    private readonly record struct CudaSegment(ulong Parameter, ulong Gradient, ulong First, ulong Second, int Count, float Decay);
}
