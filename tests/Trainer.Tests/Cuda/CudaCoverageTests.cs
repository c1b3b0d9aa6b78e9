using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Tests.Conditions;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>The op cases take every branch that chooses a kernel, a tile, a grid or a split.</summary>
[Collection(Simulator.Collection)]
public sealed class CudaCoverageTests
{
    // BatchPictureTests launches this one: no op does.
    private const string KernelOfPictures = "batch_images_f32";

    private static readonly string[] s_kernels = [.. Kernels.Names.Where(name => name != KernelOfPictures).Order(StringComparer.Ordinal)];

    [SimulatorFact]
    public void Every_way_of_every_kernel_is_launched_by_a_case()
    {
        IReadOnlyList<string> missing = LaunchVariants.Missing(s_kernels, Taken().Values);

        Assert.True(missing.Count == 0, $"no case launches {string.Join("; ", missing)}");
    }

    [SimulatorFact]
    public void A_way_whose_cases_are_removed_is_missed()
    {
        IReadOnlyDictionary<string, IReadOnlySet<string>> taken = Taken();
        foreach (string variant in LaunchVariants.Wanted(s_kernels))
        {
            Assert.Contains(variant, LaunchVariants.Missing(s_kernels, taken.Values.Where(variants => !variants.Contains(variant))));
        }

        // And not only for want of any case: single cases stand for branches of their own.
        Assert.Contains(taken.Keys, name => LaunchVariants.Missing(s_kernels, taken.Where(other => other.Key != name).Select(other => other.Value)).Count > 0);
    }

    private static Dictionary<string, IReadOnlySet<string>> Taken()
    {
        Simulator.Reset();
        using Driver driver = Driver.Open();
        Assert.Equal(Simulator.DeviceName, driver.Name);
        Kernels kernels = new(driver);
        Dictionary<string, IReadOnlySet<string>> taken = [];
        foreach ((string name, CudaCase cudaCase) in CudaCase.All)
        {
            using CudaKernelRun run = new(cudaCase, driver, kernels);
            taken[name] = LaunchVariants.Of(run.Launches).ToHashSet();
        }

        return taken;
    }
}
