// Counts conflicts of a warp's accesses to the 32 banks of shared memory, in checked launches.
#pragma once
#include <stddef.h>

namespace gbsim {

void beginBankConflicts();
void countBankConflict(size_t offset, unsigned bytes, const void* instruction);

}
