// Matrix products of 8-bit floating point by mma.sync m16n8k32: see gemm_mma.cuh for the idea and the launch. For sm_89 and later.
// Shows: e4m3 and e5m2 operands, also mixed.

#include "gemm_mma.cuh"

namespace gemm {
GEMM_MMA(E4m3, float, "f", "m16n8k32.row.col.f32.e4m3.e4m3.f32");
GEMM_MMA(E5m2, float, "f", "m16n8k32.row.col.f32.e5m2.e5m2.f32");
GEMM_MMA(Mixed, float, "f", "m16n8k32.row.col.f32.e4m3.e5m2.f32");
}  // namespace gemm

extern "C" __global__ void __launch_bounds__(128) gemm_mma_e4m3(const void* a, const void* b, float* c, int m, int n, int k) {
  gemm::multiply<gemm::E4m3>(a, b, c, m, n, k);
}

extern "C" __global__ void __launch_bounds__(128) gemm_mma_e5m2(const void* a, const void* b, float* c, int m, int n, int k) {
  gemm::multiply<gemm::E5m2>(a, b, c, m, n, k);
}

extern "C" __global__ void __launch_bounds__(128) gemm_mma_e4m3_e5m2(const void* a, const void* b, float* c, int m, int n, int k) {
  gemm::multiply<gemm::Mixed>(a, b, c, m, n, k);
}
