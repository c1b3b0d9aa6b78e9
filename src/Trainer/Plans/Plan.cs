using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>A graph ready to run on one device: its memory is laid out and its steps are a flat list. The seam between backends.</summary>
/// <remarks>Elements cross the seam in logical order; a plan knows how its device stores them. One thread at a time may use a plan.</remarks>
public abstract class Plan : IDisposable
{
    /// <summary>Checks that <paramref name="graph"/> is there.</summary>
    protected Plan(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Graph = graph;
    }

    /// <summary>What is computed.</summary>
    public Graph Graph { get; }

    /// <summary>Bytes of inputs, results and temporaries; parameters and buffers are counted by their <see cref="StateStore"/>.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>One line per step, in order: what a step does and how many chunks it has. For listings and comparisons.</summary>
    public abstract IReadOnlyList<string> Listing { get; }

    /// <summary>Sets an input.</summary>
    /// <param name="input">An input of <see cref="Graph"/>.</param>
    /// <param name="elements">All elements, in logical order.</param>
    public abstract void Write(Value input, ReadOnlySpan<float> elements);

    /// <summary>Sets an input of images whose channels are last, as in the bytes of pictures: the order every plan stores, so that nothing is reordered.</summary>
    /// <param name="input">An input of <see cref="Graph"/> with the axes of images.</param>
    /// <param name="images">All elements, [N, H, W, C].</param>
    public abstract void WriteChannelsLast(Value input, ReadOnlySpan<float> images);

    /// <summary>Sets an input of integers.</summary>
    public abstract void Write(Value input, ReadOnlySpan<int> elements);

    /// <summary>Runs every step once. Allocates nothing.</summary>
    public abstract void Run();

    /// <summary>Runs the plan several times and notes how long each step took; what it computes and updates is the same as after one run more.</summary>
    /// <param name="repetitions">1 or more.</param>
    /// <returns>The steps in order, each with its shortest time: what others on the machine took is not the step's.</returns>
    public IReadOnlyList<StepTime> Time(int repetitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        // The first run makes room for scratch and lets the compiler finish.
        Run();
        StepTime[] shortest = [.. RunTimed()];
        for (int repetition = 1; repetition < repetitions; repetition++)
        {
            foreach ((int i, StepTime time) in RunTimed().Index())
            {
                shortest[i] = time.Shortest < shortest[i].Shortest ? time : shortest[i];
            }
        }

        return shortest;
    }

    /// <summary>Copies an input or an output of the graph, in logical order.</summary>
    public abstract void Read(Value value, Span<float> elements);

    /// <summary>Copies an input or an output of the graph.</summary>
    public Tensor Read(Value value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Tensor tensor = new(value.Shape);
        Read(value, tensor.Span);
        return tensor;
    }

    /// <summary>Room for copies of some outputs.</summary>
    /// <param name="outputs">Outputs of <see cref="Graph"/> whose elements have one order: scalars and vectors.</param>
    public abstract Readback NewReadback(IReadOnlyList<Value> outputs);

    /// <summary>Room for several runs in one call, on pictures that the device keeps; null where each run has to be started by the host.</summary>
    /// <param name="pictures">Of the same device; it keeps a whole data set.</param>
    /// <param name="images">The input that pictures are placed in.</param>
    /// <param name="inputs">All other inputs.</param>
    /// <param name="outputs">Outputs of <see cref="Graph"/> whose elements have one order.</param>
    public virtual RunSeries? NewSeries(DevicePictures pictures, Value images, IReadOnlyList<Value> inputs, IReadOnlyList<Value> outputs) => null;

    /// <summary>Frees the plan's memory; the state it worked on stays.</summary>
    public abstract void Dispose();

    /// <summary>Runs every step once, each apart from the others, and says how long it took.</summary>
    protected abstract IEnumerable<StepTime> RunTimed();

    /// <summary>Refuses a value that does not have the axes of images, and what <see cref="Check"/> refuses.</summary>
    protected void CheckImages(Value value, int count)
    {
        Check(value, count, ElementType.Float32);
        if (value.Type.Axes != Axes.Image)
        {
            throw new ShapeException($"{value} holds no images, which alone can be written channels last");
        }
    }

    /// <summary>Refuses a value of another graph, and elements of another number or type.</summary>
    protected void Check(Value value, int count, ElementType element)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (Graph.Values.ElementAtOrDefault(value.Id) != value)
        {
            throw new ArgumentException($"{value} does not belong to graph {Graph.Name}", nameof(value));
        }

        if (count != value.Shape.Count || value.Type.Element != element)
        {
            throw new ShapeException($"{value} wants {value.Shape.Count} elements of {value.Type.Element}, got {count} of {element}");
        }
    }
}
