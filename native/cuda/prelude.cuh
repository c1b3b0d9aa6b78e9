// What every kernel is written in: types, the kernel macro, and each hardware idiom as a pair (device form | host twin).
// The only file with asm. The same source compiles with
//   clang -x cuda -nocudainc -nocudalib   PTX without any CUDA SDK
//   nvcc, NVRTC                           NVIDIA's own compilers, as a check
//   g++ -x c++                            the host twins, run by the simulated driver (simulator.h is its service header)
#pragma once
#if defined(__CUDA__) || defined(__CUDACC__) || defined(__CUDACC_RTC__)
#define GB_DEVICE_BUILD 1
#else
#define GB_DEVICE_BUILD 0
#endif

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

// ---------------------------------------------------------------------------------------------- language
#if GB_DEVICE_BUILD
#if defined(__clang__) && !defined(__NVCC__) && !defined(__CUDACC_RTC__)
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __align__(n) __attribute__((aligned(n)))
#define GB_INLINE inline __attribute__((always_inline))
// threadIdx.x and its kin read special registers, through the properties that -fms-extensions gives.
#define GB_SPECIAL_REGISTER(name, X, Y, Z) \
    struct gb_register_##name { \
        __declspec(property(get = get_x)) u32 x; \
        __declspec(property(get = get_y)) u32 y; \
        __declspec(property(get = get_z)) u32 z; \
        static __device__ GB_INLINE u32 get_x() { return X; } \
        static __device__ GB_INLINE u32 get_y() { return Y; } \
        static __device__ GB_INLINE u32 get_z() { return Z; } \
    }; \
    extern const __device__ __attribute__((weak)) gb_register_##name name;
GB_SPECIAL_REGISTER(threadIdx, __nvvm_read_ptx_sreg_tid_x(), __nvvm_read_ptx_sreg_tid_y(), __nvvm_read_ptx_sreg_tid_z())
GB_SPECIAL_REGISTER(blockIdx, __nvvm_read_ptx_sreg_ctaid_x(), __nvvm_read_ptx_sreg_ctaid_y(), __nvvm_read_ptx_sreg_ctaid_z())
GB_SPECIAL_REGISTER(blockDim, __nvvm_read_ptx_sreg_ntid_x(), __nvvm_read_ptx_sreg_ntid_y(), __nvvm_read_ptx_sreg_ntid_z())
GB_SPECIAL_REGISTER(gridDim, __nvvm_read_ptx_sreg_nctaid_x(), __nvvm_read_ptx_sreg_nctaid_y(), __nvvm_read_ptx_sreg_nctaid_z())
struct __align__(8) float2 { float x, y; };
struct __align__(16) float4 { float x, y, z, w; };
struct __align__(8) uint2 { u32 x, y; };
struct __align__(16) uint4 { u32 x, y, z, w; };
struct __align__(16) int4 { int x, y, z, w; };
__device__ GB_INLINE u32 gb_shared_address(const void* p) { return (u32)(u64)(const __attribute__((address_space(3))) void*)p; }
#else
#define GB_INLINE __forceinline__
__device__ GB_INLINE u32 gb_shared_address(const void* p) { return (u32)__cvta_generic_to_shared(p); }
#endif
// A device function; also usable for members of structs and for templates.
#define GB_DEVICE __device__ GB_INLINE
#define GB_UNROLL _Pragma("unroll")
// GB_KERNEL(name, maxThreads, (Args args)) { ... }: exactly one parameter, a plain struct.
#define GB_KERNEL(name, maxThreads, parameters) extern "C" __global__ void __launch_bounds__(maxThreads) name parameters
// GB_SHARED(float, tile, [32][33]): a static array of the block, aligned to 16 bytes.
#define GB_SHARED(type, name, dimensions) __shared__ __align__(16) type name dimensions
// GB_DYNAMIC_SHARED(float, tile): the array whose size the launch gives, aligned to 128 bytes.
#define GB_DYNAMIC_SHARED(type, name) \
    extern __shared__ __align__(128) unsigned char gb_dynamic_shared_[]; \
    type* name = reinterpret_cast<type*>(gb_dynamic_shared_)
#else
#include "simulator.h"
struct alignas(8) float2 { float x, y; };
struct alignas(16) float4 { float x, y, z, w; };
struct alignas(8) uint2 { u32 x, y; };
struct alignas(16) uint4 { u32 x, y, z, w; };
struct alignas(16) int4 { int x, y, z, w; };
#define threadIdx (gb_simulator_thread->thread)
#define blockIdx (gb_simulator_thread->block)
#define blockDim (gb_simulator_thread->blockSize)
#define gridDim (gb_simulator_thread->gridSize)
#define GB_DEVICE inline __attribute__((always_inline))
#define GB_UNROLL
#define GB_KERNEL(name, maxThreads, parameters) \
    static void name parameters; \
    static GbSimulatorKernel gb_kernel_##name(#name, maxThreads, __FILE__, __LINE__, &name); \
    static void name parameters
#define GB_SHARED(type, name, dimensions) \
    typedef type gb_type_##name dimensions; \
    static GbSimulatorArray gb_array_##name = {#name, sizeof(gb_type_##name), nullptr, 0}; \
    gb_type_##name& name = *static_cast<gb_type_##name*>(gb_simulator_shared(&gb_array_##name))
#define GB_DYNAMIC_SHARED(type, name) type* name = static_cast<type*>(gb_simulator->dynamicShared())
// Where a warp-wide or block-wide operation was written, for the reports.
#define GB_WHERE , const char* file = __builtin_FILE(), int line = __builtin_LINE()
#define __syncthreads() gb_simulator->barrier(__FILE__, __LINE__)
#endif

// ---------------------------------------------------------------------------------------------- exact arithmetic
// Each is one correctly rounded operation that no compiler contracts or replaces, so both sides give the same bits.
#if GB_DEVICE_BUILD
GB_DEVICE u32 gb_float_bits(float x) { u32 r; asm("mov.b32 %0, %1;" : "=r"(r) : "f"(x)); return r; }
GB_DEVICE float gb_bits_float(u32 x) { float r; asm("mov.b32 %0, %1;" : "=f"(r) : "r"(x)); return r; }
GB_DEVICE float gb_fma(float a, float b, float c) { float r; asm("fma.rn.f32 %0, %1, %2, %3;" : "=f"(r) : "f"(a), "f"(b), "f"(c)); return r; }
GB_DEVICE float gb_product(float a, float b) { float r; asm("mul.rn.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b)); return r; }
GB_DEVICE float gb_div(float a, float b) { float r; asm("div.rn.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b)); return r; }
GB_DEVICE float gb_sqrt(float x) { float r; asm("sqrt.rn.f32 %0, %1;" : "=f"(r) : "f"(x)); return r; }
// The smaller and the larger: NaN if either is NaN, and -0 below +0, like Math.Min and Math.Max.
GB_DEVICE float gb_min(float a, float b) { float r; asm("min.NaN.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b)); return r; }
GB_DEVICE float gb_max(float a, float b) { float r; asm("max.NaN.f32 %0, %1, %2;" : "=f"(r) : "f"(a), "f"(b)); return r; }
#else
GB_DEVICE u32 gb_float_bits(float x) { u32 r; __builtin_memcpy(&r, &x, 4); return r; }
GB_DEVICE float gb_bits_float(u32 x) { float r; __builtin_memcpy(&r, &x, 4); return r; }
GB_DEVICE float gb_fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
GB_DEVICE float gb_product(float a, float b) { return a * b; }
GB_DEVICE float gb_div(float a, float b) { return a / b; }
GB_DEVICE float gb_sqrt(float x) { return __builtin_sqrtf(x); }
GB_DEVICE float gb_min(float a, float b) { return a != a ? a : b != b ? b : a == b ? gb_bits_float(gb_float_bits(a) | gb_float_bits(b)) : a < b ? a : b; }
GB_DEVICE float gb_max(float a, float b) { return a != a ? a : b != b ? b : a == b ? gb_bits_float(gb_float_bits(a) & gb_float_bits(b)) : a > b ? a : b; }
#endif
GB_DEVICE int gb_min(int a, int b) { return a < b ? a : b; }
GB_DEVICE int gb_max(int a, int b) { return a > b ? a : b; }
GB_DEVICE float gb_infinity() { return gb_bits_float(0x7F800000u); }
GB_DEVICE bool gb_is_nan(float x) { return x != x; }
GB_DEVICE bool gb_is_finite(float x) { return (gb_float_bits(x) & 0x7F800000u) != 0x7F800000u; }
// 1 / sqrt(x), within 1 unit in the last place.
GB_DEVICE float gb_rsqrt(float x) { return gb_div(1.0f, gb_sqrt(x)); }

// ---------------------------------------------------------------------------------------------- functions
// The same bits on both sides: only exact operations, in a fixed order. Relative error below 1e-7,
// measured over every float.

// e^x. x = n ln 2 + r with |r| <= ln 2 / 2; e^r by a polynomial of degree 6; 2^n in two exact factors, so that
// overflow and subnormal results round once.
GB_DEVICE float gb_exp(float x) {
    float t = x < -104.0f ? -104.0f : x > 89.0f ? 89.0f : x;
    float shifted = gb_fma(t, 1.44269504f, 12582912.0f);
    float n = shifted - 12582912.0f;
    float r = gb_fma(n, -1.42860677e-6f, gb_fma(n, -0.693145752f, t));
    float p = gb_fma(r, 0.00139261817f, 0.008363178f);
    p = gb_fma(p, r, 0.0416665561f);
    p = gb_fma(p, r, 0.166665763f);
    p = gb_fma(p, r, 0.5f);
    p = gb_fma(gb_product(r, r), p, r) + 1.0f;
    int exponent = (int)(gb_float_bits(shifted) - 0x4B400000u);
    int half = exponent >> 1;
    float first = gb_bits_float((u32)(half + 127) << 23);
    float second = gb_bits_float((u32)(exponent - half + 127) << 23);
    return gb_product(gb_product(p, first), second);
}

// The natural logarithm. x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); log(1 + f) = 2 atanh(s), s = f / (2 + f).
GB_DEVICE float gb_log(float x) {
    bool subnormal = x < 1.17549435e-38f;
    u32 bits = gb_float_bits(subnormal ? gb_product(x, 8388608.0f) : x);
    u32 shifted = bits - 0x3F3504F3u;
    float k = (float)((int)shifted >> 23) - (subnormal ? 23.0f : 0.0f);
    float f = gb_bits_float((shifted & 0x007FFFFFu) + 0x3F3504F3u) - 1.0f;
    float s = gb_div(f, 2.0f + f);
    float z = gb_product(s, s);
    float series = gb_fma(gb_fma(gb_fma(z, 0.222222222f, 0.285714286f), z, 0.4f), z, 0.666666667f);
    float square = gb_product(gb_product(0.5f, f), f);
    float small = gb_fma(s, gb_fma(series, z, square), gb_product(k, 1.42860677e-6f));
    float result = gb_fma(k, 0.693145752f, f - (square - small));
    if (x == 0.0f) return -gb_infinity();
    if (x < 0.0f) return gb_bits_float(0x7FC00000u);
    return gb_is_finite(x) ? result : x;
}

// tanh(x): an odd polynomial up to 1, and 1 - 2 / (e^2x + 1) beyond, where the subtraction loses nothing.
GB_DEVICE float gb_tanh(float x) {
    float a = gb_bits_float(gb_float_bits(x) & 0x7FFFFFFFu);
    float z = gb_product(x, x);
    float p = gb_fma(z, 0.000142793171f, -0.000923500746f);
    p = gb_fma(p, z, 0.00320680323f);
    p = gb_fma(p, z, -0.00869784784f);
    p = gb_fma(p, z, 0.0218295492f);
    p = gb_fma(p, z, -0.0539634153f);
    p = gb_fma(p, z, 0.133333102f);
    p = gb_fma(p, z, -0.333333343f);
    float near = gb_fma(gb_product(x, z), p, x);
    float far = 1.0f - gb_div(2.0f, gb_exp(gb_product(2.0f, a)) + 1.0f);
    float result = gb_bits_float(gb_float_bits(a < 1.0f ? near : far) | (gb_float_bits(x) & 0x80000000u));
    return gb_is_nan(x) ? x : result;
}

struct gb_words { u32 a, b, c, d; };

// Philox4x32-10, bit for bit Philox.Words of Gimbal.Trainer: counter = (counterLow, counterHigh, step, stream), key = seed.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
GB_DEVICE gb_words gb_philox(u32 seedLow, u32 seedHigh, u32 stream, u32 step, u32 counterLow, u32 counterHigh) {
    gb_words w = {counterLow, counterHigh, step, stream};
    GB_UNROLL
    for (int round = 0; round < 10; round++) {
        u64 left = (u64)0xD2511F53u * w.a;
        u64 right = (u64)0xCD9E8D57u * w.c;
        w = gb_words{(u32)(right >> 32) ^ w.b ^ seedLow, (u32)right, (u32)(left >> 32) ^ w.d ^ seedHigh, (u32)left};
        seedLow += 0x9E3779B9u;
        seedHigh += 0xBB67AE85u;
    }
    return w;
}

// Uniform in [0, 1) on a grid of 2^-24, bit for bit Philox.ToUniform.
GB_DEVICE float gb_uniform(u32 word) { return gb_product((float)(word >> 8), 1.0f / (1 << 24)); }

// ---------------------------------------------------------------------------------------------- memory
// gb_load_cached: data no kernel writes during this launch (read-only path). gb_load_streaming: data read once (evicted
// first). gb_load_global: data another block of this launch wrote before its gb_fence (read from L2; L1 is not coherent).
#if GB_DEVICE_BUILD
#define GB_LOADS(name, modifier) \
    GB_DEVICE float name(const float* p) { float r; asm volatile("ld.global." modifier ".f32 %0, [%1];" : "=f"(r) : "l"(p) : "memory"); return r; } \
    GB_DEVICE int name(const int* p) { int r; asm volatile("ld.global." modifier ".b32 %0, [%1];" : "=r"(r) : "l"(p) : "memory"); return r; } \
    GB_DEVICE float4 name(const float4* p) { \
        float4 r; \
        asm volatile("ld.global." modifier ".v4.f32 {%0, %1, %2, %3}, [%4];" : "=f"(r.x), "=f"(r.y), "=f"(r.z), "=f"(r.w) : "l"(p) : "memory"); \
        return r; \
    }
GB_LOADS(gb_load_cached, "nc")
GB_LOADS(gb_load_streaming, "cs")
GB_LOADS(gb_load_global, "cg")
// The ticket this block drew: counts 0, 1, ..., limit and wraps to 0. Memory order comes from gb_fence on both sides of it.
GB_DEVICE u32 gb_ticket(u32* counter, u32 limit) { u32 r; asm volatile("atom.global.inc.u32 %0, [%1], %2;" : "=r"(r) : "l"(counter), "r"(limit) : "memory"); return r; }
// Makes this thread's writes visible to the device before anything it writes later.
GB_DEVICE void gb_fence() { asm volatile("membar.gl;" ::: "memory"); }
// Sixteen bytes from global to shared memory, in the background; zeros where valid is false (the address is not read).
GB_DEVICE void gb_cp_async16(void* shared, const void* global, bool valid = true) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(gb_shared_address(shared)), "l"(global), "r"(valid ? 16 : 0) : "memory");
}
GB_DEVICE void gb_cp_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
// Waits until at most Pending of this thread's committed groups are under way. A barrier publishes them to the block.
template <int Pending> GB_DEVICE void gb_cp_wait() { asm volatile("cp.async.wait_group %0;" ::"n"(Pending) : "memory"); }
#else
template <class T> GB_DEVICE T gb_load_cached(const T* p) { return *p; }
template <class T> GB_DEVICE T gb_load_streaming(const T* p) { return *p; }
template <class T> GB_DEVICE T gb_load_global(const T* p GB_WHERE) { T r; gb_simulator->loadGlobal(&r, p, sizeof(T), file, line); return r; }
GB_DEVICE u32 gb_ticket(u32* counter, u32 limit GB_WHERE) { return gb_simulator->ticket(counter, limit, file, line); }
GB_DEVICE void gb_fence() { gb_simulator->fence(); }
GB_DEVICE void gb_cp_async16(void* shared, const void* global, bool valid = true GB_WHERE) { gb_simulator->copyAsync(shared, valid ? global : nullptr, file, line); }
GB_DEVICE void gb_cp_commit() { gb_simulator->copyCommit(); }
template <int Pending> GB_DEVICE void gb_cp_wait() { gb_simulator->copyWait(Pending); }
#endif

// ---------------------------------------------------------------------------------------------- warps
// Every one is called by all 32 lanes of a warp at the same place. Host twins run once per warp, over the lanes' operands.
struct gb_mma_operands { float (&d)[4]; const u32 (&a)[4]; const u32 (&b)[2]; };
struct gb_matrix_operands { u32* fragments; const void* row; };
#if GB_DEVICE_BUILD
GB_DEVICE u32 gb_shuffle_xor(u32 value, int mask) { u32 r; asm volatile("shfl.sync.bfly.b32 %0, %1, %2, 31, 0xffffffff;" : "=r"(r) : "r"(value), "r"(mask)); return r; }
GB_DEVICE u32 gb_shuffle_down(u32 value, int by) { u32 r; asm volatile("shfl.sync.down.b32 %0, %1, %2, 31, 0xffffffff;" : "=r"(r) : "r"(value), "r"(by)); return r; }
GB_DEVICE float gb_shuffle_xor(float value, int mask) { return gb_bits_float(gb_shuffle_xor(gb_float_bits(value), mask)); }
GB_DEVICE float gb_shuffle_down(float value, int by) { return gb_bits_float(gb_shuffle_down(gb_float_bits(value), by)); }
GB_DEVICE int gb_shuffle_xor(int value, int mask) { return (int)gb_shuffle_xor((u32)value, mask); }
GB_DEVICE int gb_shuffle_down(int value, int by) { return (int)gb_shuffle_down((u32)value, by); }
GB_DEVICE u32 gb_ballot(bool predicate) {
    u32 r;
    asm volatile("{.reg .pred p; setp.ne.u32 p, %1, 0; vote.sync.ballot.b32 %0, p, 0xffffffff;}" : "=r"(r) : "r"((u32)predicate));
    return r;
}
// Four 8x8 matrices of 16-bit elements from shared memory: lane l gives the address of row l % 8 of matrix l / 8 (16 bytes).
GB_DEVICE void gb_ldmatrix_x4(u32 (&fragments)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(fragments[0]), "=r"(fragments[1]), "=r"(fragments[2]), "=r"(fragments[3]) : "r"(gb_shared_address(row)) : "memory");
}
// The same, each matrix transposed.
GB_DEVICE void gb_ldmatrix_x4_trans(u32 (&fragments)[4], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(fragments[0]), "=r"(fragments[1]), "=r"(fragments[2]), "=r"(fragments[3]) : "r"(gb_shared_address(row)) : "memory");
}
// Two 8x8 matrices, transposed; lanes 0 to 15 give the rows.
GB_DEVICE void gb_ldmatrix_x2_trans(u32 (&fragments)[2], const void* row) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];" : "=r"(fragments[0]), "=r"(fragments[1]) : "r"(gb_shared_address(row)) : "memory");
}
// D (16x8, fp32) += A (16x16, bf16, row major) B (16x8, bf16, column major); fragments as in the PTX ISA, mma.m16n8k16.
GB_DEVICE void gb_mma_bf16(float (&d)[4], const u32 (&a)[4], const u32 (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3]) : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
// Two bf16 in one word, rounded to nearest even.
GB_DEVICE u32 gb_pack_bf16(float low, float high) { u32 r; asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(r) : "f"(high), "f"(low)); return r; }
#else
struct gb_shuffle_operands { u32 value, result; int amount; };
static inline void gb_twin_shuffle_xor(void** lanes) {
    for (int lane = 0; lane < 32; lane++) {
        gb_shuffle_operands* own = static_cast<gb_shuffle_operands*>(lanes[lane]);
        own->result = static_cast<gb_shuffle_operands*>(lanes[(lane ^ own->amount) & 31])->value;
    }
}
static inline void gb_twin_shuffle_down(void** lanes) {
    for (int lane = 0; lane < 32; lane++) {
        gb_shuffle_operands* own = static_cast<gb_shuffle_operands*>(lanes[lane]);
        own->result = static_cast<gb_shuffle_operands*>(lanes[lane + own->amount < 32 ? lane + own->amount : lane])->value;
    }
}
static inline void gb_twin_ballot(void** lanes) {
    u32 votes = 0;
    for (int lane = 0; lane < 32; lane++) votes |= static_cast<gb_shuffle_operands*>(lanes[lane])->value << lane;
    for (int lane = 0; lane < 32; lane++) static_cast<gb_shuffle_operands*>(lanes[lane])->result = votes;
}
GB_DEVICE u32 gb_shuffle_xor(u32 value, int mask GB_WHERE) {
    gb_shuffle_operands operands = {value, 0, mask};
    gb_simulator->collective(gb_twin_shuffle_xor, "gb_shuffle_xor", &operands, file, line);
    return operands.result;
}
GB_DEVICE u32 gb_shuffle_down(u32 value, int by GB_WHERE) {
    gb_shuffle_operands operands = {value, 0, by};
    gb_simulator->collective(gb_twin_shuffle_down, "gb_shuffle_down", &operands, file, line);
    return operands.result;
}
GB_DEVICE float gb_shuffle_xor(float value, int mask GB_WHERE) { return gb_bits_float(gb_shuffle_xor(gb_float_bits(value), mask, file, line)); }
GB_DEVICE float gb_shuffle_down(float value, int by GB_WHERE) { return gb_bits_float(gb_shuffle_down(gb_float_bits(value), by, file, line)); }
GB_DEVICE int gb_shuffle_xor(int value, int mask GB_WHERE) { return (int)gb_shuffle_xor((u32)value, mask, file, line); }
GB_DEVICE int gb_shuffle_down(int value, int by GB_WHERE) { return (int)gb_shuffle_down((u32)value, by, file, line); }
GB_DEVICE u32 gb_ballot(bool predicate GB_WHERE) {
    gb_shuffle_operands operands = {predicate ? 1u : 0u, 0, 0};
    gb_simulator->collective(gb_twin_ballot, "gb_ballot", &operands, file, line);
    return operands.result;
}
static inline u32 gb_twin_element(const void* row, int column) { return static_cast<const u16*>(row)[column]; }
template <int Matrices, bool Transposed> static inline void gb_twin_ldmatrix(void** lanes) {
    for (int lane = 0; lane < 32; lane++)
        for (int matrix = 0; matrix < Matrices; matrix++) {
            u32 pair = 0;
            for (int half = 0; half < 2; half++) {
                int along = (lane & 3) * 2 + half, across = lane >> 2;
                const gb_matrix_operands* from = static_cast<gb_matrix_operands*>(lanes[matrix * 8 + (Transposed ? along : across)]);
                pair |= gb_twin_element(from->row, Transposed ? across : along) << 16 * half;
            }
            static_cast<gb_matrix_operands*>(lanes[lane])->fragments[matrix] = pair;
        }
}
GB_DEVICE void gb_ldmatrix_x4(u32 (&fragments)[4], const void* row GB_WHERE) {
    gb_matrix_operands operands = {fragments, row};
    gb_simulator->matrixRow(row, 4, file, line);
    gb_simulator->collective(gb_twin_ldmatrix<4, false>, "gb_ldmatrix_x4", &operands, file, line);
}
GB_DEVICE void gb_ldmatrix_x4_trans(u32 (&fragments)[4], const void* row GB_WHERE) {
    gb_matrix_operands operands = {fragments, row};
    gb_simulator->matrixRow(row, 4, file, line);
    gb_simulator->collective(gb_twin_ldmatrix<4, true>, "gb_ldmatrix_x4_trans", &operands, file, line);
}
GB_DEVICE void gb_ldmatrix_x2_trans(u32 (&fragments)[2], const void* row GB_WHERE) {
    gb_matrix_operands operands = {fragments, row};
    gb_simulator->matrixRow(row, 2, file, line);
    gb_simulator->collective(gb_twin_ldmatrix<2, true>, "gb_ldmatrix_x2_trans", &operands, file, line);
}
static inline void gb_twin_mma(void** lanes) {
    float a[16][16], b[16][8];
    for (int lane = 0; lane < 32; lane++) {
        const gb_mma_operands* own = static_cast<gb_mma_operands*>(lanes[lane]);
        for (int half = 0; half < 2; half++) {
            int row = lane >> 2, column = (lane & 3) * 2 + half;
            for (int part = 0; part < 4; part++) a[row + (part & 1) * 8][column + (part >> 1) * 8] = gb_bits_float(own->a[part] >> 16 * half << 16);
            for (int part = 0; part < 2; part++) b[column + part * 8][row] = gb_bits_float(own->b[part] >> 16 * half << 16);
        }
    }
    for (int lane = 0; lane < 32; lane++)
        for (int part = 0; part < 4; part++) {
            int row = (lane >> 2) + (part >> 1) * 8, column = (lane & 3) * 2 + (part & 1);
            float sum = 0;
            for (int k = 0; k < 16; k++) sum += a[row][k] * b[k][column];
            static_cast<gb_mma_operands*>(lanes[lane])->d[part] += sum;
        }
}
GB_DEVICE void gb_mma_bf16(float (&d)[4], const u32 (&a)[4], const u32 (&b)[2] GB_WHERE) {
    gb_mma_operands operands = {d, a, b};
    gb_simulator->collective(gb_twin_mma, "gb_mma_bf16", &operands, file, line);
}
GB_DEVICE u32 gb_twin_bf16(float x) {
    u32 bits = gb_float_bits(x);
    return x != x ? 0x7FFFu : (bits + 0x7FFFu + (bits >> 16 & 1)) >> 16;
}
GB_DEVICE u32 gb_pack_bf16(float low, float high) { return gb_twin_bf16(low) | gb_twin_bf16(high) << 16; }
#endif
