// The one device, its primary context, and the handles that live in it.
#pragma once
#include <mutex>
#include <set>
#include <string>
#include <vector>
#include "graphs.h"
#include "results.h"
#include "streams.h"
#include "twins.h"

#define GB_API extern "C" __attribute__((visibility("default"))) int

namespace gbsim {

// Live handles of one type.
template <class T> struct Handles {
    const char* kind;
    std::set<T*> live;

    T* add(T* object) {
        live.insert(object);
        return object;
    }
    Result check(const char* call, T* object) const {
        return live.count(object) ? Success : report(InvalidHandle, "%s: %s %p is unknown or destroyed", call, kind, static_cast<const void*>(object));
    }
    void remove(T* object) {
        live.erase(object);
        delete object;
    }
    void clear() {
        for (T* object : live) delete object;
        live.clear();
    }
};

struct Context {
    bool initialised = false;
    unsigned retained = 0;
    Handles<Stream> streams{"stream", {}};
    Handles<Event> events{"event", {}};
    Handles<Graph> graphs{"graph", {}};
    Handles<GraphExec> graphExecs{"executable graph", {}};
    Handles<Module> modules{"module", {}};
};

extern Context context;

// One call of the driver's interface: holds the lock, and knows whether the call may go on.
class Call {
public:
    enum Needs { Nothing, Driver, Current };
    Call(const char* name, Needs needs);
    Result refused() const { return _refused; }

private:
    std::unique_lock<std::recursive_mutex> _lock;
    Result _refused;
};

// The stream behind a handle: null and 1 (legacy) are the default stream.
Result streamOf(const char* call, void* handle, Stream*& stream);
// Synchronous work inside a capture spoils it.
Result refuseWhileCapturing(const char* call);
std::vector<std::string> leaks();
// Destroys everything in the context, as the last release does.
void destroyContext();

}

#define GB_CALL(needs) \
    gbsim::Call call(__func__, gbsim::Call::needs); \
    if (call.refused()) return call.refused()
