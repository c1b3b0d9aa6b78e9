// Which thread, and which block, runs next.
#include <algorithm>
#include "execution.h"
#include "settings.h"

namespace gbsim {

namespace {

unsigned long long state;

// xorshift64: the order must only be repeatable.
unsigned draw(unsigned bound) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<unsigned>((state >> 20) % bound);
}

int ascending(unsigned from) {
    unsigned warps = static_cast<unsigned>(running.warps.size());
    for (unsigned step = 0; step <= warps; step++) {
        unsigned warp = (from / 32 + step) % warps;
        unsigned lanes = running.warps[warp].ready;
        if (step == 0) lanes &= ~0u << from % 32;
        if (lanes) return static_cast<int>(warp * 32 + static_cast<unsigned>(__builtin_ctz(lanes)));
    }
    return -1;
}

int descending(unsigned from) {
    unsigned warps = static_cast<unsigned>(running.warps.size());
    for (unsigned step = 0; step <= warps; step++) {
        unsigned warp = (from / 32 + warps - step % warps) % warps;
        unsigned lanes = running.warps[warp].ready;
        if (step == 0) lanes &= ~0u >> (31 - from % 32);
        if (lanes) return static_cast<int>(warp * 32 + 31 - static_cast<unsigned>(__builtin_clz(lanes)));
    }
    return -1;
}

}

int nextThread(int previous) {
    unsigned count = running.count;
    switch (settings.order) {
        case Order::Reverse:
            return descending(previous <= 0 ? count - 1 : static_cast<unsigned>(previous) - 1);
        case Order::Random:
            return ascending(draw(count));
        case Order::WarpAhead:
            // The warp that runs goes as far as it can before any other moves; then chance picks the next.
            if (previous >= 0 && running.warps[static_cast<unsigned>(previous) / 32].ready)
                return ascending(static_cast<unsigned>(previous) / 32 * 32);
            return ascending(draw(count) / 32 * 32);
        default:
            return ascending(static_cast<unsigned>(previous + 1) % count);
    }
}

void shuffleBlocks(std::vector<unsigned>& order) {
    state = settings.seed * 0x9E3779B97F4A7C15ull + 0x2545F4914F6CDD1Dull;
    if (settings.order == Order::Reverse) std::reverse(order.begin(), order.end());
    if (settings.order == Order::Random || settings.order == Order::WarpAhead)
        for (unsigned i = static_cast<unsigned>(order.size()); i > 1; i--) std::swap(order[i - 1], order[draw(i)]);
}

}
