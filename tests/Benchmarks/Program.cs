using System.CommandLine;
using System.Globalization;
using Gimbal.Benchmarks;
using Gimbal.SideBySide;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

Option<string> model = new("--model") { Description = "Network to train", DefaultValueFactory = _ => "simple-cnn" };
model.AcceptOnlyFromAmong("simple-cnn", "resnet20");
Option<int> batch = new("--batch") { Description = "Images per step", DefaultValueFactory = _ => 128 };
Option<int> steps = new("--steps") { Description = "Timed steps per group", DefaultValueFactory = _ => 3 };
Option<int> groups = new("--groups") { Description = "Groups of steps per side, the sides taking turns", DefaultValueFactory = _ => 5 };
Option<int> threads = new("--threads") { Description = "Threads on each side", DefaultValueFactory = _ => Environment.ProcessorCount };
Option<MemoryLayout> layout = new("--layout") { Description = "Storage order of libtorch's images", DefaultValueFactory = _ => MemoryLayout.Nchw };
Option<bool> json = new("--json") { Description = "Print one JSON document" };
Command train = new("train", "Time whole training steps against TorchSharp") { model, batch, steps, groups, threads, layout, json };
train.SetAction(parsed => TrainBenchmark.Run(
    new TrainSettings(
        parsed.GetRequiredValue(model),
        parsed.GetValue(batch),
        parsed.GetValue(steps),
        parsed.GetValue(groups),
        parsed.GetValue(threads),
        parsed.GetValue(layout)),
    parsed.GetValue(json)));

Option<string> data = new("--data") { Description = "Pictures: synthetic, cifar10:DIR, images:DIR or idx:DIR", DefaultValueFactory = _ => "synthetic" };
Command loader = new("loader", "Time the loading of pictures, alone and beside training") { data, model, batch, steps, groups, threads };
loader.SetAction(parsed => LoaderBenchmark.Run(new LoaderSettings(
    parsed.GetRequiredValue(data),
    parsed.GetRequiredValue(model),
    parsed.GetValue(batch),
    parsed.GetValue(steps),
    parsed.GetValue(groups),
    parsed.GetValue(threads))));

Argument<string[]> rest = new("arguments") { Description = "Passed to BenchmarkDotNet, such as --filter *Convolution*", Arity = ArgumentArity.ZeroOrMore };
Command ops = new("ops", "Time single operations against libtorch") { rest };
ops.TreatUnmatchedTokensAsErrors = false;
ops.SetAction(parsed => OpBenchmarks.Run([.. parsed.GetValue(rest) ?? [], .. parsed.UnmatchedTokens]));

return new RootCommand("Gimbal beside TorchSharp, in one process") { train, loader, ops }.Parse(args).Invoke();
