// Linked into every library of host twins: its link to the driver, and in checked builds the calls that
// g++ -fsanitize=thread,alignment plants at every memory access (its libraries are not linked).
#include "module.h"

extern "C" {
GbSimulatorThread* gb_simulator_thread;
const GbSimulatorServices* gb_simulator;
}
GbSimulatorKernel* GbSimulatorKernel::first;

extern "C" __attribute__((visibility("default"))) void gbsim_module(GbSimulatorModule* module) {
    *module = {&gb_simulator_thread, &gb_simulator, GbSimulatorKernel::first};
}

#ifdef GB_CHECKED
// The list of kernels is written before the driver is linked.
static inline void note(const void* p, unsigned bytes, bool write, const void* instruction) {
    if (gb_simulator) gb_simulator->access(p, bytes, write, instruction);
}

#define GB_ACCESSES(bytes) \
    void __tsan_read##bytes(void* p) { note(p, bytes, false, __builtin_return_address(0)); } \
    void __tsan_write##bytes(void* p) { note(p, bytes, true, __builtin_return_address(0)); } \
    void __tsan_unaligned_read##bytes(void* p) { note(p, bytes, false, __builtin_return_address(0)); } \
    void __tsan_unaligned_write##bytes(void* p) { note(p, bytes, true, __builtin_return_address(0)); } \
    void __tsan_volatile_read##bytes(void* p) { note(p, bytes, false, __builtin_return_address(0)); } \
    void __tsan_volatile_write##bytes(void* p) { note(p, bytes, true, __builtin_return_address(0)); }

#pragma GCC visibility push(hidden)
extern "C" {
GB_ACCESSES(1)
GB_ACCESSES(2)
GB_ACCESSES(4)
GB_ACCESSES(8)
GB_ACCESSES(16)
void __tsan_read_range(void* p, unsigned long bytes) { note(p, static_cast<unsigned>(bytes), false, __builtin_return_address(0)); }
void __tsan_write_range(void* p, unsigned long bytes) { note(p, static_cast<unsigned>(bytes), true, __builtin_return_address(0)); }
void __ubsan_handle_type_mismatch_v1(void*, void* p) { gb_simulator->misaligned(p, __builtin_return_address(0)); }
void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
}
#pragma GCC visibility pop
#endif
