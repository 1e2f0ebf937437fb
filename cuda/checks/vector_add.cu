// Vector add: the smallest complete kernels.
// Idea: one element a thread; the guard `i < n` keeps the tail of the last block from writing past the end.
//       vector_add_strided walks the array in a grid-stride loop, four floats at a time, and finishes the tail one by one.
// Launch: any grid, any block.
// Shows: ld/st.global, ld/st.global.v4, 64-bit address arithmetic, predicates, a loop.

extern "C" __global__ void vector_add(const float* a, const float* b, float* c, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) c[i] = a[i] + b[i];
}

extern "C" __global__ void vector_add_strided(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c, int n) {
  int first = blockIdx.x * blockDim.x + threadIdx.x, step = gridDim.x * blockDim.x, quads = n / 4;
  for (int i = first; i < quads; i += step) {
    float4 x = reinterpret_cast<const float4*>(a)[i], y = reinterpret_cast<const float4*>(b)[i];
    reinterpret_cast<float4*>(c)[i] = make_float4(x.x + y.x, x.y + y.y, x.z + y.z, x.w + y.w);
  }
  for (int i = 4 * quads + first; i < n; i += step) c[i] = a[i] + b[i];
}
