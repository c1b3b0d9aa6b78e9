// The driver's interface: modules, functions and launches.
#include <string.h>
#include "context.h"
#include "execution.h"
#include "settings.h"
#include "shared.h"

using namespace gbsim;

namespace {

// Functions live as long as their module.
Entry* entryOf(void* function) {
    for (Module* module : context.modules.live)
        for (auto& entry : module->entries)
            if (&entry.second == function) return &entry.second;
    return nullptr;
}

Result unknownFunction(const char* call, void* function) { return report(InvalidHandle, "%s: function %p is unknown, or its module unloaded", call, function); }

Result checkBlock(const Entry& entry, const GbSimulatorDim& block) {
    unsigned threads = block.x * block.y * block.z;
    if (threads == 0 || threads > 1024) return report(InvalidValue, "kernel %s: %u threads in a block; 1 to 1024 are possible", entry.name.c_str(), threads);
    if (threads > entry.maxThreads) return report(LaunchOutOfResources, "kernel %s: too many threads: %u in a block, and it is compiled for %u", entry.name.c_str(), threads, entry.maxThreads);
    if (block.y != 1 || block.z != 1 || threads % 32) return report(InvalidValue, "kernel %s: blocks are one-dimensional multiples of 32 threads, not (%u, %u, %u)", entry.name.c_str(), block.x, block.y, block.z);
    return Success;
}

Result checkGrid(const Entry& entry, const GbSimulatorDim& grid) {
    if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > 0x7FFFFFFF || grid.y > 65535 || grid.z > 65535)
        return report(InvalidValue, "kernel %s: a grid of (%u, %u, %u) blocks; 1 to 2147483647, 65535, 65535 are possible", entry.name.c_str(), grid.x, grid.y, grid.z);
    return Success;
}

Result checkSharedSize(const Entry& entry, unsigned dynamicBytes) {
    if (entry.staticShared + dynamicBytes > static_cast<unsigned>(entry.dynamicLimit))
        return report(InvalidValue, "kernel %s: too much shared memory: %u bytes of arrays and %u asked for, %d allowed (MAX_DYNAMIC_SHARED_SIZE_BYTES raises it)", entry.name.c_str(), entry.staticShared, dynamicBytes, entry.dynamicLimit);
    return Success;
}

}

GB_API cuModuleLoadDataEx(void** handle, const void* image, unsigned, int*, void**) {
    GB_CALL(Current);
    if (Result wrong = loadDefaultTwins()) return wrong;
    Module module;
    if (Result wrong = parseModule(static_cast<const char*>(image), module)) return wrong;
    *handle = context.modules.add(new Module(module));
    return Success;
}

GB_API cuModuleLoadData(void** handle, const void* image) { return cuModuleLoadDataEx(handle, image, 0, nullptr, nullptr); }

GB_API cuModuleUnload(void* handle) {
    GB_CALL(Current);
    Module* module = static_cast<Module*>(handle);
    if (Result wrong = context.modules.check("cuModuleUnload", module)) return wrong;
    if (Result wrong = drainAll()) return wrong;
    context.modules.remove(module);
    return Success;
}

GB_API cuModuleGetFunction(void** function, void* handle, const char* name) {
    GB_CALL(Current);
    Module* module = static_cast<Module*>(handle);
    if (Result wrong = context.modules.check("cuModuleGetFunction", module)) return wrong;
    auto entry = module->entries.find(name);
    if (entry == module->entries.end()) return report(NotFound, "cuModuleGetFunction: unknown kernel %s: the PTX has no such entry", name);
    if (!findTwin(name, false).kernel) return report(NotFound, "cuModuleGetFunction: unknown kernel %s: no source has a host twin of it", name);
    *function = &entry->second;
    return Success;
}

GB_API cuFuncGetAttribute(int* value, int attribute, void* function) {
    GB_CALL(Current);
    Entry* entry = entryOf(function);
    if (!entry) return unknownFunction("cuFuncGetAttribute", function);
    const int values[] = {static_cast<int>(entry->maxThreads), static_cast<int>(entry->staticShared), 0, 0, 32, 70, 80, 0, entry->dynamicLimit - static_cast<int>(entry->staticShared)};
    *value = attribute >= 0 && attribute <= 8 ? values[attribute] : 0;
    return Success;
}

GB_API cuFuncSetAttribute(void* function, int attribute, int value) {
    GB_CALL(Current);
    Entry* entry = entryOf(function);
    if (!entry) return unknownFunction("cuFuncSetAttribute", function);
    if (attribute != 8) return Success;
    if (value < 0 || static_cast<unsigned>(value) + entry->staticShared > SharedLimit)
        return report(InvalidValue, "kernel %s: too much shared memory: %d bytes asked for beside %u of arrays, the device has %u", entry->name.c_str(), value, entry->staticShared, SharedLimit);
    entry->dynamicLimit = value + static_cast<int>(entry->staticShared);
    return Success;
}

GB_API cuFuncGetParamInfo(void* function, size_t index, size_t* offset, size_t* size) {
    GB_CALL(Current);
    Entry* entry = entryOf(function);
    if (!entry) return unknownFunction("cuFuncGetParamInfo", function);
    if (index > 0) return InvalidValue;
    *offset = 0;
    if (size) *size = entry->parameterBytes;
    return Success;
}

GB_API cuLaunchKernel(void* function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY, unsigned blockZ,
                      unsigned dynamicBytes, void* handle, void** parameters, void** extra) {
    GB_CALL(Current);
    Entry* entry = entryOf(function);
    if (!entry) return unknownFunction("cuLaunchKernel", function);
    Stream* stream;
    if (Result wrong = streamOf("cuLaunchKernel", handle, stream)) return wrong;
    if (extra || !parameters || !parameters[0]) return report(InvalidValue, "kernel %s: launched without its argument struct", entry->name.c_str());
    Launch launch = {nullptr, nullptr, {gridX, gridY, gridZ}, {blockX, blockY, blockZ}, dynamicBytes, {}, false};
    if (Result wrong = checkGrid(*entry, launch.grid)) return wrong;
    if (Result wrong = checkBlock(*entry, launch.block)) return wrong;
    if (Result wrong = checkSharedSize(*entry, dynamicBytes)) return wrong;
    const char* arguments = static_cast<const char*>(parameters[0]);
    launch.arguments.assign(arguments, arguments + entry->parameterBytes);
    std::string name = entry->name;
    // The twin is chosen when the launch runs, so that a captured graph follows the setting.
    return submit(*stream, [launch, name]() mutable {
        launch.checked = settings.checked;
        Twin twin = findTwin(name, launch.checked);
        if (!twin.kernel) return report(NotFound, "kernel %s: no checked twin was built", name.c_str());
        launch.kernel = twin.kernel;
        launch.twins = twin.twins;
        return execute(launch);
    });
}
