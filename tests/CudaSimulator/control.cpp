// What a real driver does not have: the exports by which tests steer the simulator and read what it saw.
#include <string.h>
#include "context.h"
#include "memory.h"
#include "settings.h"

using namespace gbsim;

// Adds the host twins of PATH.so and PATH.checked.so; kernels.so beside the driver is loaded by itself.
GB_API gbsim_load(const char* path) {
    GB_CALL(Nothing);
    return loadTwins(path);
}

// 0 plain, 1 reverse, 2 random, 3 one warp ahead of the others (chosen by the seed).
GB_API gbsim_order(int order, unsigned long long seed) {
    GB_CALL(Nothing);
    if (order < 0 || order > 3) return InvalidValue;
    settings.order = static_cast<Order>(order);
    settings.seed = seed;
    return Success;
}

// 0 as captured, 1 the stream that the capture began on as far as it can go, 2 the others as far as they can, 3 random.
GB_API gbsim_branches(int branches, unsigned long long seed) {
    GB_CALL(Nothing);
    if (branches < 0 || branches > 3) return InvalidValue;
    settings.branches = static_cast<Branches>(branches);
    settings.branchSeed = seed;
    return Success;
}

// Whether cp.async lands at once (1) or as late as its waits allow (0).
GB_API gbsim_copies_land_early(int early) {
    GB_CALL(Nothing);
    settings.copiesLandEarly = early != 0;
    return Success;
}

// Whether launches run the checked twins. Allocations made before are not checked for uninitialised reads.
GB_API gbsim_checked(int checked) {
    GB_CALL(Nothing);
    settings.checked = checked != 0;
    return Success;
}

// Whether checked launches count bank conflicts of plain accesses; ldmatrix is always counted.
GB_API gbsim_count_banks(int counts) {
    GB_CALL(Nothing);
    settings.countsBanks = counts != 0;
    return Success;
}

// launches, blocks, switches, matrix_rows, matrix_conflicts, shared_accesses, shared_conflicts, uploaded_bytes, graph_launches (queued, run or not), waits (for a stream or an event), calls (of the driver, in a context), reports.
extern "C" __attribute__((visibility("default"))) unsigned long long gbsim_counter(const char* name) {
    Call call(__func__, Call::Nothing);
    const struct { const char* name; unsigned long long value; } values[] = {
        {"launches", counters.launches}, {"blocks", counters.blocks}, {"switches", counters.switches}, {"matrix_rows", counters.matrixRows},
        {"matrix_conflicts", counters.matrixConflicts}, {"shared_accesses", counters.sharedAccesses}, {"shared_conflicts", counters.sharedConflicts},
        {"uploaded_bytes", counters.uploadedBytes}, {"graph_launches", counters.graphLaunches}, {"waits", counters.waits}, {"calls", counters.calls}, {"reports", reportCount()},
    };
    for (const auto& entry : values)
        if (strcmp(entry.name, name) == 0) return entry.value;
    return ~0ull;
}

extern "C" __attribute__((visibility("default"))) const char* gbsim_report(unsigned index) {
    Call call(__func__, Call::Nothing);
    return reportText(index);
}

extern "C" __attribute__((visibility("default"))) const char* gbsim_last_report() {
    Call call(__func__, Call::Nothing);
    return lastReport();
}

// How many objects are alive; the text names each of them on a line.
GB_API gbsim_leaks(char* text, int length) {
    GB_CALL(Nothing);
    std::string lines;
    std::vector<std::string> found = leaks();
    for (const std::string& leak : found) lines += leak + "\n";
    if (text && length > 0) {
        strncpy(text, lines.c_str(), static_cast<size_t>(length));
        text[length - 1] = 0;
    }
    return static_cast<int>(found.size());
}

// Settings, counters, reports and the fault of the context as at the start; what is alive in the context stays.
GB_API gbsim_clear() {
    GB_CALL(Nothing);
    settings = {};
    counters = {};
    forgetReports();
    clearSticky();
    return Success;
}

// Destroys the context with everything in it, and clears.
GB_API gbsim_reset() {
    GB_CALL(Nothing);
    destroyContext();
    context.retained = 0;
    return gbsim_clear();
}
