using System.Runtime.InteropServices;
using System.Text;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Which libraries of host twins a driver has, whatever came first; each test has a driver of its own, which no other has loaded anything into.</summary>
public sealed unsafe class SimulatorLibraryTests : IDisposable
{
    private const string Misuse = "missing_barrier_right";
    private const string Product = "relu_forward_f32";

    private readonly TestFolder _folder = new();
    private readonly nint _driver;

    // Another path is another library to the loader, with a state of its own.
    public SimulatorLibraryTests()
    {
        foreach (string path in Directory.GetFiles(SimulatorBuild.Folder))
        {
            File.Copy(path, Path.Combine(_folder.Path, Path.GetFileName(path)));
        }

        _driver = NativeLibrary.Load(Path.Combine(_folder.Path, "libcuda.so.1"));
        nint context;
        Assert.Equal(0, ((delegate* unmanaged<uint, int>)Export("cuInit"))(0));
        Assert.Equal(0, ((delegate* unmanaged<nint*, int, int>)Export("cuDevicePrimaryCtxRetain"))(&context, 0));
        Assert.Equal(0, ((delegate* unmanaged<nint, int>)Export("cuCtxSetCurrent"))(context));
    }

    [SimulatorFact]
    public void The_product_s_kernels_are_found_behind_a_library_that_was_loaded_first()
    {
        LoadMisuses();

        Assert.Equal(0, Find(Product, Kernels.Ptx("elementwise")));
        Assert.Equal(0, Find(Misuse, Ptx(Misuse)));
    }

    [SimulatorFact]
    public void A_library_is_found_behind_the_product_s_kernels()
    {
        Assert.Equal(0, Find(Product, Kernels.Ptx("elementwise")));
        // CUDA_ERROR_NOT_FOUND.
        Assert.Equal(500, Find(Misuse, Ptx(Misuse)));
        LoadMisuses();

        Assert.Equal(0, Find(Misuse, Ptx(Misuse)));
        Assert.Equal(0, Find(Product, Kernels.Ptx("elementwise")));
    }

    public void Dispose()
    {
        // The driver stays loaded: its twins hold pointers into it.
        ((delegate* unmanaged<int>)Export("gbsim_reset"))();
        _folder.Dispose();
    }

    private static byte[] Ptx(string misuse) => Encoding.ASCII.GetBytes(MisuseKernel.Find(misuse).Ptx());

    private nint Export(string name) => NativeLibrary.GetExport(_driver, name);

    private void LoadMisuses()
    {
        fixed (byte* path = Encoding.UTF8.GetBytes(Path.Combine(_folder.Path, "misuses") + "\0"))
        {
            Assert.Equal(0, ((delegate* unmanaged<byte*, int>)Export("gbsim_load"))(path));
        }
    }

    /// <summary>Loads a module and looks for a kernel in it; the driver's result.</summary>
    private int Find(string kernel, byte[] ptx)
    {
        fixed (byte* image = (byte[])[.. ptx, 0])
        fixed (byte* name = Encoding.ASCII.GetBytes(kernel + "\0"))
        {
            nint module, function;
            int result = ((delegate* unmanaged<nint*, byte*, int>)Export("cuModuleLoadData"))(&module, image);
            return result != 0 ? result : ((delegate* unmanaged<nint*, nint, byte*, int>)Export("cuModuleGetFunction"))(&function, module, name);
        }
    }
}
