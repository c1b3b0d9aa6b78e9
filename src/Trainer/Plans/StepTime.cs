using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Plans;

/// <summary>How long one step of a plan took.</summary>
/// <param name="Node">What it computes, or a part of.</param>
/// <param name="Step">The step's name: <c>conv_forward</c>, or that of a kernel.</param>
/// <param name="Chunks">Independent pieces of it; blocks of a kernel.</param>
/// <param name="Shortest">Of several runs.</param>
public sealed record StepTime(Node Node, string Step, int Chunks, TimeSpan Shortest);
