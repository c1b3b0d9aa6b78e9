using System.CommandLine;
using System.Globalization;
using Gimbal.GpuProtocol;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

RootCommand root = new("What the protocol asks of a card, a line of JSON for each answer") { CasesCommand(), NodesCommand(), StartCommand(), TrainCommand() };
ParseResult line = root.Parse(args);
if (line.Errors.Count > 0)
{
    Console.Error.WriteLine($"error: {line.Errors[0].Message}");
    return 2;
}

try
{
    return line.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (CudaUnavailableException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 6;
}
catch (Exception e) when (e is CudaException or DataFileException or KeyNotFoundException or OptionsException or ShapeException)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}

Command CasesCommand()
{
    Option<string> filter = new("--filter") { Description = "Text that a case's name holds", DefaultValueFactory = _ => "" };
    Option<int> most = new("--most") { Description = "Most cases of an op", DefaultValueFactory = _ => int.MaxValue };
    Command cases = new("cases", "Compare every op case with its reference, twice") { filter, most };
    cases.SetAction(parsed => OpCases.Run(parsed.GetRequiredValue(filter), parsed.GetValue(most)));
    return cases;
}

Command NodesCommand()
{
    Option<int> nodes = new("--nodes") { Description = "Launches of the shorter graph; the longer has five times as many", DefaultValueFactory = _ => 200 };
    Option<int> repetitions = new("--repetitions") { Description = "Replays of each", DefaultValueFactory = _ => 50 };
    Command command = new("nodes", "Time a recorded graph of launches that do next to nothing") { nodes, repetitions };
    command.SetAction(parsed => GraphNodes.Measure(parsed.GetValue(nodes), parsed.GetValue(repetitions)));
    return command;
}

Command StartCommand()
{
    Option<string> model = new("--model") { Description = "Model of the catalogue", DefaultValueFactory = _ => "resnet20" };
    Option<int> batch = new("--batch") { Description = "Images per step", DefaultValueFactory = _ => 128 };
    Option<int> size = new("--size") { Description = "Side of the images", DefaultValueFactory = _ => 32 };
    Option<int> batches = new("--batches") { Description = "Batches that are trained on in turn", DefaultValueFactory = _ => 8 };
    Option<string> file = new("--out") { Description = "The file", Required = true };
    Command start = new("start", "Write weights and batches that every side starts from; needs no card") { model, batch, size, batches, file };
    start.SetAction(parsed => Start.Write(parsed.GetRequiredValue(model), parsed.GetValue(batch), parsed.GetValue(size), parsed.GetValue(batches), parsed.GetRequiredValue(file)));
    return start;
}

Command TrainCommand()
{
    Option<string> file = new("--start") { Description = "What 'start' wrote", Required = true };
    Option<string> device = new("--device") { Description = "cuda or cpu", DefaultValueFactory = _ => "cuda" };
    device.AcceptOnlyFromAmong("cuda", "cpu");
    Option<string> precision = new("--precision") { Description = "What the kernels compute in", DefaultValueFactory = _ => "fp32" };
    Option<int> losses = new("--losses") { Description = "Steps whose losses are printed, from the start", DefaultValueFactory = _ => 0 };
    Option<int> warmUp = new("--warm-up") { Description = "Steps ahead of the timed ones", DefaultValueFactory = _ => 50 };
    Option<int> steps = new("--steps") { Description = "Timed steps, three times; 0: none", DefaultValueFactory = _ => 300 };
    Command train = new("train", "Train from a start: losses, and the time of a step") { file, device, precision, losses, warmUp, steps };
    train.SetAction(parsed =>
    {
        using Gimbal.GpuProtocol.Training training = new(Start.Read(parsed.GetRequiredValue(file)), parsed.GetRequiredValue(device), parsed.GetRequiredValue(precision));
        training.PrintLosses(parsed.GetValue(losses));
        training.PrintTimes(parsed.GetValue(warmUp), parsed.GetValue(steps));
    });
    return train;
}
