// A heat equation in one kernel: the whole grid waits for itself between time steps.
// Idea: two buffers; each step reads one and writes the other, so a grid-wide barrier a step is all the order that is needed.
// Launch: cooperative; any grid that is resident at once. The result is in `a` for an even number of steps, else in `b`.
// Shows: cooperative groups' grid.sync (%envreg1/2, atom.add.release.gpu, ld.acquire.gpu), weak accesses between blocks that are ordered by it.

#include <cooperative_groups.h>

extern "C" __global__ void stencil_grid(float* a, float* b, int n, int steps) {
  auto grid = cooperative_groups::this_grid();
  float *from = a, *to = b;
  for (int step = 0; step < steps; ++step) {
    for (int i = grid.thread_rank(); i < n; i += grid.num_threads()) {
      float left = i > 0 ? from[i - 1] : 0, right = i + 1 < n ? from[i + 1] : 0;
      to[i] = 0.25f * left + 0.5f * from[i] + 0.25f * right;
    }
    grid.sync();
    float* swap = from;
    from = to;
    to = swap;
  }
}
