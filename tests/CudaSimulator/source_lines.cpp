#include "source_lines.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <string>

namespace gbsim {

const char* baseName(const char* path) {
    const char* slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

SourceLine sourceLineOf(const void* instruction) {
    static std::string file;
    Dl_info info;
    if (!dladdr(instruction, &info) || !info.dli_fname) return {"?", 0};
    // The return address is one past the call.
    size_t offset = static_cast<size_t>(static_cast<const char*>(instruction) - static_cast<const char*>(info.dli_fbase)) - 1;
    char command[4200], line[1024];
    snprintf(command, sizeof command, "addr2line -i -e '%s' 0x%zx", info.dli_fname, offset);
    FILE* lines = popen(command, "r");
    if (!lines) return {"?", 0};
    int number = 0;
    file = "?";
    while (fgets(line, sizeof line, lines)) {
        char* colon = strrchr(line, ':');
        if (!colon || number > 0) continue;
        *colon = 0;
        if (strcmp(baseName(line), "prelude.cuh") == 0 || strcmp(baseName(line), "simulator.h") == 0) continue;
        file = baseName(line);
        number = atoi(colon + 1);
    }
    pclose(lines);
    return {file.c_str(), number};
}

}
