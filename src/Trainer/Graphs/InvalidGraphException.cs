namespace Gimbal.Trainer.Graphs;

/// <summary>A graph, or its text, breaks the rules of a graph.</summary>
/// <param name="message">What is wrong, and at which node or line.</param>
public sealed class InvalidGraphException(string message) : Exception(message);
