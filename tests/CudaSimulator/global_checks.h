// Checks of device memory: bounds, races inside a block and between blocks, uninitialised reads.
#pragma once
#include "shared_checks.h"

namespace gbsim {

enum class Access { Read, Write, CoherentRead };

void beginGlobalLaunch();
void beginGlobalBlock();
void accessGlobal(const void* address, unsigned bytes, Access access, const Origin& origin);

// Blocks order themselves by tickets: what a block wrote before its fence and its ticket, a block with a later ticket may
// read with gb_load_global.
void drawTicket(const void* counter, const Origin& origin);
void fenceBlock();

}
