using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Export;

/// <summary>Computes what hangs on weights alone, so that a file holds the result and not the way to it: a weight over its largest singular value.</summary>
internal static class ConstantFolding
{
    /// <summary>The graph without nodes that read no image; what they compute is among the weights, under the values' names.</summary>
    public static (Graph Graph, IReadOnlyDictionary<string, Tensor> Weights) Fold(Graph graph, IReadOnlyDictionary<string, Tensor> weights)
    {
        HashSet<Value> constants = [.. graph.Values.Where(v => v.IsState)];
        List<Node> nodes = [];
        foreach (Node node in graph.Nodes.Where(node => node.Inputs.All(constants.Contains)))
        {
            nodes.Add(node);
            constants.UnionWith(node.Outputs);
        }

        if (nodes.Count == 0)
        {
            return (graph, weights);
        }

        Value[] results = [.. nodes.SelectMany(node => node.Outputs).Where(v => graph.Nodes.Except(nodes).Any(node => node.Inputs.Contains(v)))];
        Dictionary<string, Tensor> all = new(weights);
        foreach ((Value result, Tensor tensor) in results.Zip(Compute(graph, nodes, results, weights)))
        {
            all[result.Name] = tensor;
        }

        GraphBuilder builder = new(graph.Name);
        Dictionary<Value, Value> copies = results.ToDictionary(v => v, v => builder.Parameter(v.Name, v.Type, new Constant(0)));
        Append(builder, graph.Nodes.Except(nodes), copies);
        return (builder.Build([.. graph.Outputs.Select(v => copies[v])]), all);
    }

    private static Tensor[] Compute(Graph graph, IEnumerable<Node> nodes, Value[] results, IReadOnlyDictionary<string, Tensor> weights)
    {
        GraphBuilder builder = new($"{graph.Name}.constants");
        Dictionary<Value, Value> copies = [];
        Append(builder, nodes, copies);
        Graph constants = builder.Build([.. results.Select(v => copies[v])]);
        using CpuDevice device = new(threads: 1, isExact: true);
        using StateStore state = device.NewState(constants);
        foreach (Value value in state.States)
        {
            state.Write(value.Name, weights[value.Name]);
        }

        using Plan plan = device.NewPlan(constants, state);
        plan.Run();
        return [.. constants.Outputs.Select(plan.Read)];
    }

    private static void Append(GraphBuilder builder, IEnumerable<Node> nodes, Dictionary<Value, Value> copies)
    {
        foreach (Node node in nodes)
        {
            foreach (Value input in node.Inputs.Where(v => !copies.ContainsKey(v)))
            {
                copies[input] = builder.Import(input);
            }

            copies[node.Outputs[0]] = builder.AddNamed(node.Name, node.Op, [.. node.Inputs.Select(v => copies[v])]);
        }
    }
}
