using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Tests.Cuda;
using Xunit;
using Xunit.Sdk;

namespace Gimbal.Mutants;

/// <summary>What a process of its own does for one mutant: the checks of the tests, until one of them fails.</summary>
internal static class Worker
{
    /// <summary>Begins the line that says which check failed.</summary>
    public const string Caught = "caught ";

    /// <summary>The line that says that none did.</summary>
    public const string Survived = "survived";

    /// <summary>Begins the line with the seconds of processor time a worker took.</summary>
    public const string Seconds = "seconds ";

    /// <summary>Prints every op case with the kernels it launches and the milliseconds it takes, as JSON.</summary>
    public static void List()
    {
        List<CaseCost> costs = [];
        ForEach(CudaCase.All.Keys, isChecked: false, (run, cudaCase) =>
        {
            Stopwatch watch = Stopwatch.StartNew();
            string? wrong = CudaCaseChecks.Values(run, cudaCase);
            costs.Add(new(cudaCase.ToString(), [.. run.Launches.Select(launch => launch.Name).Distinct()], watch.ElapsedMilliseconds));
            return wrong;
        });
        Console.WriteLine(JsonSerializer.Serialize(costs));
    }

    /// <summary>Runs one stage on a library of host twins and prints the first thing that is wrong.</summary>
    /// <param name="stage">What is checked.</param>
    /// <param name="libraries">Paths without .so that stand in for the original twins; none: the originals.</param>
    /// <param name="cases">Names of op cases, in the order they run.</param>
    /// <param name="classes">Test classes that run behind them.</param>
    public static void Check(Stage stage, IReadOnlyList<string> libraries, IReadOnlyList<string> cases, IReadOnlyList<string> classes)
    {
        // The last library that has a kernel wins.
        string[] all = ["kernels", "misuses", .. libraries];
        Array.ForEach(all, Simulator.Load);
        string? wrong;
        try
        {
            wrong = stage == Stage.Plain ? ForEach(cases, isChecked: false, Values) ?? ForEach(cases, isChecked: false, CudaCaseChecks.Orders)
                : ForEach(cases, isChecked: true, Accesses);
            wrong ??= classes.Select(TestsOf).FirstOrDefault(message => message is not null);
        }
        catch (Exception e) when (e is XunitException || Simulator.Reports > 0)
        {
            wrong = e.Message;
        }

        Console.WriteLine($"{Seconds}{Environment.CpuUsage.TotalTime.TotalSeconds}");
        string outcome = Simulator.Reports > 0 ? nameof(Outcome.Report) : nameof(Outcome.Value);
        Console.WriteLine(wrong is null ? Survived : $"{Caught}{outcome} {wrong.ReplaceLineEndings(" ")}");
    }

    private static string? Values(CudaKernelRun run, CudaCase cudaCase)
    {
        Simulator.Run(SimulatorOrder.Plain);
        return CudaCaseChecks.Values(run, cudaCase);
    }

    private static string? Accesses(CudaKernelRun run, CudaCase cudaCase)
    {
        Simulator.CountBanks(run.IsRounded);
        return CudaCaseChecks.Accesses(run, cudaCase) ?? (run.IsRounded ? CudaCaseChecks.Banks(run, cudaCase) : null);
    }

    // After a report nothing is given back: the driver refuses to, and the process ends.
    private static string? ForEach(IEnumerable<string> cases, bool isChecked, Func<CudaKernelRun, CudaCase, string?> check)
    {
        Simulator.Reset();
        Simulator.CheckAccesses(isChecked);
        Driver driver = Driver.Open();
        Kernels kernels = new(driver);
        foreach (CudaCase cudaCase in cases.Select(name => CudaCase.All[name]))
        {
            CudaKernelRun run = new(cudaCase, driver, kernels);
            if (check(run, cudaCase) is { } wrong)
            {
                return wrong;
            }

            run.Dispose();
        }

        driver.Dispose();
        return null;
    }

    // Every fact and every row of every theory of a class, in the order they are written.
    private static string? TestsOf(string name)
    {
        Type type = typeof(CudaOpTests).Assembly.GetType($"{typeof(CudaOpTests).Namespace}.{name}", throwOnError: true)!;
        foreach (MethodInfo method in type.GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null))
        {
            IEnumerable<object?[]> rows = method.GetCustomAttribute<TheoryAttribute>() is null
                ? [[]]
                : method.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(method));
            foreach (object?[] row in rows)
            {
                if (Failure(type, method, row) is { } failure)
                {
                    return $"{name}.{method.Name}: {failure}";
                }
            }
        }

        return null;
    }

    private static string? Failure(Type type, MethodInfo method, object?[] row)
    {
        object test = Activator.CreateInstance(type)!;
        try
        {
            (method.Invoke(test, row) as Task)?.GetAwaiter().GetResult();
            return null;
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException!.Message;
        }
        finally
        {
            (test as IDisposable)?.Dispose();
        }
    }
}

/// <summary>An op case as the list prints it.</summary>
/// <param name="Name">Of the case.</param>
/// <param name="Kernels">That it launches.</param>
/// <param name="Milliseconds">That it takes.</param>
internal sealed record CaseCost(string Name, IReadOnlyList<string> Kernels, long Milliseconds);

/// <summary>Which build of the host twins runs.</summary>
internal enum Stage
{
    /// <summary>Values, and the same bits in every order.</summary>
    Plain,

    /// <summary>Every access checked.</summary>
    Checked,
}
