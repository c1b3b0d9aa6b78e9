// The driver's result codes, as far as the simulator returns them, and how it tells what was wrong.
#pragma once

namespace gbsim {

enum Result {
    Success = 0,
    InvalidValue = 1,
    OutOfMemory = 2,
    NotInitialized = 3,
    InvalidDevice = 101,
    InvalidContext = 201,
    NoBinaryForGpu = 209,
    InvalidPtx = 218,
    IllegalState = 401,
    InvalidHandle = 400,
    NotFound = 500,
    NotReady = 600,
    IllegalAddress = 700,
    LaunchOutOfResources = 701,
    LaunchFailed = 719,
    CaptureUnsupported = 900,
    CaptureInvalidated = 901,
    CaptureUnjoined = 904,
};

const char* nameOf(int result);
const char* textOf(int result);

// Notes one misuse and returns `result`, for the call that found it.
Result report(Result result, const char* format, ...) __attribute__((format(printf, 2, 3)));
unsigned reportCount();
const char* reportText(unsigned index);
const char* lastReport();
void forgetReports();

}
