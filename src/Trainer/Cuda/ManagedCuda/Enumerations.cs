namespace ManagedCuda.BasicTypes;

/// <summary>What a call of the driver returns: the codes this program tells apart; any other value is an error too.</summary>
internal enum CUResult
{
    Success = 0,
    ErrorInvalidValue = 1,
    ErrorOutOfMemory = 2,
    ErrorNotInitialized = 3,
    ErrorNoDevice = 100,
    ErrorInvalidDevice = 101,
    ErrorInvalidImage = 200,
    ErrorNoBinaryForGPU = 209,
    ErrorInvalidPtx = 218,
    UnsupportedPTXVersion = 222,
    ErrorInvalidHandle = 400,
    ErrorNotFound = 500,
    ErrorNotReady = 600,
    ErrorIllegalAddress = 700,
    ErrorLaunchOutOfResources = 701,
    ErrorLaunchFailed = 719,
    ErrorSystemDriverMismatch = 803,
}

/// <summary>How a stream orders itself against the legacy stream.</summary>
[Flags]
internal enum CUStreamFlags
{
    None = 0,
    NonBlocking = 1,
}

/// <summary>What an event is for.</summary>
[Flags]
internal enum CUEventFlags
{
    Default = 0,
    DisableTiming = 2,
}

/// <summary>Which unsafe calls a capture forbids.</summary>
internal enum CUstreamCaptureMode
{
    Global = 0,
    Local = 1,
    Relaxed = 2,
}

/// <summary>How a graph is made ready.</summary>
[Flags]
internal enum CUgraphInstantiate_flags
{
    None = 0,
}

/// <summary>Facts about a device.</summary>
internal enum CUDeviceAttribute
{
    MultiProcessorCount = 16,
    ComputeCapabilityMajor = 75,
    ComputeCapabilityMinor = 76,
}

/// <summary>Facts about a kernel, and what can be set.</summary>
internal enum CUFunctionAttribute
{
    MaxThreadsPerBlock = 0,
    NumRegs = 4,
    MaxDynamicSharedSizeBytes = 8,
}
