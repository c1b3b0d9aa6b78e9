// The kernels here are tests of the simulator. Each *_wrong has one fault, and says on the line where it must be reported,
// after "misuse:", how the report goes on (where the order decides, several lines or several ways with "or"). Its *_right twin does the same without the fault, and passes in every order:
// output[i] = input[i ^ 63] for 256 values in four blocks of 64 threads.
#pragma once
#include "prelude.cuh"

struct MisuseArgs {
    const float* input;
    float* output;
    float* workspace;
    u32* counter;
    int n;
    int block;
};
