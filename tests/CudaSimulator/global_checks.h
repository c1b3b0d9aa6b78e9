// Checks of device memory: bounds, races inside a block, between blocks and between branches of a graph, uninitialised reads.
#pragma once
#include <vector>
#include "shared_checks.h"

namespace gbsim {

enum class Access { Read, Write, CoherentRead };

// While a graph runs: of each node, those that come before it.
void beginGraph(std::vector<std::vector<bool>> before);
void beginGraphNode(unsigned node);
void endGraph();

void beginGlobalLaunch();
void beginGlobalBlock();
void accessGlobal(const void* address, unsigned bytes, Access access, const Origin& origin);

// Blocks order themselves by tickets: what a block wrote before its fence and its ticket, a block with a later ticket may
// read with gb_load_global.
void drawTicket(const void* counter, const Origin& origin);
void fenceBlock();

}
