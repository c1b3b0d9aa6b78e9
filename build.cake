// dotnet tool restore && dotnet cake --target=Test
// Lint | Build | Test | Oracle | Bench | Mutants | Pack | Generate | GpuPackage

var target = Argument("target", "Test");
var configuration = Argument("configuration", "Release");
var solution = "Gimbal.slnx";

Task("Lint")
    .Description("formatting and code style, as the compiler checks them too")
    .Does(() => DotNetFormat(solution, new DotNetFormatSettings { VerifyNoChanges = true, Severity = DotNetFormatSeverity.Warning }));

Task("Build")
    .Description("everything in the solution; warnings are errors")
    .Does(() => DotNetBuild(solution, new DotNetBuildSettings { Configuration = configuration }));

Task("Test")
    .Description("every test that needs nothing but the SDK")
    .IsDependentOn("Build")
    .Does(() => DotNetTest(solution, new DotNetTestSettings { Configuration = configuration, NoBuild = true }));

Task("Oracle")
    .Description("the product beside libtorch (a download of 600 MB)")
    .Does(() => DotNetTest("tests/Oracle.Tests", new DotNetTestSettings { Configuration = configuration }));

Task("Bench")
    .Description("training steps beside TorchSharp, interleaved; arguments behind --bench=, such as --bench='train --model resnet20'")
    .Does(() => DotNetRun("tests/Benchmarks", Argument("bench", "train"), new DotNetRunSettings { Configuration = configuration }));

Task("Mutants")
    .Description("the kernels with one change each, which the simulator must tell from the originals; arguments behind --mutants=, such as --mutants='--count 5000'")
    .Does(() => DotNetRun("tests/Mutants", $"run {Argument("mutants", "")}", new DotNetRunSettings { Configuration = configuration }));

Task("Pack")
    .Description("the three libraries and the gimbal tool as packages, in artifacts/package/release")
    .IsDependentOn("Build")
    .DoesForEach(GetFiles("src/*/*.csproj"), project =>
        DotNetPack(project.FullPath, new DotNetPackSettings { Configuration = configuration, NoBuild = true }));

Task("Generate")
    .Description("the unrolled kernels (*.g.cs), which a test compares with their generators")
    .Does(() => DotNetTest("tests/Trainer.Tests", new DotNetTestSettings
    {
        Configuration = configuration,
        Filter = "FullyQualifiedName~GeneratedKernelTests",
        EnvironmentVariables = new Dictionary<string, string> { ["GIMBAL_REGENERATE"] = "1" },
    }));

Task("GpuPackage")
    .Description("what tests/GpuProtocol needs on a machine with a card and no .NET: artifacts/gpu/gimbal-gpu.tar.xz")
    .Does(() =>
    {
        var folder = Directory("artifacts/gpu/gimbal-gpu");
        CleanDirectory("artifacts/gpu");
        foreach (var project in new[] { "src/Cli", "tests/GpuProtocol" })
        {
            // Side by side: both find one runtime.
            DotNetPublish(project, new DotNetPublishSettings { Configuration = configuration, Runtime = "linux-x64", SelfContained = true, OutputDirectory = folder + Directory("bin") });
        }

        CreateDirectory(folder + Directory("cuda/ptx"));
        CopyFiles("native/cuda/*.cu*", folder + Directory("cuda"));
        CopyFiles("native/cuda/ptx/*.ptx", folder + Directory("cuda/ptx"));
        CopyFiles("tests/GpuProtocol/*.py", folder);
        CopyFiles("tests/GpuProtocol/README.md", folder);
        DeleteFiles(folder.Path + "/bin/*.pdb");
        DeleteFiles(folder.Path + "/bin/*.xml");
        if (StartProcess("tar", "-C artifacts/gpu -cJf artifacts/gpu/gimbal-gpu.tar.xz gimbal-gpu") != 0)
        {
            throw new CakeException("tar failed");
        }

        Information($"{FileSize("artifacts/gpu/gimbal-gpu.tar.xz") / 1e6:0.0} MB");
    });

RunTarget(target);
