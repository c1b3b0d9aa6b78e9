#include "graphs.h"
#include <random>
#include <set>
#include "global_checks.h"
#include "settings.h"

namespace gbsim {

namespace {

// The nodes that may run next, by number.
using Ready = std::set<unsigned>;

unsigned firstOf(const Nodes& nodes, const Ready& ready, bool aside) {
    for (unsigned node : ready)
        if (nodes[node].aside == aside) return node;
    return *ready.begin();
}

unsigned choose(const Nodes& nodes, const Ready& ready, std::mt19937& random) {
    switch (settings.branches) {
        case Branches::OriginFirst:
            return firstOf(nodes, ready, false);
        case Branches::OthersFirst:
            return firstOf(nodes, ready, true);
        case Branches::Random:
            return *std::next(ready.begin(), static_cast<long>(random() % ready.size()));
        default:
            return *ready.begin();
    }
}

Result runInOrder(const Nodes& nodes) {
    std::vector<size_t> missing(nodes.size());
    std::vector<std::vector<unsigned>> followers(nodes.size());
    Ready ready;
    for (unsigned i = 0; i < nodes.size(); i++) {
        missing[i] = nodes[i].after.size();
        for (unsigned earlier : nodes[i].after) followers[earlier].push_back(i);
        if (missing[i] == 0) ready.insert(i);
    }
    std::mt19937 random(static_cast<unsigned>(settings.branchSeed));
    while (!ready.empty()) {
        unsigned node = choose(nodes, ready, random);
        ready.erase(node);
        beginGraphNode(node);
        if (Result wrong = nodes[node].operation()) return wrong;
        for (unsigned follower : followers[node])
            if (--missing[follower] == 0) ready.insert(follower);
    }
    return Success;
}

}

Result run(const Nodes& nodes) {
    // Of each node, all that come before it; edges lead to later nodes only.
    std::vector<std::vector<bool>> before(settings.checked ? nodes.size() : 0);
    for (size_t i = 0; i < before.size(); i++) {
        before[i].resize(nodes.size());
        for (unsigned earlier : nodes[i].after) {
            for (unsigned j = 0; j < earlier; j++)
                if (before[earlier][j]) before[i][j] = true;
            before[i][earlier] = true;
        }
    }
    beginGraph(std::move(before));
    Result result = runInOrder(nodes);
    endGraph();
    return result;
}

}
