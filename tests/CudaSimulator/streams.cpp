#include "streams.h"
#include <algorithm>
#include <time.h>

namespace gbsim {

namespace {

Stream nullStream;
std::vector<Stream*> streams;
Result sticky = Success;

double now() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

// Whether everything captured comes before what the origin captures next.
bool isJoined(const Capture& capture, const std::vector<unsigned>& tail) {
    std::vector<bool> before(capture.nodes.size());
    for (unsigned node : tail) before[node] = true;
    for (size_t node = capture.nodes.size(); node-- > 0;) {
        if (!before[node]) return false;
        for (unsigned earlier : capture.nodes[node].after) before[earlier] = true;
    }
    return true;
}

}

Stream& defaultStream() { return nullStream; }
void addStream(Stream* stream) { streams.push_back(stream); }
void removeStream(Stream* stream) { streams.erase(std::remove(streams.begin(), streams.end(), stream), streams.end()); }
Result stickyResult() { return sticky; }
void clearSticky() { sticky = Success; }

void forgetStreams() {
    streams.clear();
    nullStream.pending.clear();
    sticky = Success;
}

Result advance(Stream& stream) {
    if (stream.pending.empty() || sticky) return sticky;
    Operation operation = std::move(stream.pending.front());
    stream.pending.pop_front();
    Result result = operation();
    if (result && !sticky) sticky = result;
    return sticky;
}

Result drain(Stream& stream) {
    while (!stream.pending.empty() && !sticky) advance(stream);
    return sticky;
}

Result drainBlocking() {
    drain(nullStream);
    for (Stream* stream : streams)
        if (!stream->nonBlocking) drain(*stream);
    return sticky;
}

Result drainAll() {
    drain(nullStream);
    for (Stream* stream : streams) drain(*stream);
    return sticky;
}

Result submit(Stream& stream, Operation operation) {
    if (stream.capture) {
        Nodes& nodes = stream.capture->nodes;
        nodes.push_back({std::move(operation), std::move(stream.tail), stream.capture->origin != &stream});
        stream.tail = {static_cast<unsigned>(nodes.size() - 1)};
        return stream.capture->invalid ? CaptureInvalidated : Success;
    }
    if (sticky) return sticky;
    // The default stream and the blocking streams wait for each other.
    if (&stream == &nullStream) {
        for (Stream* other : streams)
            if (!other->nonBlocking) drain(*other);
    } else if (!stream.nonBlocking) {
        drain(nullStream);
    }
    stream.pending.push_back(std::move(operation));
    return sticky;
}

bool isCapturing() {
    return std::any_of(streams.begin(), streams.end(), [](Stream* stream) { return stream->capture != nullptr; });
}

void invalidateCaptures() {
    for (Stream* stream : streams)
        if (stream->capture) stream->capture->invalid = true;
}

Result record(Event& event, Stream& stream) {
    event.moment = std::make_shared<Moment>(Moment{&stream});
    event.capture = stream.capture;
    event.tail = stream.tail;
    if (stream.capture) return Success;
    return submit(stream, [moment = event.moment] {
        moment->done = true;
        moment->milliseconds = now();
        return Success;
    });
}

Result wait(Stream& stream, Event& event) {
    if (!event.moment) return Success;
    if (event.capture) {
        if (stream.capture && stream.capture != event.capture) return report(CaptureInvalidated, "cuStreamWaitEvent: the event belongs to another capture");
        stream.capture = event.capture;
        stream.tail.insert(stream.tail.end(), event.tail.begin(), event.tail.end());
        return Success;
    }
    if (stream.capture) {
        stream.capture->invalid = true;
        return report(CaptureUnsupported, "cuStreamWaitEvent: a capturing stream waits for an event recorded outside the capture");
    }
    return submit(stream, [moment = event.moment] { return synchronize(*moment); });
}

Result synchronize(const Moment& moment) {
    while (!moment.done && !moment.stream->pending.empty() && !sticky) advance(*moment.stream);
    return sticky;
}

Result beginCapture(Stream& stream) {
    if (&stream == &nullStream) return report(CaptureUnsupported, "cuStreamBeginCapture: the default stream cannot be captured");
    if (stream.capture) return report(IllegalState, "cuStreamBeginCapture: the stream is capturing already");
    stream.capture = std::make_shared<Capture>(Capture{{}, &stream, false});
    stream.tail.clear();
    return Success;
}

Result endCapture(Stream& stream, Nodes& nodes) {
    std::shared_ptr<Capture> capture = stream.capture;
    if (!capture) return report(IllegalState, "cuStreamEndCapture: the stream is not capturing");
    if (capture->origin != &stream) return report(CaptureInvalidated, "cuStreamEndCapture: the capture began on another stream");
    bool joined = isJoined(*capture, stream.tail);
    for (Stream* other : streams) {
        if (other->capture != capture) continue;
        other->capture.reset();
        other->tail.clear();
    }
    if (capture->invalid) return report(CaptureInvalidated, "cuStreamEndCapture: a forbidden call spoilt the capture");
    if (!joined) return report(CaptureUnjoined, "cuStreamEndCapture: a stream drawn into the capture was not joined again");
    nodes = std::move(capture->nodes);
    return Success;
}

}
