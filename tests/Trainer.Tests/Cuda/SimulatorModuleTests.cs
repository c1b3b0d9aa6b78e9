using System.Text.RegularExpressions;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Tests.Conditions;
using static Gimbal.Trainer.Tests.Cuda.SimulatedContext;
using static Gimbal.Trainer.Tests.Cuda.SimulatedDriver;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>How the simulator treats PTX: it runs host twins, and only those that the PTX declares just so.</summary>
[Collection(Simulator.Collection)]
public sealed partial class SimulatorModuleTests
{
    private const string Kernel = "missing_barrier_right";

    [SimulatorFact]
    public void Every_kernel_of_the_product_has_a_host_twin_that_agrees_with_its_ptx()
    {
        using SimulatedContext context = new();
        Simulator.Load("kernels");
        int found = 0;
        foreach (string file in Directory.GetFiles(Path.Combine(SimulatorBuild.Kernels, "ptx"), "*.ptx"))
        {
            string ptx = File.ReadAllText(file);
            Succeed(Load(ptx, out nint module));
            foreach (string name in EntryName().Matches(ptx).Select(match => match.Groups[1].Value))
            {
                Succeed(cuModuleGetFunction(out _, module, name));
                found++;
            }
        }

        Assert.InRange(found, 50, 1000);
    }

    [SimulatorTheory]
    [InlineData(64, 32, "has 1 parameters of 32 bytes and its source one of 40; compile it again")]
    [InlineData(128, 40, "allows 128 threads and its source 64; compile it again")]
    public void Ptx_that_differs_from_its_source_is_refused(int threads, int bytes, string report)
    {
        using SimulatedContext context = new();
        Assert.Equal(218, Load(MisuseKernel.PtxOf(Kernel, threads, bytes), out _));
        Assert.Equal($"kernel {Kernel}: the PTX {report}", Simulator.LastReport);
        Succeed(Load(MisuseKernel.PtxOf(Kernel, 64, 40), out _));
    }

    [SimulatorTheory]
    [InlineData("not PTX", 218, "no PTX text")]
    [InlineData("\u007fELF", 209, "a binary image")]
    public void What_is_no_ptx_is_refused(string image, int result, string report)
    {
        using SimulatedContext context = new();
        Assert.Equal(result, Load(image, out _));
        Assert.Contains(report, Simulator.LastReport, StringComparison.Ordinal);
    }

    [SimulatorFact]
    public void A_kernel_that_the_ptx_or_the_sources_lack_is_unknown()
    {
        using SimulatedContext context = new();
        Succeed(Load(MisuseKernel.PtxOf("nobody_wrote_this_f32", 64, 40), out nint module));
        Assert.Equal(500, cuModuleGetFunction(out _, module, "nobody_wrote_this_f32"));
        Assert.Contains("no source has a host twin", Simulator.LastReport, StringComparison.Ordinal);
        Assert.Equal(500, cuModuleGetFunction(out _, module, Kernel));
        Assert.Contains("the PTX has no such entry", Simulator.LastReport, StringComparison.Ordinal);
    }

    [SimulatorTheory]
    [InlineData(96u, 701, "too many threads: 96 in a block, and it is compiled for 64")]
    [InlineData(2048u, 1, "2048 threads in a block; 1 to 1024 are possible")]
    [InlineData(0u, 1, "0 threads in a block")]
    [InlineData(48u, 1, "one-dimensional multiples of 32 threads")]
    public void A_block_of_a_wrong_size_is_refused(uint threads, int result, string report)
    {
        using SimulatedContext context = new();
        Assert.Equal(result, context.Launch(Kernel, threads));
        Assert.Contains(report, Simulator.LastReport, StringComparison.Ordinal);
    }

    [SimulatorFact]
    public void An_empty_grid_is_refused()
    {
        using SimulatedContext context = new();
        Assert.Equal(1, context.Launch(Kernel, grid: 0));
        Assert.Contains("a grid of (0, 1, 1) blocks", Simulator.LastReport, StringComparison.Ordinal);
    }

    [SimulatorFact]
    public void More_than_48_KiB_of_shared_memory_has_to_be_asked_for_and_163_are_all()
    {
        using SimulatedContext context = new();
        const string Name = "past_dynamic_shared_memory_right";
        Assert.Equal(1, context.Launch(Name, dynamicBytes: 49153));
        Assert.Contains("too much shared memory", Simulator.LastReport, StringComparison.Ordinal);
        Succeed(context.Launch(Name, dynamicBytes: 49152));

        nint function = FunctionOf(MisuseKernel.Find(Name).Ptx(), Name);
        Assert.Equal(1, cuFuncSetAttribute(function, 8, (163 << 10) + 1));
        Assert.Contains("the device has 166912", Simulator.LastReport, StringComparison.Ordinal);
        Succeed(cuFuncSetAttribute(function, 8, 163 << 10));
        Succeed(cuFuncGetAttribute(out int allowed, 8, function));
        Assert.Equal(163 << 10, allowed);
    }

    [SimulatorFact]
    public void A_function_of_an_unloaded_module_is_unknown()
    {
        using SimulatedContext context = new();
        Succeed(Load(MisuseKernel.Find(Kernel).Ptx(), out nint module));
        Succeed(cuModuleGetFunction(out nint function, module, Kernel));
        Succeed(cuModuleUnload(module));
        Assert.Equal(400, cuFuncGetAttribute(out _, 0, function));
        Assert.Equal(400, cuModuleUnload(module));
        Assert.Contains("is unknown or destroyed", Simulator.LastReport, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\.visible \.entry (\w+)\(")]
    private static partial Regex EntryName();
}
