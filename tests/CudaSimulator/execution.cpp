#include "execution.h"
#include <numeric>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "checker.h"
#include "faults.h"
#include "memory.h"
#include "settings.h"
#include "shared.h"
#include "source_lines.h"
#include "twins.h"

namespace gbsim {

Execution running;
Settings settings;
Counters counters;

namespace {

unsigned ticket(unsigned* counter, unsigned limit, const char* file, int line) {
    checkTicket(counter, {"gb_ticket", file, line});
    unsigned old = *counter;
    *counter = old >= limit ? 0 : old + 1;
    return old;
}

// Blocks run one after another here and in any order on a GPU: who waits for another block's write may wait for ever.
void refuseSpinning(const void* from, const Place& place) {
    const unsigned limit = 1000000;
    static const void* last;
    static unsigned repeated;
    repeated = from == last ? repeated + 1 : 0;
    last = from;
    if (repeated < limit) return;
    repeated = 0;
    abandon(LaunchFailed, place, "endless: a thread read one address %u times in turn; blocks must not wait for each other", limit);
}

void loadGlobal(void* to, const void* from, unsigned bytes, const char* file, int line) {
    refuseSpinning(from, {"gb_load_global", file, line});
    checkCoherentLoad(from, bytes, {"gb_load_global", file, line});
    memcpy(to, from, bytes);
}

void enter() {
    running.launch->kernel->run(running.launch->kernel, running.launch->arguments.data());
    running.current->state = State::Done;
    running.alive--;
    leaveToScheduler();
    abort();
}

GbSimulatorDim position(unsigned index, const GbSimulatorDim& size) {
    return {index % size.x, index / size.x % size.y, index / size.x / size.y};
}

void prepareBlock(unsigned block) {
    running.block = block;
    running.blockEpoch = ++running.epoch;
    running.alive = running.count;
    running.arrived = 0;
    for (unsigned i = 0; i < running.count; i++) {
        Thread& thread = *running.threads[i];
        thread.view = {position(i, running.launch->block), position(block, running.launch->grid), running.launch->block, running.launch->grid};
        thread.index = i;
        thread.state = State::Ready;
        thread.copies.clear();
        thread.groups.clear();
        thread.fiber.begin(enter, i);
    }
    running.warps.assign(running.count / 32, Warp{~0u, 0, nullptr, {}});
    poisonShared();
    checkBlockBegins();
}

// No thread can go on and some are not done: the barrier or collective they wait at is missed by others.
void reportDeadlock() {
    Thread *waiting = nullptr, *missing = nullptr;
    for (unsigned i = 0; i < running.count && !waiting; i++)
        if (running.threads[i]->state == State::InCollective) waiting = running.threads[i].get();
    for (unsigned i = 0; i < running.count && !waiting; i++)
        if (running.threads[i]->state == State::AtBarrier) waiting = running.threads[i].get();
    bool collective = waiting->state == State::InCollective;
    for (unsigned i = 0; i < running.count && !missing; i++) {
        Thread* other = running.threads[i].get();
        if (other->state != waiting->state && (!collective || other->warp() == waiting->warp())) missing = other;
    }
    running.current = waiting;
    char fate[256] = "";
    if (missing && missing->state == State::Done) snprintf(fate, sizeof fate, "thread %u has returned", missing->index);
    else if (missing) snprintf(fate, sizeof fate, "thread %u waits at %s, %s:%d", missing->index, missing->place.what, baseName(missing->place.file), missing->place.line);
    running.result = reportInKernel(LaunchFailed, waiting->place, "divergence: %s is not reached by all: %s", waiting->place.what, fate);
    running.current = nullptr;
}

void runBlock(unsigned block) {
    prepareBlock(block);
    int index = -1;
    while (running.alive > 0 && running.result == Success) {
        index = nextThread(index);
        if (index < 0) return reportDeadlock();
        Thread& thread = *running.threads[index];
        running.current = &thread;
        *running.launch->twins->current = &thread.view;
        counters.switches++;
        gbsim_switch(&running.scheduler, thread.fiber.stackPointer);
        if (thread.state != State::Ready) running.warps[thread.warp()].ready &= ~(1u << thread.lane());
        running.current = nullptr;
    }
    if (running.result == Success) running.result = checkSharedGuards(running.launch->kernel->name, block);
    counters.blocks++;
}

}

void leaveToScheduler() { gbsim_switch(&running.current->fiber.stackPointer, running.scheduler); }

void abandon(Result result, const Place& place, const char* format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    running.result = reportInKernel(result, place, "%s", text);
    for (;;) leaveToScheduler();
}

GbSimulatorServices services = {
    0, barrier, collective, placeShared, dynamicShared, copyAsync, copyCommit, copyWait, ticket, checkFence, loadGlobal, matrixRow, checkAccess, checkAlignment,
};

Result execute(const Launch& launch) {
    provideFaultStack();
    running.launch = &launch;
    running.result = Success;
    running.count = launch.block.x * launch.block.y * launch.block.z;
    while (running.threads.size() < running.count) running.threads.push_back(std::make_unique<Thread>());
    services.launch++;
    counters.launches++;
    layOutShared(launch.dynamicBytes);
    checkLaunchBegins(launch);
    std::vector<unsigned> blocks(static_cast<size_t>(launch.grid.x) * launch.grid.y * launch.grid.z);
    std::iota(blocks.begin(), blocks.end(), 0u);
    shuffleBlocks(blocks);
    for (unsigned block : blocks) {
        runBlock(block);
        if (running.result != Success) break;
    }
    running.launch = nullptr;
    if (running.result == Success) running.result = checkGuards(launch.kernel->name);
    return running.result;
}

}
