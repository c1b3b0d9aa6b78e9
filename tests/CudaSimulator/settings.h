// What tests steer through the gbsim_* exports, and what they count.
#pragma once

namespace gbsim {

enum class Order { Plain = 0, Reverse = 1, Random = 2, WarpAhead = 3 };

// Which of the nodes of a graph that may run does: the first captured, one of the stream that the capture began on, one of another stream, or any.
enum class Branches { Captured = 0, OriginFirst = 1, OthersFirst = 2, Random = 3 };

struct Settings {
    Order order = Order::Plain;
    unsigned long long seed = 1;
    Branches branches = Branches::Captured;
    unsigned long long branchSeed = 1;
    bool copiesLandEarly = false;
    bool checked = false;
    bool countsBanks = false;
};

struct Counters {
    unsigned long long launches = 0;
    unsigned long long blocks = 0;
    unsigned long long switches = 0;
    unsigned long long matrixRows = 0;
    unsigned long long matrixConflicts = 0;
    unsigned long long sharedAccesses = 0;
    unsigned long long sharedConflicts = 0;
    unsigned long long uploadedBytes = 0;
    unsigned long long graphLaunches = 0;
    unsigned long long waits = 0;
    unsigned long long calls = 0;
};

extern Settings settings;
extern Counters counters;

}
