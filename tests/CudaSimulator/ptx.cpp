// Just enough of PTX: entries, the sizes of their parameters and shared arrays, and their largest block.
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <algorithm>
#include "shared.h"
#include "twins.h"

namespace gbsim {

namespace {

// The bytes of a declaration such as ".param .align 8 .b8 name[24]" or ".shared .align 4 .f32 x"; the text ends with it.
unsigned declaredBytes(const std::string& declaration) {
    unsigned size = 0;
    for (size_t dot = declaration.find('.'); dot != std::string::npos; dot = declaration.find('.', dot + 1)) {
        char kind = declaration[dot + 1];
        if (strchr("bsuf", kind) && isdigit(static_cast<unsigned char>(declaration[dot + 2]))) size = static_cast<unsigned>(atoi(&declaration[dot + 2])) / 8;
    }
    for (size_t bracket = declaration.find('['); bracket != std::string::npos; bracket = declaration.find('[', bracket + 1))
        size *= static_cast<unsigned>(atoi(&declaration[bracket + 1]));
    return size;
}

bool isNamed(const std::string& body, const std::string& name) {
    for (size_t at = body.find(name); at != std::string::npos; at = body.find(name, at + 1)) {
        char after = at + name.size() < body.size() ? body[at + name.size()] : ' ';
        if (!isalnum(static_cast<unsigned char>(after)) && after != '_' && after != '$') return true;
    }
    return false;
}

// Arrays declared in the entry, and those declared before it (by templates) that it names.
unsigned sharedBytes(const std::string& text, const std::string& body) {
    unsigned total = 0;
    for (size_t at = body.find("\t.shared "); at != std::string::npos; at = body.find("\t.shared ", at + 1))
        total += declaredBytes(body.substr(at, body.find(';', at) - at));
    const std::string mark = "\n.weak .shared ";
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        std::string declaration = text.substr(at, text.find(';', at) - at);
        size_t name = declaration.rfind(' ') + 1;
        if (isNamed(body, declaration.substr(name, declaration.find('[', name) - name))) total += declaredBytes(declaration);
    }
    return total;
}

Result checkAgainstTwin(const Entry& entry) {
    Twin twin = findTwin(entry.name, false);
    if (!twin.kernel) return Success;
    if (entry.parameters != 1 || entry.parameterBytes != twin.kernel->argumentBytes)
        return report(InvalidPtx, "kernel %s: the PTX has %u parameters of %u bytes and its source one of %u; compile it again", entry.name.c_str(), entry.parameters, entry.parameterBytes, twin.kernel->argumentBytes);
    if (entry.maxThreads != twin.kernel->maxThreads)
        return report(InvalidPtx, "kernel %s: the PTX allows %u threads and its source %u; compile it again", entry.name.c_str(), entry.maxThreads, twin.kernel->maxThreads);
    return Success;
}

Entry parseEntry(const std::string& text, size_t at) {
    size_t nameEnd = text.find('(', at), listEnd = text.find(')', nameEnd), bodyBegin = text.find('{', listEnd);
    size_t next = text.find(".entry", bodyBegin);
    std::string name = text.substr(at, nameEnd - at);
    while (!name.empty() && isspace(static_cast<unsigned char>(name.back()))) name.pop_back();
    Entry entry = {name, 0, 0, 1024, 0, SharedDefaultLimit};
    for (size_t from = text.find(".param", nameEnd); from < listEnd; from = text.find(".param", from + 1)) {
        size_t end = std::min(text.find(',', from), listEnd);
        entry.parameters++;
        entry.parameterBytes += declaredBytes(text.substr(from + 6, end - from - 6));
    }
    size_t threads = text.find(".maxntid", listEnd);
    if (threads < bodyBegin) entry.maxThreads = static_cast<unsigned>(atoi(text.c_str() + threads + 8));
    entry.staticShared = sharedBytes(text, text.substr(bodyBegin, next == std::string::npos ? next : next - bodyBegin));
    return entry;
}

}

Result parseModule(const char* image, Module& module) {
    if (memcmp(image, "\177ELF", 4) == 0) return report(NoBinaryForGpu, "module: a binary image; the simulated device takes PTX text");
    std::string text = image;
    if (text.find(".version") == std::string::npos || text.find(".target") == std::string::npos) return report(InvalidPtx, "module: no PTX text (.version or .target is missing)");
    const std::string mark = ".visible .entry ";
    for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
        Entry entry = parseEntry(text, at + mark.size());
        if (Result wrong = checkAgainstTwin(entry)) return wrong;
        module.entries[entry.name] = entry;
    }
    return Success;
}

}
