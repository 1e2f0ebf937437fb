// What the lanes of a warp can tell each other.
// Launch: one block of 32, 64 or 128 (warp_groups: 128); one element a thread; row r of the output is one operation.
// Shows: shfl.sync in its four modes, with widths and partial masks in both arms of a branch; vote, match, activemask; redux (sm_80);
//        %lanemask_*, bar.warp.sync; cooperative groups: tiles, coalesced lanes, a tile of two warps; bar.red.

#include <cooperative_groups.h>

namespace cg = cooperative_groups;
constexpr unsigned ALL = 0xffffffffu;

// Nine rows.
extern "C" __global__ void warp_shuffle(const int* in, int* out) {
  int t = threadIdx.x, n = blockDim.x, lane = t % 32, x = in[t];
  out[0 * n + t] = __shfl_sync(ALL, x, (lane * 7 + 3) % 32);
  out[1 * n + t] = __shfl_up_sync(ALL, x, 5);
  out[2 * n + t] = __shfl_down_sync(ALL, x, 9);
  out[3 * n + t] = __shfl_xor_sync(ALL, x, 21);
  out[4 * n + t] = __shfl_sync(ALL, x, 11, 8);
  out[5 * n + t] = __shfl_up_sync(ALL, x, 3, 16);
  out[6 * n + t] = __shfl_down_sync(ALL, x, 2, 4);
  int arm;
  if (lane % 3 == 0)  // lanes 0, 3, ... 30 here, the others there, at the same time
    arm = __shfl_sync(0x49249249u, x, lane / 6 * 6);
  else
    arm = __shfl_sync(~0x49249249u, x, 31) + 1000;
  out[7 * n + t] = arm;
  long long wide = __shfl_sync(ALL, static_cast<long long>(x) << 20, 31 - lane);
  int lower, valid;
  asm volatile("{ .reg .pred p; shfl.sync.up.b32 %0|p, %2, 4, 0, -1; selp.s32 %1, 1, 0, p; }" : "=r"(lower), "=r"(valid) : "r"(x));
  out[8 * n + t] = static_cast<int>(wide >> 16) + lower * 2 + valid;
}

// Nine rows.
extern "C" __global__ void warp_vote(const int* in, unsigned* out) {
  int t = threadIdx.x, n = blockDim.x, lane = t % 32, x = in[t];
  unsigned below, above;
  asm("mov.u32 %0, %%lanemask_lt;" : "=r"(below));
  asm("mov.u32 %0, %%lanemask_ge;" : "=r"(above));
  out[0 * n + t] = __ballot_sync(ALL, x & 1);
  out[1 * n + t] = __any_sync(ALL, x == 5) * 2 + __all_sync(ALL, x < 1000);
  out[2 * n + t] = __match_any_sync(ALL, x & 3);
  int same;
  out[3 * n + t] = __match_all_sync(ALL, x & 1024, &same) + same;
  out[4 * n + t] = __match_any_sync(ALL, static_cast<long long>(x & 7) << 33);
  unsigned arm = 0;
  if (lane < 20)
    arm = __ballot_sync(0xfffffu, x & 2);
  else
    arm = __ballot_sync(0xfff00000u, x & 4);
  __syncwarp();
  out[5 * n + t] = arm;
  out[6 * n + t] = __popc(__ballot_sync(ALL, x & 8) & below) + 100 * __popc(above);
  out[7 * n + t] = __syncthreads_count(x & 1) * 4 + __syncthreads_and(x < 1000) * 2 + __syncthreads_or(x == 77);
  out[8 * n + t] = __activemask() >> lane & 1;
}

#if __CUDA_ARCH__ >= 800
// Seven rows.
extern "C" __global__ void warp_redux(const int* in, unsigned* out) {
  int t = threadIdx.x, n = blockDim.x, x = in[t];
  unsigned u = x;
  out[0 * n + t] = __reduce_add_sync(ALL, x);
  out[1 * n + t] = __reduce_min_sync(ALL, x) + __reduce_max_sync(ALL, x);
  out[2 * n + t] = __reduce_min_sync(ALL, u);
  out[3 * n + t] = __reduce_max_sync(ALL, u);
  out[4 * n + t] = __reduce_and_sync(ALL, u | 0xff);
  out[5 * n + t] = __reduce_or_sync(ALL, u);
  unsigned arm;
  if (t % 32 < 7)
    arm = __reduce_xor_sync(0x7fu, u);
  else
    arm = __reduce_add_sync(~0x7fu, u);
  out[6 * n + t] = arm;
}
#endif

static __device__ int sum(const cg::thread_group& group, int* space, int x) {
  int rank = group.thread_rank();
  for (int half = group.size() / 2; half > 0; half /= 2) {
    space[rank] = x;
    group.sync();
    if (rank < half) x += space[rank + half];
    group.sync();
  }
  return x;
}

// Five rows: sums over tiles of 8, over the lanes that took a branch, over a tile of two warps, over the block, and ranks.
extern "C" __global__ void warp_groups(const int* in, int* out) {
  __shared__ int space[128];
  __shared__ cg::block_tile_memory<128> tileSpace;
  int t = threadIdx.x, n = blockDim.x, x = in[t];
  cg::thread_block block = cg::this_thread_block(tileSpace);
  cg::thread_block_tile<8> tile = cg::tiled_partition<8>(cg::tiled_partition<32>(block));
  int y = x;
  for (int i = tile.size() / 2; i > 0; i /= 2) y += tile.shfl_xor(y, i);
  out[0 * n + t] = y;
  int branch = 0;
  if (x % 3 == 0) {
    cg::coalesced_group took = cg::coalesced_threads();
    branch = took.shfl(x, 0) + 1000 * took.size() + 100000 * took.thread_rank();
  }
  out[1 * n + t] = branch;
  auto two = cg::tiled_partition<64>(block);
  int first = two.shfl(x, 3);
  two.sync();
  out[2 * n + t] = first + two.any(x == 5);
  int total = sum(block, space, x);
  out[3 * n + t] = t == 0 ? total : 0;
  out[4 * n + t] = tile.meta_group_rank() * 100 + tile.thread_rank();
}
