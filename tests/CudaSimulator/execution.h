// The block that is running: its threads, warps and shared memory.
#pragma once
#include <memory>
#include <vector>
#include "fibers.h"
#include "results.h"
#include "simulator.h"

namespace gbsim {

struct Twins;

// One launch, with its own copy of the argument struct.
struct Launch {
    const GbSimulatorKernel* kernel;
    const Twins* twins;
    GbSimulatorDim grid, block;
    unsigned dynamicBytes;
    std::vector<char> arguments;
    bool checked;
};

struct Place {
    const char* what;
    const char* file;
    int line;
};

enum class State : unsigned char { Ready, AtBarrier, InCollective, Done };

struct AsyncCopy {
    void* shared;
    const void* global;
    Place place;
};

struct Thread {
    GbSimulatorThread view;
    Fiber fiber;
    unsigned index;
    State state;
    Place place;
    void* operands;
    const void* matrixRow;
    std::vector<AsyncCopy> copies;
    std::vector<size_t> groups;

    unsigned lane() const { return index % 32; }
    unsigned warp() const { return index / 32; }
};

struct Warp {
    unsigned ready, arrived;
    void (*run)(void** lanes);
    Place place;
};

struct Execution {
    const Launch* launch = nullptr;
    std::vector<std::unique_ptr<Thread>> threads;
    std::vector<Warp> warps;
    Thread* current = nullptr;
    void* scheduler = nullptr;
    unsigned count = 0, alive = 0, arrived = 0;
    unsigned block = 0;
    // Counts barriers and blocks, and never starts again: what happened in an earlier epoch is ordered before the present.
    unsigned epoch = 1;
    unsigned blockEpoch = 1;
    Place barrier{};
    bool inCollective = false;
    Result result = Success;
};

extern Execution running;
extern GbSimulatorServices services;

Result execute(const Launch& launch);

// Ends the launch from inside a kernel: notes what was wrong, where and in which thread, and never returns.
[[noreturn]] void abandon(Result result, const Place& place, const char* format, ...) __attribute__((format(printf, 3, 4)));
void leaveToScheduler();

// Services in their own files.
void barrier(const char* file, int line);
void collective(void (*run)(void** lanes), const char* name, void* operands, const char* file, int line);
void matrixRow(const void* row, int matrices, const char* file, int line);
void copyAsync(void* shared, const void* global, const char* file, int line);
void copyCommit();
void copyWait(int pending);
int nextThread(int previous);
void shuffleBlocks(std::vector<unsigned>& order);

}
