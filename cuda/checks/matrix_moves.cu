// Moves of 8 x 8 matrices between the lanes of a warp and shared memory.
// Launch: one block of 32.
// Shows: ldmatrix x1, x2, x4 with and without .trans, movmatrix; stmatrix (sm_90).

static __device__ unsigned sharedAddress(const void* p) { return static_cast<unsigned>(__cvta_generic_to_shared(p)); }

// in: 32 x 8 u16, four matrices below each other. out[13][32]: x4, x4.trans, x2.trans, x1, then movmatrix of the first two fragments.
extern "C" __global__ void matrix_load(const uint4* in, unsigned* out) {
  __shared__ uint4 rows[32];
  int lane = threadIdx.x;
  rows[lane] = in[lane];
  __syncwarp();
  unsigned r[13], address = sharedAddress(&rows[lane]);
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3]) : "r"(address));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];" : "=r"(r[4]), "=r"(r[5]), "=r"(r[6]), "=r"(r[7]) : "r"(address));
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];" : "=r"(r[8]), "=r"(r[9]) : "r"(sharedAddress(&rows[lane % 16 + 16])));
  asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];" : "=r"(r[10]) : "r"(sharedAddress(&rows[lane % 8 + 8])));
  asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(r[11]) : "r"(r[0]));
  asm volatile("movmatrix.sync.aligned.m8n8.trans.b16 %0, %1;" : "=r"(r[12]) : "r"(r[5]));
  for (int i = 0; i < 13; ++i) out[i * 32 + lane] = r[i];
}

#if __CUDA_ARCH__ >= 900
// in: four fragments [4][32]. out: 64 x 8 u16: stored as they are, then transposed.
extern "C" __global__ void matrix_store(const unsigned* in, uint4* out) {
  __shared__ uint4 rows[64];
  int lane = threadIdx.x;
  unsigned r[4];
  for (int i = 0; i < 4; ++i) r[i] = in[i * 32 + lane];
  asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(sharedAddress(&rows[lane])), "r"(r[0]), "r"(r[1]), "r"(r[2]), "r"(r[3]) : "memory");
  asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(sharedAddress(&rows[32 + lane])), "r"(r[0]), "r"(r[1]), "r"(r[2]), "r"(r[3]) : "memory");
  __syncwarp();
  out[lane] = rows[lane];
  out[32 + lane] = rows[32 + lane];
}

// A barrier that also counts bytes: thread 0 announces what the other lanes report as arrived.
extern "C" __global__ void mbarrier_transactions(const unsigned* in, unsigned* out) {
  __shared__ unsigned long long barrier;
  __shared__ unsigned data[32];
  unsigned b = sharedAddress(&barrier), lane = threadIdx.x, done = 0;
  if (lane == 0) asm volatile("mbarrier.init.shared.b64 [%0], 1;" ::"r"(b) : "memory");
  __syncwarp();
  if (lane == 0) asm volatile("{ .reg .b64 s; mbarrier.arrive.expect_tx.shared.b64 s, [%0], 124; }" ::"r"(b) : "memory");
  __syncwarp();
  data[lane] = in[lane];
  if (lane > 0) asm volatile("{ fence.acq_rel.cta; mbarrier.complete_tx.relaxed.cta.shared::cluster.b64 [%0], 4; }" ::"r"(b) : "memory");
  while (!done)
    asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.shared.b64 p, [%1], 0; selp.u32 %0, 1, 0, p; }" : "=r"(done) : "r"(b) : "memory");
  __syncwarp();
  out[lane] = data[31 - lane];
}
#endif
