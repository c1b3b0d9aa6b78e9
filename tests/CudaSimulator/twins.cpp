#include "twins.h"
#include <dlfcn.h>
#include <link.h>
#include <memory>
#include <vector>
#include "execution.h"

namespace gbsim {

namespace {

struct Library {
    std::string path;
    std::unique_ptr<Twins> plain, checked;
};

std::vector<Library> libraries;

int measure(dl_phdr_info* info, size_t, void* target) {
    Twins& twins = *static_cast<Twins*>(target);
    if (!info->dlpi_name || twins.path != info->dlpi_name) return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
        const char* begin = reinterpret_cast<const char*>(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
        const char* end = begin + info->dlpi_phdr[i].p_memsz;
        if (!twins.begin || begin < twins.begin) twins.begin = begin;
        if (end > twins.end) twins.end = end;
    }
    return 1;
}

std::unique_ptr<Twins> open(const std::string& path) {
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        report(NotFound, "host twins: %s", dlerror());
        return nullptr;
    }
    auto describe = reinterpret_cast<void (*)(GbSimulatorModule*)>(dlsym(handle, "gbsim_module"));
    if (!describe) {
        report(NotFound, "host twins: %s is no library of kernels", path.c_str());
        return nullptr;
    }
    GbSimulatorModule module;
    describe(&module);
    *module.services = &services;
    auto twins = std::make_unique<Twins>(Twins{path, module.current, module.first, nullptr, nullptr});
    dl_iterate_phdr(measure, twins.get());
    return twins;
}

bool isLoaded(const std::string& path) {
    for (const Library& library : libraries)
        if (library.path == path) return true;
    return false;
}

}

Result loadTwins(const std::string& path) {
    if (isLoaded(path)) return Success;
    std::unique_ptr<Twins> plain = open(path + ".so");
    if (!plain) return NotFound;
    libraries.push_back({path, std::move(plain), nullptr});
    return Success;
}

Result loadDefaultTwins() {
    Dl_info info;
    if (!dladdr(reinterpret_cast<void*>(loadDefaultTwins), &info)) return NotFound;
    std::string path = info.dli_fname;
    path = path.substr(0, path.rfind('/') + 1) + "kernels";
    if (isLoaded(path)) return Success;
    std::unique_ptr<Twins> plain = open(path + ".so");
    if (!plain) return NotFound;
    // Behind what was asked for by name, whenever that was: later libraries win.
    libraries.insert(libraries.begin(), {path, std::move(plain), nullptr});
    return Success;
}

Twin findTwin(const std::string& name, bool checked) {
    for (size_t i = libraries.size(); i-- > 0;) {
        Library& library = libraries[i];
        if (checked && !library.checked) library.checked = open(library.path + ".checked.so");
        const Twins* twins = checked ? library.checked.get() : library.plain.get();
        for (const GbSimulatorKernel* kernel = twins ? twins->first : nullptr; kernel; kernel = kernel->next)
            if (name == kernel->name) return {kernel, twins};
    }
    return {nullptr, nullptr};
}

}
