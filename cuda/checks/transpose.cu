// Matrix transpose through a 32 x 32 tile in shared memory.
// Idea: rows are read and written along memory. In transpose_conflicts a column of the tile lies in one bank: 32-way conflicts;
//       transpose_padded adds one word a row and has none.
// Launch: grid (ceil(columns / 32), ceil(rows / 32)), block (32, 8).
// Shows: two-dimensional blocks, bank conflicts as the counters must see them, guards on both edges.

template <int PITCH>
static __device__ void transpose(const unsigned* in, unsigned* out, int rows, int columns) {
  __shared__ unsigned tile[32][PITCH];
  int column = blockIdx.x * 32 + threadIdx.x, row = blockIdx.y * 32 + threadIdx.y;
  for (int i = 0; i < 32; i += 8)
    if (column < columns && row + i < rows) tile[threadIdx.y + i][threadIdx.x] = in[(row + i) * columns + column];
  __syncthreads();
  column = blockIdx.y * 32 + threadIdx.x, row = blockIdx.x * 32 + threadIdx.y;
  for (int i = 0; i < 32; i += 8)
    if (column < rows && row + i < columns) out[(row + i) * rows + column] = tile[threadIdx.x][threadIdx.y + i];
}

extern "C" __global__ void transpose_conflicts(const unsigned* in, unsigned* out, int rows, int columns) {
  transpose<32>(in, out, rows, columns);
}

extern "C" __global__ void transpose_padded(const unsigned* in, unsigned* out, int rows, int columns) {
  transpose<33>(in, out, rows, columns);
}
