using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Plans;

/// <summary>Places of a graph's inputs and results in one arena; results whose lives do not overlap share memory.</summary>
/// <remarks>
/// A value lives from the node that computes it to the last node that reads it; inputs and outputs of the graph live throughout. For a node that runs aside that is from
/// where it may begin to where it must be done, whatever the order of the branches in between.
/// </remarks>
public sealed class MemoryPlan
{
    private readonly Dictionary<Value, long> _offsets = [];

    /// <summary>Places every value that is not kept in a state, first fit in order of birth.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="align">Rounds a number of elements up to the device's alignment.</param>
    /// <param name="branches">Which nodes run aside; null: none.</param>
    public MemoryPlan(Graph graph, Func<long, long> align, Branches? branches = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(align);
        List<Block> placed = [];
        foreach ((Value value, int born, int dies) in Lives(graph, branches ?? Branches.None))
        {
            long size = align(value.Shape.Count);
            long offset = 0;
            foreach (Block other in placed.Where(b => b.Born <= dies && born <= b.Dies).OrderBy(b => b.Offset))
            {
                if (offset + size <= other.Offset)
                {
                    break;
                }

                offset = Math.Max(offset, other.Offset + other.Size);
            }

            placed.Add(new Block(offset, size, born, dies));
            _offsets[value] = offset;
            Length = Math.Max(Length, offset + size);
        }
    }

    /// <summary>Elements of the arena.</summary>
    public long Length { get; }

    /// <summary>First element of an input or result.</summary>
    public long Offset(Value value) => _offsets[value];

    private static IEnumerable<(Value Value, int Born, int Dies)> Lives(Graph graph, Branches branches)
    {
        int end = graph.Nodes.Count;
        Dictionary<Value, int> lastUse = [];
        for (int i = 0; i < end; i++)
        {
            // What the node behind the fork, or at the join, brings forth may lie there again.
            int use = branches.IsAside(i) ? branches.Join(i) - 1 : i;
            foreach (Value value in graph.Nodes[i].Inputs.Concat(graph.Nodes[i].Outputs))
            {
                lastUse[value] = Math.Max(use, lastUse.GetValueOrDefault(value));
            }
        }

        foreach (Value input in graph.Inputs)
        {
            yield return (input, -1, end);
        }

        HashSet<Value> kept = [.. graph.Outputs];
        for (int i = 0; i < end; i++)
        {
            int born = branches.IsAside(i) ? branches.Fork(i) + 1 : i;
            foreach (Value value in graph.Nodes[i].Outputs.Where(v => v.Overwrites is null))
            {
                yield return (value, born, kept.Contains(value) ? end : lastUse[value]);
            }
        }
    }

    private readonly record struct Block(long Offset, long Size, int Born, int Dies);
}
