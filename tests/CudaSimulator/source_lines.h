// From an instruction of a kernel's twin to the line of its source.
#pragma once

namespace gbsim {

struct SourceLine {
    const char* file;
    int line;
};

// The innermost line outside the prelude; "?" and 0 where the debug information does not say.
SourceLine sourceLineOf(const void* instruction);
const char* baseName(const char* path);

}
