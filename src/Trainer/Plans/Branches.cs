using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Plans;

/// <summary>Which nodes of a graph may run aside, on a second branch: those whose results nobody reads before the node that gathers most results, as a gradient norm gathers the gradients of weights.</summary>
/// <remarks>
/// The nodes of either branch run in their order. One that runs aside begins behind the last node of the first branch that it reads from (<see cref="Fork"/>), and is done
/// before another of the first branch begins (<see cref="Join"/>): the first that reads it, or an earlier one, so that no more than <see cref="MostAhead"/> lag behind
/// and what they read need not be kept longer.
/// </remarks>
public sealed class Branches
{
    /// <summary>Nodes that may wait to run aside while the first branch goes on: each keeps the memory of what it reads.</summary>
    public const int MostAhead = 4;

    /// <summary>Where nothing that comes before is read.</summary>
    public const int Start = -1;

    // Fewer are not worth the edges.
    private const int LeastGathered = 3;

    private readonly Dictionary<int, (int Fork, int Join)> _aside = [];

    private Branches()
    {
    }

    /// <summary>All nodes on one branch.</summary>
    public static Branches None { get; } = new();

    /// <summary>Numbers of the nodes that run aside, in order.</summary>
    public IEnumerable<int> Aside => _aside.Keys.Order();

    /// <summary>Finds the nodes of <paramref name="graph"/> that may run aside.</summary>
    public static Branches Of(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Dictionary<Value, int> firstReader = FirstReaders(graph);
        (int gathers, int gathered) = (0, 0);
        foreach ((int i, Node node) in graph.Nodes.Index())
        {
            int fresh = node.Inputs.Distinct().Count(input => input.Kind == ValueKind.Result && firstReader[input] == i);
            (gathers, gathered) = fresh > gathered ? (i, fresh) : (gathers, gathered);
        }

        Branches branches = new();
        if (gathered >= LeastGathered)
        {
            branches.Find(graph, firstReader, gathers);
        }

        return branches;
    }

    /// <summary>Whether a node runs aside.</summary>
    public bool IsAside(int node) => _aside.ContainsKey(node);

    /// <summary>The node of the first branch behind which a node that runs aside begins, or <see cref="Start"/>.</summary>
    public int Fork(int node) => _aside[node].Fork;

    /// <summary>The node of the first branch before which a node that runs aside is done.</summary>
    public int Join(int node) => _aside[node].Join;

    private static Dictionary<Value, int> FirstReaders(Graph graph)
    {
        Dictionary<Value, int> first = [];
        foreach ((int i, Node node) in graph.Nodes.Index())
        {
            foreach (Value input in node.Inputs)
            {
                first.TryAdd(input, i);
            }
        }

        return first;
    }

    private void Find(Graph graph, Dictionary<Value, int> firstReader, int gathers)
    {
        Dictionary<Value, int> producer = [];
        HashSet<Value> replaced = [.. graph.Nodes.Take(gathers).SelectMany(node => node.Outputs).Select(output => output.Overwrites).OfType<Value>()];
        List<(int Node, int Fork)> found = [];
        int fork = Start;
        for (int i = 0; i < gathers; i++)
        {
            Node node = graph.Nodes[i];
            // What replaces a state, or reads one that is replaced meanwhile, keeps its place.
            if (node.Outputs.All(output => output.Overwrites is null && firstReader.GetValueOrDefault(output) >= gathers) && !node.Inputs.Any(replaced.Contains))
            {
                fork = node.Inputs.Select(input => producer.GetValueOrDefault(input, Start)).Append(fork).Max();
                found.Add((i, fork));
                continue;
            }

            foreach (Value output in node.Outputs)
            {
                producer[output] = i;
            }
        }

        HashSet<int> aside = [.. found.Select(node => node.Node)];
        foreach ((int k, (int node, int begins)) in found.Index())
        {
            int join = k + MostAhead < found.Count ? Math.Max(node, found[k + MostAhead].Fork) + 1 : gathers;
            while (aside.Contains(join))
            {
                join++;
            }

            _aside[node] = (begins, Math.Min(join, gathers));
        }
    }
}
