using System.Runtime.InteropServices;

namespace Gimbal.CudaSimulator;

/// <summary>Which thread and which block run next.</summary>
internal enum SimulatorOrder
{
    /// <summary>In the order of their numbers.</summary>
    Plain,

    /// <summary>The last first.</summary>
    Reverse,

    /// <summary>Any, chosen by the seed.</summary>
    Random,

    /// <summary>One warp runs as far as it can before any other moves; the seed chooses.</summary>
    WarpAhead,
}

/// <summary>Which of the launches of a graph that may run does.</summary>
internal enum SimulatorBranches
{
    /// <summary>The one that was captured first.</summary>
    Captured,

    /// <summary>One of the stream the capture began on; others where they are waited for.</summary>
    OriginFirst,

    /// <summary>One of another stream.</summary>
    OthersFirst,

    /// <summary>Any, chosen by the seed.</summary>
    Random,
}

/// <summary>Steers the simulated driver in this process, and reads what it saw. Its state belongs to the process: tests that use it share <see cref="Collection"/>.</summary>
internal static partial class Simulator
{
    /// <summary>The test collection of everything that uses the simulator.</summary>
    public const string Collection = "CUDA simulator";

    /// <summary>The name of the simulated device: tests assert it, so that they never run on a real driver unnoticed.</summary>
    public const string DeviceName = "Gimbal CUDA simulator";

    private const string Library = "libcuda.so.1";

    // Loaded by its path first: whoever asks for libcuda.so.1 by name afterwards gets this one.
    static Simulator() => NativeLibrary.Load(Path.Combine(SimulatorBuild.Folder, Library));

    /// <summary>Number of misuses found since the last reset.</summary>
    public static int Reports => (int)Counter("reports");

    /// <summary>What the last misuse was, and where; empty where there was none.</summary>
    public static string LastReport => Marshal.PtrToStringUTF8(gbsim_last_report())!;

    /// <summary>Every misuse since the last reset.</summary>
    public static IReadOnlyList<string> AllReports => [.. Enumerable.Range(0, Reports).Select(i => Marshal.PtrToStringUTF8(gbsim_report((uint)i))!)];

    /// <summary>Destroys the context with everything in it, forgets reports, counters and settings.</summary>
    public static void Reset() => Check(gbsim_reset());

    /// <summary>Forgets reports, counters, settings and the fault of the context; allocations stay.</summary>
    public static void Clear() => Check(gbsim_clear());

    /// <summary>Adds a library of host twins: NAME.so and NAME.checked.so of the build folder. Its kernels stand in for those of the same name that were there before, the product's among them.</summary>
    public static void Load(string name) => Check(gbsim_load(Path.Combine(SimulatorBuild.Folder, name)));

    /// <summary>Sets the order of threads and blocks.</summary>
    public static void Run(SimulatorOrder order, ulong seed = 1) => Check(gbsim_order((int)order, seed));

    /// <summary>Sets the order of launches of a graph that no edge orders.</summary>
    public static void RunBranches(SimulatorBranches order, ulong seed = 1) => Check(gbsim_branches((int)order, seed));

    /// <summary>Sets whether cp.async lands at once or as late as its waits allow.</summary>
    public static void LandCopies(bool early) => Check(gbsim_copies_land_early(early ? 1 : 0));

    /// <summary>Sets whether every access of a kernel is checked. Memory allocated before is not checked for uninitialised reads.</summary>
    public static void CheckAccesses(bool check) => Check(gbsim_checked(check ? 1 : 0));

    /// <summary>Sets whether checked launches count conflicts between banks of shared memory.</summary>
    public static void CountBanks(bool count) => Check(gbsim_count_banks(count ? 1 : 0));

    /// <summary>launches, blocks, switches, matrix_rows, matrix_conflicts, shared_accesses, shared_conflicts, uploaded_bytes or reports.</summary>
    public static long Counter(string name)
    {
        ulong value = gbsim_counter(name);
        return value == ulong.MaxValue ? throw new ArgumentOutOfRangeException(nameof(name), name, "unknown counter") : (long)value;
    }

    /// <summary>What is alive in the context, a line each.</summary>
    public static unsafe IReadOnlyList<string> Leaks()
    {
        byte* text = stackalloc byte[4096];
        _ = gbsim_leaks(text, 4096);
        return Marshal.PtrToStringUTF8((nint)text)!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Check(int result) => _ = result == 0 ? 0 : throw new InvalidOperationException($"the simulator refuses: {LastReport}");

    [LibraryImport(Library)]
    private static partial int gbsim_reset();

    [LibraryImport(Library)]
    private static partial int gbsim_clear();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int gbsim_load(string path);

    [LibraryImport(Library)]
    private static partial int gbsim_order(int order, ulong seed);

    [LibraryImport(Library)]
    private static partial int gbsim_branches(int order, ulong seed);

    [LibraryImport(Library)]
    private static partial int gbsim_copies_land_early(int early);

    [LibraryImport(Library)]
    private static partial int gbsim_checked(int check);

    [LibraryImport(Library)]
    private static partial int gbsim_count_banks(int count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial ulong gbsim_counter(string name);

    [LibraryImport(Library)]
    private static partial nint gbsim_report(uint index);

    [LibraryImport(Library)]
    private static partial nint gbsim_last_report();

    [LibraryImport(Library)]
    private static unsafe partial int gbsim_leaks(byte* text, int length);
}
