using System.Reflection;

namespace Gimbal.Trainer.Cuda;

/// <summary>The kernels this assembly carries as PTX, loaded into a device family by family when first asked for.</summary>
public sealed class Kernels
{
    private const string Prefix = "cuda/";
    private static readonly Lazy<IReadOnlyDictionary<string, string>> s_familyOf = new(ReadEntries);

    private readonly Driver _driver;
    private readonly Dictionary<string, int> _modules = [];
    private readonly Dictionary<string, nint> _kernels = [];

    /// <summary>Starts with none loaded.</summary>
    public Kernels(Driver driver) => _driver = driver;

    /// <summary>Names of all kernels.</summary>
    public static IEnumerable<string> Names => s_familyOf.Value.Keys;

    /// <summary>The PTX text of a family: what native/cuda/FAMILY.cu compiles to.</summary>
    public static byte[] Ptx(string family)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Prefix}{family}.ptx")
            ?? throw new CudaException($"no kernels are called {family}");
        using MemoryStream text = new();
        stream.CopyTo(text);
        return text.ToArray();
    }

    /// <summary>Handle of a kernel.</summary>
    /// <exception cref="CudaException">There is none of that name, or the driver refuses its family.</exception>
    public nint this[string name]
    {
        get
        {
            if (!_kernels.TryGetValue(name, out nint kernel))
            {
                string family = FamilyOf(name);
                if (!_modules.TryGetValue(family, out int module))
                {
                    _modules[family] = module = _driver.LoadModule(Ptx(family), $"{family}.ptx");
                }

                _kernels[name] = kernel = _driver.FindKernel(module, name);
            }

            return kernel;
        }
    }

    /// <summary>What stands in for a handle where there is no device.</summary>
    /// <exception cref="CudaException">There is no kernel of that name.</exception>
    internal static nint HandleWithoutDevice(string name)
    {
        _ = FamilyOf(name);
        return 0;
    }

    private static string FamilyOf(string name) => s_familyOf.Value.TryGetValue(name, out string? family) ? family : throw new CudaException($"no kernel is called {name}");

    private static Dictionary<string, string> ReadEntries()
    {
        const string Entry = ".visible .entry ";
        Dictionary<string, string> families = [];
        foreach (string resource in Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string family = Path.GetFileNameWithoutExtension(resource[Prefix.Length..]);
            foreach (string line in System.Text.Encoding.ASCII.GetString(Ptx(family)).Split('\n').Where(line => line.StartsWith(Entry, StringComparison.Ordinal)))
            {
                families[line[Entry.Length..line.IndexOf('(', StringComparison.Ordinal)]] = family;
            }
        }

        return families;
    }
}
