#include "faults.h"
#include <signal.h>
#include <ucontext.h>
#include "execution.h"
#include "source_lines.h"

namespace gbsim {

namespace {

struct sigaction previous;
void* faultAddress;
void* faultInstruction;

void land() {
    SourceLine line = sourceLineOf(static_cast<char*>(faultInstruction) + 1);
    abandon(IllegalAddress, {"", line.file, line.line}, "out of bounds: an access at %p, which is no memory", faultAddress);
}

// The runtime that loaded the driver has a handler of its own; it gets what does not come from a kernel.
void handle(int signal, siginfo_t* information, void* state) {
    if (!running.current) {
        if (previous.sa_flags & SA_SIGINFO) previous.sa_sigaction(signal, information, state);
        else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) previous.sa_handler(signal);
        else {
            ::signal(signal, SIG_DFL);
            raise(signal);
        }
        return;
    }
    greg_t* registers = static_cast<ucontext_t*>(state)->uc_mcontext.gregs;
    faultAddress = information->si_addr;
    faultInstruction = reinterpret_cast<void*>(registers[REG_RIP]);
    // Goes on in land(), below the red zone and with the stack as a call would leave it.
    registers[REG_RSP] = ((registers[REG_RSP] - 256) & ~15LL) - 8;
    registers[REG_RIP] = reinterpret_cast<greg_t>(land);
}

}

void catchFaults() {
    static bool installed;
    if (installed) return;
    installed = true;
    struct sigaction action = {};
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigaction(SIGSEGV, &action, &previous);
}

}
