using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>One optimiser step over all parameters in one pass: clip, decay, update.</summary>
/// <remarks>
/// Inputs: count [1] (updates so far, this one included), norm [1], learning rate [1], then k parameters, k gradients, and k tensors of each
/// state the rule keeps. Outputs: the parameters and states that replace them, and where asked for the Euclidean norms [2,k] of each parameter before the
/// update and of its change. Weight decay touches tensors of rank 2 and more only, so biases and batch norm stay free. Where the norm is not finite nothing changes.
/// </remarks>
/// <param name="Clip">Limits the gradients first.</param>
/// <param name="WeightDecay">λ, 0 or more.</param>
/// <param name="Norms">Whether norms are taken on the way.</param>
public abstract partial record ParameterUpdate(GradientClip Clip, float WeightDecay, UpdateNorms Norms) : Op
{
    /// <summary>The inputs before the first parameter: count, norm, learning rate.</summary>
    public const int Scalars = 3;

    /// <summary>PyTorch's names of the tensors kept per parameter: <c>momentum_buffer</c>, <c>exp_avg</c>.</summary>
    public abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>Floating-point operations of the rule for one element of a parameter, clipping included.</summary>
    private protected abstract long OperationsPerParameter { get; }

    private int States => StateNames.Count;

    // A difference and two multiply-adds.
    private const long OperationsPerNorms = 5;

    // Elements whose squares are added up in float before they are added to a double.
    private const int BlockLength = 1024;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        int count = (inputs.Count - Scalars) / (2 + States);
        Rule.Require(count > 0 && inputs.Count == Scalars + (count * (2 + States)), this, $"{inputs.Count} inputs are not {Scalars} + k·{2 + States}");
        for (int i = 0; i < inputs.Count; i++)
        {
            TensorType wanted = i < Scalars ? TensorType.Vector(1) : inputs[Scalars + ((i - Scalars) % count)];
            Rule.Require(inputs[i] == wanted, this, $"input {i} is {inputs[i]}, not {wanted}");
        }

        IReadOnlyList<TensorType> replaced = [.. inputs.Skip(Scalars).Take(count), .. inputs.Skip(Scalars + (2 * count))];
        return Norms == UpdateNorms.Taken ? [.. replaced, TensorType.Matrix(2, count)] : replaced;
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of((OperationsPerParameter + (Norms == UpdateNorms.Taken ? OperationsPerNorms : 0)) * OpCost.Elements(inputs.Skip(Scalars)) / (2 + States), inputs, outputs);

    /// <summary>Appends the pass with a rule the JIT compiles into it.</summary>
    private protected unsafe void Emit<TRule>(CpuCall call, string name, TRule rule)
        where TRule : unmanaged, IUpdateRule
    {
        int count = (call.Node.Inputs.Count - Scalars) / (2 + States);
        List<Segment> segments = [];
        for (int i = 0; i < count; i++)
        {
            int parameter = Scalars + i;
            int length = call.InputShape(parameter).Count;
            for (int start = 0; start < length; start += Elementwise.ChunkLength)
            {
                segments.Add(new Segment
                {
                    Parameter = call.Input(parameter) + start,
                    Gradient = call.Input(parameter + count) + start,
                    First = States > 0 ? call.Input(parameter + (2 * count)) + start : null,
                    Second = States > 1 ? call.Input(parameter + (3 * count)) + start : null,
                    Count = Math.Min(Elementwise.ChunkLength, length - start),
                    Decay = call.InputShape(parameter).Rank > 1 ? WeightDecay : 0,
                    Tensor = i,
                });
            }
        }

        Args<TRule> args = new()
        {
            Segments = call.Steps.Table<Segment>([.. segments]),
            Count = call.Input(0),
            Norm = call.Input(1),
            LearningRate = call.Input(2),
            Clip = Clip,
            Rule = rule,
        };
        if (Norms == UpdateNorms.Taken)
        {
            args.Squares = (UpdateSquares*)call.Steps.Scratch((long)segments.Count * sizeof(UpdateSquares) / sizeof(float));
            call.Steps.Add(name, &UpdateSegment<TRule, TakenSquares>, args, segments.Count);
            NormArgs norms = new() { Segments = args.Segments, Squares = args.Squares, Norms = call.Output(call.Node.Outputs.Count - 1), Count = segments.Count, Tensors = count };
            call.Steps.Add("update_norms", &SumSegments, norms, 1);
        }
        else
        {
            call.Steps.Add(name, &UpdateSegment<TRule, NoSquares>, args, segments.Count);
        }
    }

    private static unsafe void UpdateSegment<TRule, TSquares>(Args<TRule>* args, int chunk, float* scratch)
        where TRule : unmanaged, IUpdateRule
        where TSquares : struct, IUpdateSquares
    {
        Segment segment = args->Segments[chunk];
        UpdateSquares squares = float.IsFinite(*args->Norm) ? Update<TRule, TSquares>(args, segment) : Keep<TSquares>(segment);
        if (TSquares.AreTaken)
        {
            args->Squares[chunk] = squares;
        }
    }

    private static unsafe UpdateSquares Update<TRule, TSquares>(Args<TRule>* args, in Segment segment)
        where TRule : unmanaged, IUpdateRule
        where TSquares : struct, IUpdateSquares
    {
        float norm = *args->Norm;
        TRule rule = args->Rule;
        rule.Prepare(*args->LearningRate, segment.Decay, *args->Count);
        float scale = args->Clip.Mode == ClipMode.Norm ? Math.Min(1, args->Clip.Limit / (norm + 1e-6f)) : 1;
        float bound = args->Clip.Mode == ClipMode.Value ? args->Clip.Limit : float.PositiveInfinity;
        Vector<float> none = Vector<float>.Zero;
        UpdateSquares sum = default;
        for (int start = 0; start < segment.Count; start += BlockLength)
        {
            TSquares squares = default;
            int end = Math.Min(segment.Count, start + BlockLength);
            // Tensors start on cache lines and fill them, so the last vector may run past the end into padding that nobody reads.
            for (int i = start; i < end; i += Vector<float>.Count)
            {
                Vector<float> gradient = Vector.Load(segment.Gradient + i) * scale;
                gradient = Vector.Min(Vector.Max(gradient, new Vector<float>(-bound)), new Vector<float>(bound));
                Vector<float> first = segment.First is null ? none : Vector.Load(segment.First + i);
                Vector<float> second = segment.Second is null ? none : Vector.Load(segment.Second + i);
                Vector<float> before = Vector.Load(segment.Parameter + i);
                Vector<float> after = rule.Invoke(before, gradient, ref first, ref second);
                after.Store(segment.Parameter + i);
                squares.Add(before, after, end - i);
                if (segment.First is not null)
                {
                    first.Store(segment.First + i);
                }

                if (segment.Second is not null)
                {
                    second.Store(segment.Second + i);
                }
            }

            sum += squares.Sum;
        }

        return sum;
    }

    // Nothing changes; what is measured is.
    private static unsafe UpdateSquares Keep<TSquares>(in Segment segment)
        where TSquares : struct, IUpdateSquares
    {
        UpdateSquares sum = default;
        for (int start = 0; TSquares.AreTaken && start < segment.Count; start += BlockLength)
        {
            TSquares squares = default;
            int end = Math.Min(segment.Count, start + BlockLength);
            for (int i = start; i < end; i += Vector<float>.Count)
            {
                squares.Add(Vector.Load(segment.Parameter + i), Vector.Load(segment.Parameter + i), end - i);
            }

            sum += squares.Sum;
        }

        return sum;
    }

    private static unsafe void SumSegments(NormArgs* args, int chunk, float* scratch)
    {
        UpdateSquares tensor = default;
        for (int i = 0; i < args->Count; i++)
        {
            int index = args->Segments[i].Tensor;
            tensor += args->Squares[i];
            if (i + 1 == args->Count || args->Segments[i + 1].Tensor != index)
            {
                args->Norms[index] = (float)Math.Sqrt(tensor.Parameter);
                args->Norms[args->Tensors + index] = (float)Math.Sqrt(tensor.Change);
                tensor = default;
            }
        }
    }

    private unsafe struct Segment
    {
        public float* Parameter;
        public float* Gradient;
        public float* First;
        public float* Second;
        public int Count;
        public float Decay;
        public int Tensor;
    }

    private unsafe struct NormArgs
    {
        public Segment* Segments;
        public UpdateSquares* Squares;
        public float* Norms;
        public int Count;
        public int Tensors;
    }

    private unsafe struct Args<TRule>
        where TRule : unmanaged
    {
        public Segment* Segments;
        public float* Count;
        public float* Norm;
        public float* LearningRate;
        public UpdateSquares* Squares;
        public GradientClip Clip;
        public TRule Rule;
    }
}

/// <summary>The arithmetic of one optimiser, on several elements at once.</summary>
internal interface IUpdateRule
{
    /// <summary>Takes what is the same for all elements of one parameter.</summary>
    void Prepare(float learningRate, float decay, float count);

    /// <summary>The new parameter; <paramref name="first"/> and <paramref name="second"/> are the rule's states.</summary>
    Vector<float> Invoke(Vector<float> parameter, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second);
}
