// Tiled matrix product on the tensor cores, C[M][N] = A[M][K] * B[N][K]^T, for every element type by one template.
// Idea: seen as bytes, the fragments of m16n8k16 (f16, bf16), m16n8k8 (tf32) and m16n8k32 (s8, fp8) are the same: a K step is 32 bytes
//       of a row, and ldmatrix without .trans delivers them. So only the mma instruction differs from type to type.
//       A block computes 64 x 64 with four warps of 32 x 32. Slices of K, 64 bytes a row, travel by cp.async through a ring of four stages:
//       three are in flight while one is used. 16-byte chunks are swizzled so that ldmatrix meets no bank conflict.
// Limits: K in bytes a multiple of 16; tails in M, N and K are filled with zeros by the source size of cp.async.
// Launch: grid (ceil(N / 64), ceil(M / 64)), block 128.
#pragma once

namespace gemm {

constexpr int STAGES = 4, TILE = 64, ROW_BYTES = 64, STAGE_BYTES = TILE * ROW_BYTES;

// Where chunk 0..3 of a row lies: two rows fill the 128 bytes of all banks, so every second row shifts the chunks.
static __device__ int chunkOffset(int row, int chunk) { return row * ROW_BYTES + ((chunk ^ ((row >> 1) & 3)) << 4); }

static __device__ void copyAsync(unsigned to, const void* from, int bytes) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from), "r"(bytes) : "memory");
}

static __device__ void loadMatrix4(unsigned (&r)[4], unsigned address) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
               : "r"(address)
               : "memory");
}

// One operand's slice of K into its stage: 64 rows of four chunks, two chunks a thread.
static __device__ void loadTile(unsigned stage, const char* matrix, int firstRow, int rows, int kByte, int kBytes) {
  for (int i = threadIdx.x; i < TILE * 4; i += 128) {
    int row = i / 4, chunk = i % 4, column = kByte + chunk * 16;
    bool inside = firstRow + row < rows && column < kBytes;
    const char* from = inside ? matrix + (long long)(firstRow + row) * kBytes + column : matrix;
    copyAsync(stage + chunkOffset(row, chunk), from, inside ? 16 : 0);
  }
}

// Mma::run(d, a, b) adds one 16 x 8 product to four accumulators of type Mma::Sum.
template <class Mma>
static __device__ void multiply(const void* a, const void* b, typename Mma::Sum* c, int m, int n, int kBytes) {
  __shared__ __align__(128) char stages[STAGES][2][STAGE_BYTES];
  unsigned shared = static_cast<unsigned>(__cvta_generic_to_shared(stages));
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
  int rowOfBlock = blockIdx.y * TILE, columnOfBlock = blockIdx.x * TILE;
  int rowOfWarp = warp / 2 * 32, columnOfWarp = warp % 2 * 32;
  typename Mma::Sum sums[2][4][4] = {};

  int slices = (kBytes + ROW_BYTES - 1) / ROW_BYTES;
  auto load = [&](int slice) {
    unsigned stage = shared + slice % STAGES * 2 * STAGE_BYTES;
    if (slice < slices) {
      loadTile(stage, static_cast<const char*>(a), rowOfBlock, m, slice * ROW_BYTES, kBytes);
      loadTile(stage + STAGE_BYTES, static_cast<const char*>(b), columnOfBlock, n, slice * ROW_BYTES, kBytes);
    }
    asm volatile("cp.async.commit_group;" ::: "memory");  // also when empty: the count of groups stays in step with the slices
  };
  for (int slice = 0; slice < STAGES - 1; ++slice) load(slice);

#pragma unroll 1
  for (int slice = 0; slice < slices; ++slice) {
    asm volatile("cp.async.wait_group %0;" ::"n"(STAGES - 2) : "memory");
    __syncthreads();          // the slice is there for all, and all are done with the stage that is filled next
    load(slice + STAGES - 1);
    unsigned stageA = shared + slice % STAGES * 2 * STAGE_BYTES, stageB = stageA + STAGE_BYTES;
    for (int step = 0; step < 2; ++step) {
      unsigned fragmentA[2][4], fragmentB[2][4];
      for (int i = 0; i < 2; ++i) {
        loadMatrix4(fragmentA[i], stageA + chunkOffset(rowOfWarp + i * 16 + lane % 16, step * 2 + lane / 16));
        loadMatrix4(fragmentB[i], stageB + chunkOffset(columnOfWarp + i * 16 + lane % 8 + lane / 16 * 8, step * 2 + lane / 8 % 2));
      }
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 4; ++j) Mma::run(sums[i][j], fragmentA[i], &fragmentB[j / 2][j % 2 * 2]);
    }
  }
  asm volatile("cp.async.wait_all;" ::: "memory");

  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 4; ++j)
      for (int e = 0; e < 4; ++e) {
        int row = rowOfBlock + rowOfWarp + i * 16 + lane / 4 + e / 2 * 8;
        int column = columnOfBlock + columnOfWarp + j * 8 + lane % 4 * 2 + e % 2;
        if (row < m && column < n) c[(long long)row * n + column] = sums[i][j][e];
      }
}

// The four-operand-register form that all these shapes share.
#define GEMM_MMA(NAME, SUM, CONSTRAINT, SHAPE_AND_TYPES)                                                            \
  struct NAME {                                                                                                     \
    using Sum = SUM;                                                                                                \
    static __device__ void run(Sum (&d)[4], const unsigned (&a)[4], const unsigned* b) {                            \
      asm volatile("mma.sync.aligned." SHAPE_AND_TYPES " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};" \
                   : "+" CONSTRAINT(d[0]), "+" CONSTRAINT(d[1]), "+" CONSTRAINT(d[2]), "+" CONSTRAINT(d[3])         \
                   : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));                             \
    }                                                                                                               \
  }

}  // namespace gemm
