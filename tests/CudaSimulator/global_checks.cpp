#include "global_checks.h"
#include <algorithm>
#include <unordered_map>
#include "memory.h"

namespace gbsim {

namespace {

const unsigned short Many = 0xFFFF;

struct Began {
    unsigned epoch, block;
};

unsigned launchEpoch;
std::vector<Began> blocks;
// Of each block that drew a ticket after a fence: the epoch until which its writes are released.
std::unordered_map<unsigned, unsigned> released;
bool fenced, drew;

// A launch of a graph that is running.
struct GraphLaunch {
    unsigned epoch, node;
    const char* kernel;
};

std::vector<std::vector<bool>> graphBefore;
std::vector<GraphLaunch> graphLaunches;
unsigned graphNode;

unsigned blockOf(unsigned epoch) {
    auto next = std::upper_bound(blocks.begin(), blocks.end(), epoch, [](unsigned value, const Began& began) { return value < began.epoch; });
    return std::prev(next)->block;
}

bool isOtherBlock(unsigned epoch) { return epoch >= launchEpoch && epoch < running.blockEpoch; }

bool isOrderedByTicket(unsigned epoch) {
    auto found = released.find(blockOf(epoch));
    return drew && found != released.end() && epoch <= found->second;
}

// The launch of this graph that touched memory in an epoch, where no edge of the graph leads from it to the one that runs; else null.
const GraphLaunch* unorderedLaunch(unsigned epoch) {
    if (graphLaunches.empty() || epoch < graphLaunches.front().epoch || epoch >= launchEpoch) return nullptr;
    auto next = std::upper_bound(graphLaunches.begin(), graphLaunches.end(), epoch, [](unsigned value, const GraphLaunch& launch) { return value < launch.epoch; });
    const GraphLaunch& launch = *std::prev(next);
    return launch.node == graphNode || graphBefore[graphNode][launch.node] ? nullptr : &launch;
}

const char* verb(Access access) { return access == Access::Write ? "write" : "read"; }

void checkOtherBlocks(const GlobalWord& word, unsigned mask, Access access, const Origin& origin) {
    if (isOtherBlock(word.writeEpoch) && (word.writeMask & mask)) {
        unsigned block = blockOf(word.writeEpoch);
        if (!isOrderedByTicket(word.writeEpoch)) refuse(LaunchFailed, origin, "race between blocks: a %s of device memory that block %u wrote in this launch", verb(access), block);
        if (access == Access::Read) refuse(LaunchFailed, origin, "stale read: block %u wrote it in this launch, so only gb_load_global may read it", block);
    }
    if (access == Access::Write && isOtherBlock(word.firstRead) && (word.readMask & mask) && !drew)
        refuse(LaunchFailed, origin, "race between blocks: a write of device memory that block %u read in this launch", blockOf(word.firstRead));
}

// Of the reads of a word only the last is known: another order of the branches shows those before it.
void checkOtherBranches(const GlobalWord& word, unsigned mask, Access access, const Origin& origin) {
    const GraphLaunch* other = word.writeMask & mask ? unorderedLaunch(word.writeEpoch) : nullptr;
    if (other) refuse(LaunchFailed, origin, "race between branches: a %s of device memory that %s wrote, and the graph has no edge between them", verb(access), other->kernel);
    other = access == Access::Write && word.readMask & mask ? unorderedLaunch(word.readEpoch) : nullptr;
    if (other) refuse(LaunchFailed, origin, "race between branches: a write of device memory that %s read, and the graph has no edge between them", other->kernel);
}

void checkOwnBlock(const GlobalWord& word, unsigned mask, Access access, const Origin& origin) {
    unsigned short self = static_cast<unsigned short>(running.current->index);
    if (word.writeEpoch == running.epoch && word.writer != self && (word.writeMask & mask))
        refuse(LaunchFailed, origin, "race: a %s of device memory that thread %u wrote since the last barrier", verb(access), word.writer);
    if (access != Access::Write || word.readEpoch != running.epoch || word.reader == self || !(word.readMask & mask)) return;
    if (word.reader == Many) refuse(LaunchFailed, origin, "race: a write of device memory that other threads read since the last barrier");
    refuse(LaunchFailed, origin, "race: a write of device memory that thread %u read since the last barrier", word.reader);
}

void note(GlobalWord& word, unsigned mask, Access access) {
    unsigned short self = static_cast<unsigned short>(running.current->index);
    if (access == Access::Write) {
        bool again = word.writeEpoch == running.epoch && word.writer == self;
        word.writeMask = static_cast<unsigned char>(again ? word.writeMask | mask : mask);
        word.writer = self;
        word.writeEpoch = running.epoch;
        word.initialised = static_cast<unsigned char>(word.initialised | mask);
        return;
    }
    if (word.firstRead < launchEpoch) {
        word.firstRead = running.epoch;
        word.readMask = 0;
    }
    word.readMask = static_cast<unsigned char>(word.readMask | mask);
    word.reader = word.readEpoch == running.epoch && word.reader != self ? Many : self;
    word.readEpoch = running.epoch;
}

Allocation& allocationOf(const void* address, unsigned bytes, Access access, const Origin& origin) {
    Allocation* allocation = find(address, bytes);
    if (!allocation) refuse(IllegalAddress, origin, "out of bounds: a %s of %s", verb(access), describe(address, bytes).c_str());
    if (!allocation->shadow) allocation->shadow = std::make_unique<GlobalWord[]>((allocation->bytes + 3) / 4);
    return *allocation;
}

}

void beginGraph(std::vector<std::vector<bool>> before) { graphBefore = std::move(before); }

void beginGraphNode(unsigned node) { graphNode = node; }

void endGraph() {
    graphBefore.clear();
    graphLaunches.clear();
}

void beginGlobalLaunch() {
    launchEpoch = running.epoch + 1;
    if (!graphBefore.empty()) graphLaunches.push_back({launchEpoch, graphNode, running.launch->kernel->name});
    blocks.clear();
    released.clear();
}

void beginGlobalBlock() {
    blocks.push_back({running.epoch, running.block});
    fenced = drew = false;
}

void accessGlobal(const void* address, unsigned bytes, Access access, const Origin& origin) {
    Allocation& allocation = allocationOf(address, bytes, access, origin);
    size_t begin = static_cast<size_t>(static_cast<const char*>(address) - allocation.address), end = begin + bytes;
    for (size_t at = begin; at < end; at = at / 4 * 4 + 4) {
        unsigned mask = 15u << at % 4 & (end - at / 4 * 4 < 4 ? (1u << (end - at / 4 * 4)) - 1 : 15u);
        GlobalWord& word = allocation.shadow[at / 4];
        checkOtherBlocks(word, mask, access, origin);
        if (!graphLaunches.empty()) checkOtherBranches(word, mask, access, origin);
        checkOwnBlock(word, mask, access, origin);
        if (access != Access::Write && allocation.known && (word.initialised & mask) != mask)
            refuse(LaunchFailed, origin, "uninitialised: a read of device memory at offset %zu of an allocation of %zu bytes, which nobody wrote", at, allocation.bytes);
        note(word, mask, access);
    }
}

void drawTicket(const void* counter, const Origin& origin) {
    Allocation& allocation = allocationOf(counter, 4, Access::Write, origin);
    size_t word = static_cast<size_t>(static_cast<const char*>(counter) - allocation.address) / 4;
    if (allocation.known && allocation.shadow[word].initialised != 15) refuse(LaunchFailed, origin, "uninitialised: a ticket counter that nobody set to 0");
    drew = true;
    if (fenced) released[running.block] = running.epoch;
}

void fenceBlock() { fenced = true; }

}
