// Libraries of host twins, and the PTX modules that the driver is handed.
#pragma once
#include <stddef.h>
#include <map>
#include <string>
#include "module.h"
#include "results.h"

namespace gbsim {

// One loaded library, plain or checked.
struct Twins {
    std::string path;
    GbSimulatorThread** current;
    const GbSimulatorKernel* first;
    const char *begin, *end;

    bool holds(const void* address) const { return address >= begin && address < end; }
};

struct Twin {
    const GbSimulatorKernel* kernel;
    const Twins* twins;
};

// One entry of a PTX module.
struct Entry {
    std::string name;
    unsigned parameters, parameterBytes, maxThreads, staticShared;
    int dynamicLimit;
};

struct Module {
    std::map<std::string, Entry> entries;
};

// Loads PATH.so now and PATH.checked.so when a checked launch needs it. Later libraries win.
Result loadTwins(const std::string& path);
// kernels.so beside the driver, once; what was asked for by name wins.
Result loadDefaultTwins();
Twin findTwin(const std::string& name, bool checked);

// Reads the text of a PTX module, and checks each of its entries against the host twin.
Result parseModule(const char* image, Module& module);

}
