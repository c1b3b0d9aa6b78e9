#include "faults.h"
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>
#include "execution.h"
#include "source_lines.h"

namespace gbsim {

namespace {

struct sigaction previous;
void* faultAddress;
void* faultInstruction;

void land() {
    if (running.current->fiber.guards(faultAddress))
        abandon(IllegalAddress, {"", running.launch->kernel->file, running.launch->kernel->line}, "stack overflow: a thread uses more than %zu KiB", StackBytes >> 10);
    SourceLine line = sourceLineOf(static_cast<char*>(faultInstruction) + 1);
    abandon(IllegalAddress, {"", line.file, line.line}, "out of bounds: an access at %p, which is no memory", faultAddress);
}

// The runtime that loaded the driver has a handler of its own; it gets what does not come from a kernel.
void handle(int signal, siginfo_t* information, void* state) {
    greg_t* registers = static_cast<ucontext_t*>(state)->uc_mcontext.gregs;
    const Thread* thread = running.current;
    const void* stackPointer = reinterpret_cast<void*>(registers[REG_RSP]);
    // Other threads of the process may fault while a kernel runs: what counts is whose stack this is.
    if (!thread || !(thread->fiber.holds(stackPointer) || thread->fiber.guards(stackPointer))) {
        if (previous.sa_flags & SA_SIGINFO) previous.sa_sigaction(signal, information, state);
        else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) previous.sa_handler(signal);
        else {
            ::signal(signal, SIG_DFL);
            raise(signal);
        }
        return;
    }
    faultAddress = information->si_addr;
    faultInstruction = reinterpret_cast<void*>(registers[REG_RIP]);
    // Goes on in land(), with a stack as a call would leave it; the kernel's frames are not needed any more.
    registers[REG_RSP] = (reinterpret_cast<greg_t>(thread->fiber.stack + StackBytes - 64) & ~15LL) - 8;
    registers[REG_RIP] = reinterpret_cast<greg_t>(land);
}

}

void provideFaultStack() {
    static thread_local bool provided;
    if (provided) return;
    provided = true;
    stack_t present;
    if (sigaltstack(nullptr, &present) != 0 || !(present.ss_flags & SS_DISABLE)) return;
    // Lives as long as the thread may fault, that is for ever.
    const size_t bytes = 64 << 10;
    stack_t stack = {malloc(bytes), 0, bytes};
    sigaltstack(&stack, nullptr);
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
