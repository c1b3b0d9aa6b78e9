using System.Globalization;
using System.Text;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Graphs;

/// <summary>A graph as text and back: what checkpoints carry, listings print and tests compare.</summary>
/// <remarks>
/// One line per value and node; names hold no spaces:
/// <code>
/// graph resnet8
/// input images [2,3,32,32] image
/// parameter conv1.weight [16,3,3,3] filter
/// conv1.Conv = Conv {Stride=1x1 Pad=1,1,1,1 Dilation=1x1 Groups=1} images conv1.weight
/// a b > bn1.running_mean = BatchNormalization {…} …        a result that replaces a state names it behind &gt;
/// output fc.Gemm
/// </code>
/// </remarks>
public static class GraphText
{
    /// <summary>Writes a graph.</summary>
    public static string Print(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"graph {graph.Name}\n");
        foreach (Value value in graph.Values.Where(v => v.Kind != ValueKind.Result))
        {
            text.Append(CultureInfo.InvariantCulture, $"{value.Kind.ToString().ToLowerInvariant()} {value.Name} {value.Type}\n");
        }

        foreach (Node node in graph.Nodes)
        {
            string outputs = string.Join(' ', node.Outputs.Select(v => v.Overwrites is null ? v.Name : $"{v.Name}>{v.Overwrites.Name}"));
            text.Append(CultureInfo.InvariantCulture, $"{outputs} = {OpText.Print(node.Op)} {string.Join(' ', node.Inputs.Select(v => v.Name))}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"output {string.Join(' ', graph.Outputs.Select(v => v.Name))}\n");
        return text.ToString();
    }

    /// <summary>Reads a graph; it is verified like any other.</summary>
    /// <param name="text">What <see cref="Print"/> wrote.</param>
    /// <param name="ops">The ops that may appear, by name.</param>
    /// <exception cref="InvalidGraphException">A line cannot be read, or the graph is invalid; the message names the line.</exception>
    public static Graph Parse(string text, IReadOnlyDictionary<string, Type> ops)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || !lines[0].StartsWith("graph ", StringComparison.Ordinal))
        {
            throw new InvalidGraphException("line 1: a graph starts with 'graph NAME'");
        }

        GraphBuilder builder = new(lines[0]["graph ".Length..].Trim());
        Dictionary<string, Value> values = [];
        IReadOnlyList<Value> outputs = [];
        for (int i = 1; i < lines.Length; i++)
        {
            try
            {
                if (lines[i].StartsWith("output ", StringComparison.Ordinal))
                {
                    outputs = [.. lines[i].Split(' ').Skip(1).Select(name => values[name])];
                }
                else
                {
                    ParseLine(lines[i], builder, values, ops);
                }
            }
            catch (Exception e) when (e is FormatException or KeyNotFoundException or ShapeException or ArgumentException or IndexOutOfRangeException or OverflowException)
            {
                throw new InvalidGraphException($"line {i + 1}: {e.Message}");
            }
        }

        return builder.Build(outputs);
    }

    private static void ParseLine(string line, GraphBuilder builder, Dictionary<string, Value> values, IReadOnlyDictionary<string, Type> ops)
    {
        int equals = line.IndexOf(" = ", StringComparison.Ordinal);
        if (equals < 0)
        {
            string[] words = line.Split(' ');
            values.Add(words[1], builder.Declare(words[1], ParseType(words), Enum.Parse<ValueKind>(words[0], ignoreCase: true)));
            return;
        }

        string[] names = line[..equals].Split(' ');
        int open = line.IndexOf('{', equals);
        int close = line.IndexOf('}', equals);
        if (open < 0 || close < open)
        {
            throw new FormatException("attributes stand in braces");
        }

        Op op = OpText.Parse(line[(equals + 3)..open].Trim(), line[(open + 1)..close], ops);
        Value[] inputs = [.. line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => values[name])];
        Value?[] replaced = [.. names.Select(name => name.Contains('>') ? values[name.Split('>')[1]] : null)];
        builder.AddNamed(names[0].Split('>')[0], op, inputs, [.. names.Select(name => name.Split('>')[0])], replaced);
        foreach ((string name, Value value) in names.Zip(builder.Nodes[^1].Outputs))
        {
            values.Add(name.Split('>')[0], value);
        }
    }

    private static TensorType ParseType(string[] words)
    {
        int[] extents = [.. words[2].Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries).Select(s => int.Parse(s, CultureInfo.InvariantCulture))];
        Axes axes = Axes.Plain;
        ElementType element = ElementType.Float32;
        foreach (string word in words.Skip(3))
        {
            if (word == "int32")
            {
                element = ElementType.Int32;
            }
            else
            {
                axes = Enum.Parse<Axes>(word, ignoreCase: true);
            }
        }

        return new TensorType(new Shape(extents), axes, element);
    }
}
