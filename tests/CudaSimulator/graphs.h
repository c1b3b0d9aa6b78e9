// Captured graphs: nodes, what each must wait for, and the orders a device may run them in.
#pragma once
#include "streams.h"

namespace gbsim {

struct Graph {
    Nodes nodes;
};

struct GraphExec {
    std::shared_ptr<const Nodes> nodes;
};

// Runs every node once, in an order that its edges allow and the settings choose.
Result run(const Nodes& nodes);

}
