#include "fibers.h"
#include <stdlib.h>
#include <sys/mman.h>

// The six registers that the System V calling convention lets a function keep; ucontext would also change the signal
// mask, at the price of two system calls a switch.
asm(R"(
.text
.globl gbsim_switch
.hidden gbsim_switch
.type gbsim_switch,@function
gbsim_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size gbsim_switch, .-gbsim_switch
)");

namespace gbsim {

void Fiber::begin(void (*entry)(), unsigned index) {
    if (!stack) {
        void* memory = mmap(nullptr, StackBytes + StackGuardBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) abort();
        mprotect(memory, StackGuardBytes, PROT_NONE);
        stack = static_cast<char*>(memory) + StackGuardBytes;
    }
    // Stacks begin at different cache lines, or the same variable of every thread would fall into the same cache set.
    size_t colour = index % 64 * 192;
    void** top = reinterpret_cast<void**>(stack + StackBytes - 64 - colour);
    *--top = nullptr;
    *--top = reinterpret_cast<void*>(entry);
    for (int i = 0; i < 6; i++) *--top = nullptr;
    stackPointer = top;
}

}
