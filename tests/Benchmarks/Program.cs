using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Gimbal.Benchmarks;
using Gimbal.SideBySide;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

RootCommand root = new("Gimbal beside TorchSharp, in one process") { TrainCommand(), LoaderCommand(), HealthCommand(), OpsCommand(), PairCommand(), FootprintCommand() };
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
catch (BenchmarkException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}

Command TrainCommand()
{
    Option<string[]> model = new("--model") { Description = "Networks to train", DefaultValueFactory = _ => ["simple-cnn", "resnet20"], AllowMultipleArgumentsPerToken = true };
    model.AcceptOnlyFromAmong([.. PairedModel.All.Select(paired => paired.Name)]);
    Option<int[]> batch = new("--batch") { Description = "Images per step", DefaultValueFactory = _ => [128], AllowMultipleArgumentsPerToken = true };
    Option<string[]> rival = new("--rival") { Description = "How libtorch is set up", DefaultValueFactory = _ => [.. RivalSetting.All.Select(setting => setting.Key)], AllowMultipleArgumentsPerToken = true };
    rival.AcceptOnlyFromAmong([.. RivalSetting.All.Select(setting => setting.Key)]);
    Option<int> steps = new("--steps") { Description = "Timed steps per group", DefaultValueFactory = _ => 3 };
    Option<int> groups = new("--groups") { Description = "Groups of steps per side, the sides taking turns", DefaultValueFactory = _ => 5 };
    Option<int> threads = new("--threads") { Description = "Threads on each side", DefaultValueFactory = _ => Environment.ProcessorCount };
    foreach (Option<int> number in new[] { steps, groups, threads })
    {
        number.Validators.Add(result => RequirePositive(result.GetValueOrDefault<int>(), result.AddError, number.Name));
    }

    batch.Validators.Add(result => RequirePositive((result.GetValueOrDefault<int[]>() ?? []).DefaultIfEmpty(1).Min(), result.AddError, batch.Name));
    Option<string> instructions = new("--instructions") { Description = "Widest vectors of our side", DefaultValueFactory = _ => "widest" };
    instructions.AcceptOnlyFromAmong([.. InstructionSet.All.Select(set => set.Key)]);
    Option<string> folder = new("--out") { Description = "Folder of the results", DefaultValueFactory = _ => Machine.ResultsFolder };
    Option<string> name = new("--name") { Description = "Name of the results' files", DefaultValueFactory = _ => "train" };
    Option<bool> json = new("--json") { Description = "Print one JSON document" };
    Command train = new("train", "Time whole training steps against TorchSharp") { model, batch, rival, steps, groups, threads, instructions, folder, name, json };
    train.SetAction(parsed => TrainBenchmark.Run(
        new Comparison(
            parsed.GetRequiredValue(model),
            parsed.GetRequiredValue(batch),
            parsed.GetRequiredValue(rival),
            parsed.GetValue(threads),
            parsed.GetValue(steps),
            parsed.GetValue(groups),
            InstructionSet.Of(parsed.GetRequiredValue(instructions)),
            parsed.GetRequiredValue(folder),
            parsed.GetRequiredValue(name)),
        $"bench {string.Join(' ', args.Where((argument, i) => argument != "--json" && argument != "--out" && (i == 0 || args[i - 1] != "--out")))}",
        parsed.GetValue(json)));
    return train;
}

Command LoaderCommand()
{
    Option<string> data = new("--data") { Description = "Pictures: synthetic, cifar10:DIR, images:DIR or idx:DIR", DefaultValueFactory = _ => "synthetic" };
    Option<string> model = new("--model") { Description = "Network to train", DefaultValueFactory = _ => "simple-cnn" };
    model.AcceptOnlyFromAmong("simple-cnn", "resnet20");
    Option<int> batch = new("--batch") { Description = "Images per step", DefaultValueFactory = _ => 128 };
    Option<int> steps = new("--steps") { Description = "Timed steps per group", DefaultValueFactory = _ => 3 };
    Option<int> groups = new("--groups") { Description = "Groups of steps per side, the sides taking turns", DefaultValueFactory = _ => 5 };
    Option<int> threads = new("--threads") { Description = "Threads that train", DefaultValueFactory = _ => Environment.ProcessorCount };
    Command loader = new("loader", "Time the loading of pictures, alone and beside training") { data, model, batch, steps, groups, threads };
    loader.SetAction(parsed => LoaderBenchmark.Run(new LoaderSettings(
        parsed.GetRequiredValue(data),
        parsed.GetRequiredValue(model),
        parsed.GetValue(batch),
        parsed.GetValue(steps),
        parsed.GetValue(groups),
        parsed.GetValue(threads))));
    return loader;
}

Command HealthCommand()
{
    Option<string> model = new("--model") { Description = "Network to train", DefaultValueFactory = _ => "simple-cnn" };
    model.AcceptOnlyFromAmong("simple-cnn", "mlp", "resnet20", "resnet56");
    Option<int> batch = new("--batch") { Description = "Images per step", DefaultValueFactory = _ => 128 };
    Option<int[]> every = new("--every") { Description = "Steps between readings", DefaultValueFactory = _ => [1, 10], AllowMultipleArgumentsPerToken = true };
    Option<int> pairs = new("--pairs") { Description = "Pairs of runs with and without", DefaultValueFactory = _ => 400 };
    Option<int> threads = new("--threads") { Description = "Threads that train", DefaultValueFactory = _ => Environment.ProcessorCount };
    foreach (Option<int> number in new[] { batch, pairs, threads })
    {
        number.Validators.Add(result => RequirePositive(result.GetValueOrDefault<int>(), result.AddError, number.Name));
    }

    every.Validators.Add(result => RequirePositive((result.GetValueOrDefault<int[]>() ?? []).DefaultIfEmpty(1).Min(), result.AddError, every.Name));
    Command health = new("health", "Time training with and without readings of the layers' health") { model, batch, every, pairs, threads };
    health.SetAction(parsed => parsed.GetRequiredValue(every).Max(steps => HealthBenchmark.Run(new HealthSettings(
        parsed.GetRequiredValue(model), parsed.GetValue(batch), steps, parsed.GetValue(pairs), parsed.GetValue(threads)))));
    return health;
}

Command OpsCommand()
{
    Argument<string[]> rest = new("arguments") { Description = "Passed to BenchmarkDotNet, such as --filter *Convolution*", Arity = ArgumentArity.ZeroOrMore };
    Command ops = new("ops", "Time single operations") { rest };
    ops.TreatUnmatchedTokensAsErrors = false;
    ops.SetAction(parsed => OpBenchmarks.Run([.. parsed.GetValue(rest) ?? [], .. parsed.UnmatchedTokens]));
    return ops;
}

// The two that TrainBenchmark starts in processes of their own.
Command PairCommand() => Measuring(ChildProcess.PairCommand, (settings, side) => Pair.Measure(settings, RivalSetting.Of(side).Layout));

Command FootprintCommand() => Measuring(ChildProcess.FootprintCommand, Footprint.Measure);

static Command Measuring<T>(string name, Func<TrainSettings, string, T> measure)
{
    Argument<string> side = new("side");
    Argument<string> settings = new("settings");
    Command command = new(name) { side, settings };
    command.Hidden = true;
    command.SetAction(parsed =>
    {
        TrainSettings what = JsonSerializer.Deserialize<TrainSettings>(parsed.GetRequiredValue(settings))!;
        Console.WriteLine(JsonSerializer.Serialize(measure(what, parsed.GetRequiredValue(side)), ChildProcess.Json));
    });
    return command;
}

static void RequirePositive(int value, Action<string> refuse, string name)
{
    if (value < 1)
    {
        refuse($"{name}: {value} is not 1 or more");
    }
}
