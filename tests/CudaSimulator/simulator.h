// What a kernel compiled for the host asks of the simulated driver: the service header of native/cuda/prelude.cuh.
#pragma once
#include <stddef.h>

struct GbSimulatorDim { unsigned x, y, z; };

// What a thread sees of itself. The fields mirror CUDA's built-in variables.
struct GbSimulatorThread {
    GbSimulatorDim thread, block, blockSize, gridSize;
};

// One GB_SHARED array: where it lies in the current block, valid while `launch` is the running one.
struct GbSimulatorArray {
    const char* name;
    unsigned bytes;
    void* address;
    unsigned launch;
};

// The services. `file` and `line` are where the kernel wrote the operation.
struct GbSimulatorServices {
    unsigned launch;
    void (*barrier)(const char* file, int line);
    void (*collective)(void (*run)(void** lanes), const char* name, void* operands, const char* file, int line);
    void* (*shared)(GbSimulatorArray* array);
    void* (*dynamicShared)();
    void (*copyAsync)(void* shared, const void* global, const char* file, int line);
    void (*copyCommit)();
    void (*copyWait)(int pending);
    unsigned (*ticket)(unsigned* counter, unsigned limit, const char* file, int line);
    void (*fence)();
    void (*loadGlobal)(void* to, const void* from, unsigned bytes, const char* file, int line);
    void (*matrixRow)(const void* row, int matrices, const char* file, int line);
    void (*access)(const void* address, unsigned bytes, bool write, const void* instruction);
    void (*misaligned)(const void* address, const void* instruction);
};

extern "C" {
extern __attribute__((visibility("hidden"))) GbSimulatorThread* gb_simulator_thread;
extern __attribute__((visibility("hidden"))) const GbSimulatorServices* gb_simulator;
}

// A kernel's host twin, in the list of its module. Its parameter is one plain struct, as the contract says.
struct GbSimulatorKernel {
    const char* name;
    unsigned maxThreads, argumentBytes;
    const char* file;
    int line;
    void (*run)(const GbSimulatorKernel* kernel, const void* arguments);
    void (*body)();
    GbSimulatorKernel* next;

    template <class Args>
    GbSimulatorKernel(const char* name, unsigned maxThreads, const char* file, int line, void (*body)(Args))
        : name(name), maxThreads(maxThreads), argumentBytes(sizeof(Args)), file(file), line(line),
          run([](const GbSimulatorKernel* kernel, const void* arguments) {
              reinterpret_cast<void (*)(Args)>(kernel->body)(*static_cast<const Args*>(arguments));
          }),
          body(reinterpret_cast<void (*)()>(body)), next(first) {
        first = this;
    }

    static __attribute__((visibility("hidden"))) GbSimulatorKernel* first;
};

static inline void* gb_simulator_shared(GbSimulatorArray* array) {
    return array->launch == gb_simulator->launch ? array->address : gb_simulator->shared(array);
}
