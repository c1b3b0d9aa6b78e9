// A wild address inside a kernel is a fault of the kernel, not of the process.
#pragma once

namespace gbsim {

void catchFaults();
// Gives this thread a stack for the handler, unless it has one: a kernel that used up its own leaves none.
void provideFaultStack();

}
