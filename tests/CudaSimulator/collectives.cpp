// What threads do together: barriers, and the operations of a whole warp.
#include <string.h>
#include "checker.h"
#include "execution.h"
#include "settings.h"
#include "shared.h"
#include "source_lines.h"

namespace gbsim {

namespace {

bool same(const Place& a, const Place& b) { return a.line == b.line && strcmp(a.file, b.file) == 0 && strcmp(a.what, b.what) == 0; }

// ldmatrix reads eight 16-byte rows at a time; two rows in the same four banks are a conflict.
void countMatrixConflicts(unsigned warp) {
    for (unsigned matrix = 0; matrix < 4; matrix++) {
        unsigned used[8] = {}, worst = 0;
        for (unsigned row = 0; row < 8; row++) {
            const void* address = running.threads[warp * 32 + matrix * 8 + row]->matrixRow;
            if (!address) continue;
            unsigned group = static_cast<unsigned>(reinterpret_cast<size_t>(address) / 16 % 8);
            if (++used[group] > worst) worst = used[group];
            counters.matrixRows++;
        }
        if (worst > 1) counters.matrixConflicts += worst - 1;
    }
    for (unsigned lane = 0; lane < 32; lane++) running.threads[warp * 32 + lane]->matrixRow = nullptr;
}

void release(Warp& warp, unsigned index) {
    for (unsigned lane = 0; lane < 32; lane++) running.threads[index * 32 + lane]->state = State::Ready;
    warp.arrived = 0;
    warp.ready = ~0u;
}

}

void barrier(const char* file, int line) {
    Thread& thread = *running.current;
    Place place = {"__syncthreads", file, line};
    if (running.arrived > 0 && !same(place, running.barrier))
        abandon(LaunchFailed, place, "divergence: other threads wait at the __syncthreads of %s:%d", baseName(running.barrier.file), running.barrier.line);
    running.barrier = thread.place = place;
    thread.state = State::AtBarrier;
    if (++running.arrived < running.count) return leaveToScheduler();
    running.arrived = 0;
    running.epoch++;
    for (unsigned i = 0; i < running.count; i++) running.threads[i]->state = State::Ready;
    for (Warp& warp : running.warps) warp.ready = ~0u;
}

void collective(void (*run)(void** lanes), const char* name, void* operands, const char* file, int line) {
    Thread& thread = *running.current;
    Warp& warp = running.warps[thread.warp()];
    Place place = {name, file, line};
    if (warp.arrived && (warp.run != run || !same(place, warp.place)))
        abandon(LaunchFailed, place, "divergence: other lanes of the warp wait at %s, %s:%d", warp.place.what, baseName(warp.place.file), warp.place.line);
    warp.run = run;
    warp.place = thread.place = place;
    warp.arrived |= 1u << thread.lane();
    thread.operands = operands;
    thread.state = State::InCollective;
    if (warp.arrived != ~0u) return leaveToScheduler();
    void* lanes[32];
    for (unsigned lane = 0; lane < 32; lane++) lanes[lane] = running.threads[thread.warp() * 32 + lane]->operands;
    running.inCollective = true;
    run(lanes);
    running.inCollective = false;
    if (running.threads[thread.warp() * 32]->matrixRow) countMatrixConflicts(thread.warp());
    release(warp, thread.warp());
}

void matrixRow(const void* row, int matrices, const char* file, int line) {
    Thread& thread = *running.current;
    Place place = {"ldmatrix", file, line};
    if (static_cast<int>(thread.lane()) >= matrices * 8) return;
    if (reinterpret_cast<size_t>(row) % 16) abandon(LaunchFailed, place, "misaligned: the row of an ldmatrix starts at a multiple of 16 bytes");
    if (!isShared(row, 16)) abandon(IllegalAddress, place, "out of bounds: the row of an ldmatrix lies outside the block's shared memory");
    thread.matrixRow = row;
    checkShared(row, 16, false, place);
}

}
