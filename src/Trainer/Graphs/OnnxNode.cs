namespace Gimbal.Trainer.Graphs;

/// <summary>One node of an ONNX graph, as plain data.</summary>
/// <param name="OpType">ONNX operator of the default domain.</param>
/// <param name="Inputs">Names of values; an empty name is an absent optional input.</param>
/// <param name="Outputs">Names of values.</param>
/// <param name="Attributes">In any order.</param>
public sealed record OnnxNode(
    string OpType, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, params IReadOnlyList<OnnxAttribute> Attributes);

/// <summary>Name and value of one ONNX attribute.</summary>
/// <param name="Name">As in the operator's specification.</param>
/// <param name="Value">A <see cref="long"/>, <see cref="float"/>, <see cref="string"/>, <c>long[]</c>, <c>float[]</c>; a <c>long[]</c> or <c>float[]</c> named
/// <c>value</c> of a <c>Constant</c> node is a tensor of rank 1.</param>
public readonly record struct OnnxAttribute(string Name, object Value);

/// <summary>What an op needs to know to spell itself in ONNX.</summary>
/// <param name="Name">The node's name; names of helper values start with it.</param>
/// <param name="Inputs">Names of the inputs.</param>
/// <param name="Outputs">Names of the outputs.</param>
/// <param name="InputTypes">Types of the inputs, with the batch the graph was built for; the file's batch is dynamic.</param>
/// <param name="Opset">Operator set of the file, 13 to 21.</param>
public sealed record OnnxCall(
    string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<Tensors.TensorType> InputTypes, int Opset);
