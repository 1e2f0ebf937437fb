// Matrix products by mma.sync, ldmatrix and a four-stage cp.async pipeline: see gemm_mma.cuh for the idea and the launch.
// Shows: mma.sync m16n8k16 f16 and bf16, m16n8k8 tf32, m16n8k32 s8; ldmatrix.x4; cp.async with a source size, commit and wait groups.
// The kernels take K in elements. tf32 reads f32 and lets mma drop the low 13 bits.

#include "gemm_mma.cuh"

namespace gemm {
GEMM_MMA(F16, float, "f", "m16n8k16.row.col.f32.f16.f16.f32");
GEMM_MMA(Bf16, float, "f", "m16n8k16.row.col.f32.bf16.bf16.f32");
GEMM_MMA(Tf32, float, "f", "m16n8k8.row.col.f32.tf32.tf32.f32");
GEMM_MMA(S8, int, "r", "m16n8k32.row.col.s32.s8.s8.s32");
}  // namespace gemm

extern "C" __global__ void __launch_bounds__(128) gemm_mma_f16(const void* a, const void* b, float* c, int m, int n, int k) {
  gemm::multiply<gemm::F16>(a, b, c, m, n, k * 2);
}

extern "C" __global__ void __launch_bounds__(128) gemm_mma_bf16(const void* a, const void* b, float* c, int m, int n, int k) {
  gemm::multiply<gemm::Bf16>(a, b, c, m, n, k * 2);
}

extern "C" __global__ void __launch_bounds__(128) gemm_mma_tf32(const void* a, const void* b, float* c, int m, int n, int k) {
  gemm::multiply<gemm::Tf32>(a, b, c, m, n, k * 4);
}

extern "C" __global__ void __launch_bounds__(128) gemm_mma_s8(const void* a, const void* b, int* c, int m, int n, int k) {
  gemm::multiply<gemm::S8>(a, b, c, m, n, k);
}
