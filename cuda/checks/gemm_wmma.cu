// Matrix products through the warp-matrix API, one warp a tile of C: D[M][N] = A[M][K] * B[K][N] + C[M][N].
// Idea: the oldest interface to the tensor cores; fragments are loaded from global memory straight away, so nothing else is in the way.
// Launch: grid (N / tile columns, M / tile rows), block 32; M, N, K multiples of the tile.
// Shows: wmma.load/mma/store for f16 in three shapes, bf16, s8, u8, tf32, f64, f16 accumulators, row and column major.

#include <cuda_bf16.h>
#include <mma.h>

using namespace nvcuda;

template <int M, int N, int K, class In, class Memory, class LayoutB, class Out>
static __device__ void multiply(const Memory* a, const Memory* b, const Out* c, Out* d, int n, int k) {
  wmma::fragment<wmma::matrix_a, M, N, K, In, wmma::row_major> fragmentA;
  wmma::fragment<wmma::matrix_b, M, N, K, In, LayoutB> fragmentB;
  wmma::fragment<wmma::accumulator, M, N, K, Out> sum;
  constexpr bool columns = std::is_same<LayoutB, wmma::col_major>::value;
  int row = blockIdx.y * M, column = blockIdx.x * N;
  wmma::load_matrix_sync(sum, c + row * n + column, n, wmma::mem_row_major);
  for (int i = 0; i < k; i += K) {
    wmma::load_matrix_sync(fragmentA, a + row * k + i, k);
    wmma::load_matrix_sync(fragmentB, columns ? b + column * k + i : b + i * n + column, columns ? k : n);
    wmma::mma_sync(sum, fragmentA, fragmentB, sum);
  }
  wmma::store_matrix_sync(d + row * n + column, sum, n, wmma::mem_row_major);
}

#define WMMA_KERNEL(NAME, M, N, K, IN, MEMORY, LAYOUT_B, OUT)                                                       \
  extern "C" __global__ void NAME(const MEMORY* a, const MEMORY* b, const OUT* c, OUT* d, int n, int k) {           \
    multiply<M, N, K, IN, MEMORY, wmma::LAYOUT_B>(a, b, c, d, n, k);                                                \
  }

WMMA_KERNEL(gemm_wmma_f16, 16, 16, 16, half, half, row_major, float)
WMMA_KERNEL(gemm_wmma_f16_columns, 16, 16, 16, half, half, col_major, float)
WMMA_KERNEL(gemm_wmma_f16_m32n8, 32, 8, 16, half, half, row_major, float)
WMMA_KERNEL(gemm_wmma_f16_m8n32, 8, 32, 16, half, half, row_major, float)
WMMA_KERNEL(gemm_wmma_f16_f16, 16, 16, 16, half, half, row_major, half)
WMMA_KERNEL(gemm_wmma_bf16, 16, 16, 16, __nv_bfloat16, __nv_bfloat16, row_major, float)
WMMA_KERNEL(gemm_wmma_s8, 16, 16, 16, signed char, signed char, row_major, int)
WMMA_KERNEL(gemm_wmma_u8, 16, 16, 16, unsigned char, unsigned char, row_major, int)
WMMA_KERNEL(gemm_wmma_tf32, 16, 16, 8, wmma::precision::tf32, float, row_major, float)
WMMA_KERNEL(gemm_wmma_f64, 8, 8, 4, double, double, row_major, double)
