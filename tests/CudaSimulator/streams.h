// Streams that run nothing before somebody waits for them, events, and captured graphs.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <vector>
#include "results.h"

namespace gbsim {

using Operation = std::function<Result()>;

// One operation of a graph, and the earlier ones that must be done before it.
struct Node {
    Operation operation;
    std::vector<unsigned> after;
    // Captured on another stream than the one the capture began on.
    bool aside;
};
using Nodes = std::vector<Node>;

struct Capture {
    Nodes nodes;
    struct Stream* origin;
    bool invalid;
};

struct Stream {
    bool nonBlocking = false;
    std::deque<Operation> pending;
    std::shared_ptr<Capture> capture;
    // What the next captured operation comes after.
    std::vector<unsigned> tail;
};

// One recording of an event: who waits for it does not wait for a later one.
struct Moment {
    Stream* stream;
    bool done = false;
    double milliseconds = 0;
};

struct Event {
    bool timed = true;
    // None until it is recorded, and none that ever comes while that is captured.
    std::shared_ptr<Moment> moment;
    std::shared_ptr<Capture> capture;
    std::vector<unsigned> tail;
};

Stream& defaultStream();
void forgetStreams();
void addStream(Stream* stream);
void removeStream(Stream* stream);

// Queues work, or records it where the stream is capturing.
Result submit(Stream& stream, Operation operation);
Result drain(Stream& stream);
Result drainAll();
// Runs one pending operation.
Result advance(Stream& stream);
// What a synchronous copy waits for: the default stream and every stream that is not non-blocking.
Result drainBlocking();
bool isCapturing();
// Marks every capture in progress as spoilt by a call that capturing forbids.
void invalidateCaptures();

Result record(Event& event, Stream& stream);
Result wait(Stream& stream, Event& event);
Result synchronize(const Moment& moment);
Result beginCapture(Stream& stream);
Result endCapture(Stream& stream, Nodes& nodes);

// A kernel that failed spoils the context: every later call returns its result.
Result stickyResult();
void clearSticky();

}
