// The driver's interface: streams, events and graphs.
#include <string.h>
#include "context.h"
#include "settings.h"

using namespace gbsim;

namespace {

Result eventOf(const char* call, void* handle, Event*& event) {
    event = static_cast<Event*>(handle);
    return context.events.check(call, event);
}

}

GB_API cuStreamCreate(void** handle, unsigned flags) {
    GB_CALL(Current);
    Stream* stream = context.streams.add(new Stream);
    stream->nonBlocking = flags & 1;
    addStream(stream);
    *handle = stream;
    return Success;
}

GB_API cuStreamCreateWithPriority(void** handle, unsigned flags, int) { return cuStreamCreate(handle, flags); }

GB_API cuStreamDestroy_v2(void* handle) {
    GB_CALL(Current);
    Stream* stream = static_cast<Stream*>(handle);
    if (Result wrong = context.streams.check("cuStreamDestroy", stream)) return wrong;
    Result result = drain(*stream);
    removeStream(stream);
    for (Event* event : context.events.live)
        if (event->moment && event->moment->stream == stream) event->moment.reset();
    context.streams.remove(stream);
    return result;
}

GB_API cuStreamSynchronize(void* handle) {
    GB_CALL(Current);
    Stream* stream;
    if (Result wrong = streamOf("cuStreamSynchronize", handle, stream)) return wrong;
    if (stream->capture)
        if (Result wrong = refuseWhileCapturing("cuStreamSynchronize")) return wrong;
    counters.waits++;
    return stream == &defaultStream() ? drainBlocking() : drain(*stream);
}

GB_API cuStreamQuery(void* handle) {
    GB_CALL(Current);
    Stream* stream;
    if (Result wrong = streamOf("cuStreamQuery", handle, stream)) return wrong;
    if (stream->pending.empty()) return Success;
    Result result = advance(*stream);
    return result ? result : NotReady;
}

GB_API cuStreamWaitEvent(void* handle, void* eventHandle, unsigned) {
    GB_CALL(Current);
    Stream* stream;
    Event* event;
    if (Result wrong = streamOf("cuStreamWaitEvent", handle, stream)) return wrong;
    if (Result wrong = eventOf("cuStreamWaitEvent", eventHandle, event)) return wrong;
    return wait(*stream, *event);
}

GB_API cuStreamBeginCapture_v2(void* handle, int) {
    GB_CALL(Current);
    Stream* stream;
    if (Result wrong = streamOf("cuStreamBeginCapture", handle, stream)) return wrong;
    return beginCapture(*stream);
}

GB_API cuStreamIsCapturing(void* handle, int* status) {
    GB_CALL(Current);
    Stream* stream;
    if (Result wrong = streamOf("cuStreamIsCapturing", handle, stream)) return wrong;
    *status = stream->capture ? stream->capture->invalid ? 2 : 1 : 0;
    return Success;
}

GB_API cuStreamEndCapture(void* handle, void** graph) {
    GB_CALL(Current);
    Stream* stream;
    if (Result wrong = streamOf("cuStreamEndCapture", handle, stream)) return wrong;
    *graph = nullptr;
    Nodes nodes;
    if (Result wrong = endCapture(*stream, nodes)) return wrong;
    *graph = context.graphs.add(new Graph{std::move(nodes)});
    return Success;
}

GB_API cuGraphGetNodes(void* handle, void**, size_t* count) {
    GB_CALL(Current);
    Graph* graph = static_cast<Graph*>(handle);
    if (Result wrong = context.graphs.check("cuGraphGetNodes", graph)) return wrong;
    *count = graph->nodes.size();
    return Success;
}

GB_API cuGraphInstantiateWithFlags(void** exec, void* handle, unsigned long long) {
    GB_CALL(Current);
    Graph* graph = static_cast<Graph*>(handle);
    if (Result wrong = context.graphs.check("cuGraphInstantiate", graph)) return wrong;
    *exec = context.graphExecs.add(new GraphExec{std::make_shared<const Nodes>(graph->nodes)});
    return Success;
}

GB_API cuGraphDestroy(void* handle) {
    GB_CALL(Current);
    Graph* graph = static_cast<Graph*>(handle);
    if (Result wrong = context.graphs.check("cuGraphDestroy", graph)) return wrong;
    context.graphs.remove(graph);
    return Success;
}

GB_API cuGraphUpload(void* handle, void*) {
    GB_CALL(Current);
    return context.graphExecs.check("cuGraphUpload", static_cast<GraphExec*>(handle));
}

GB_API cuGraphLaunch(void* handle, void* streamHandle) {
    GB_CALL(Current);
    GraphExec* exec = static_cast<GraphExec*>(handle);
    if (Result wrong = context.graphExecs.check("cuGraphLaunch", exec)) return wrong;
    Stream* stream;
    if (Result wrong = streamOf("cuGraphLaunch", streamHandle, stream)) return wrong;
    counters.graphLaunches++;
    return submit(*stream, [nodes = exec->nodes] { return run(*nodes); });
}

GB_API cuGraphExecDestroy(void* handle) {
    GB_CALL(Current);
    GraphExec* exec = static_cast<GraphExec*>(handle);
    if (Result wrong = context.graphExecs.check("cuGraphExecDestroy", exec)) return wrong;
    context.graphExecs.remove(exec);
    return Success;
}

GB_API cuEventCreate(void** handle, unsigned flags) {
    GB_CALL(Current);
    Event* event = context.events.add(new Event);
    event->timed = !(flags & 2);
    *handle = event;
    return Success;
}

GB_API cuEventDestroy_v2(void* handle) {
    GB_CALL(Current);
    Event* event;
    if (Result wrong = eventOf("cuEventDestroy", handle, event)) return wrong;
    // Queued work names the event by address.
    Result result = drainAll();
    context.events.remove(event);
    return result;
}

GB_API cuEventRecord(void* handle, void* streamHandle) {
    GB_CALL(Current);
    Event* event;
    Stream* stream;
    if (Result wrong = eventOf("cuEventRecord", handle, event)) return wrong;
    if (Result wrong = streamOf("cuEventRecord", streamHandle, stream)) return wrong;
    return record(*event, *stream);
}

GB_API cuEventSynchronize(void* handle) {
    GB_CALL(Current);
    Event* event;
    if (Result wrong = eventOf("cuEventSynchronize", handle, event)) return wrong;
    if (event->capture) return refuseWhileCapturing("cuEventSynchronize");
    counters.waits++;
    return event->moment ? synchronize(*event->moment) : Success;
}

GB_API cuEventQuery(void* handle) {
    GB_CALL(Current);
    Event* event;
    if (Result wrong = eventOf("cuEventQuery", handle, event)) return wrong;
    if (!event->moment || event->moment->done) return Success;
    Result result = advance(*event->moment->stream);
    return result ? result : NotReady;
}

GB_API cuEventElapsedTime(float* milliseconds, void* startHandle, void* endHandle) {
    GB_CALL(Current);
    Event *start, *end;
    if (Result wrong = eventOf("cuEventElapsedTime", startHandle, start)) return wrong;
    if (Result wrong = eventOf("cuEventElapsedTime", endHandle, end)) return wrong;
    if (!start->moment || !end->moment || !start->timed || !end->timed) return report(InvalidHandle, "cuEventElapsedTime: an event was not recorded, or without timing");
    if (!start->moment->done || !end->moment->done) return NotReady;
    *milliseconds = static_cast<float>(end->moment->milliseconds - start->moment->milliseconds);
    return Success;
}

GB_API cuEventElapsedTime_v2(float* milliseconds, void* start, void* end) { return cuEventElapsedTime(milliseconds, start, end); }
