// A wild address inside a kernel is a fault of the kernel, not of the process.
#pragma once

namespace gbsim {

void catchFaults();

}
