// Calls that the compiler cannot inline.
// Idea: a small machine whose operations are picked by the data: through a table of function addresses in global memory, through the
//       virtual functions of objects in shared and in local memory, and by plain calls with scalars, structs and pointers.
// Launch: any grid and block; one element a thread.
// Shows: call with .param scopes, call through a register with .callprototype, vtables as .global initialisers, generic addresses of
//        shared and local memory, arrays in local memory, a by-value struct argument.

struct Pair {
  int first;
  float second;
};
struct Window {
  int first, count;
  float scale;
  short add[3];
};

typedef float (*Operation)(float, float);
static __device__ __noinline__ float plus(float a, float b) { return a + b; }
static __device__ __noinline__ float minus(float a, float b) { return a - b; }
static __device__ __noinline__ float times(float a, float b) { return a * b; }
static __device__ __noinline__ float larger(float a, float b) { return fmaxf(a, b); }
__device__ Operation operations[4] = {plus, minus, times, larger};

extern "C" __global__ void call_table(const int* which, const float* a, const float* b, float* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) out[i] = operations[which[i] & 3](a[i], b[i]);
}

struct Shape {
  virtual __device__ float area() const = 0;
};
struct Square : Shape {
  float side;
  __device__ explicit Square(float side) : side(side) {}
  __device__ float area() const override { return side * side; }
};
struct Rectangle : Shape {
  float width, height;
  __device__ Rectangle(float width, float height) : width(width), height(height) {}
  __device__ float area() const override { return width * height; }
};
static __device__ __noinline__ float doubled(const Shape* shape) { return 2 * shape->area(); }

extern "C" __global__ void call_virtual(const int* which, const float* a, const float* b, float* out, int n) {
  __shared__ __align__(16) char space[sizeof(Rectangle)];  // one object of the block, and one of each thread
  Shape* common = reinterpret_cast<Shape*>(space);
  if (threadIdx.x == 0) new (space) Rectangle(3, 0.5f);
  __syncthreads();
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  Square square(a[i]);
  Rectangle rectangle(a[i], b[i]);
  const Shape* shape = which[i] % 3 == 0 ? common : which[i] % 3 == 1 ? static_cast<Shape*>(&square) : &rectangle;
  out[i] = doubled(shape);
}

static __device__ __noinline__ Pair divide(int a, int b, int* remainder) {
  *remainder = a % b;
  return {a / b, static_cast<float>(a) / static_cast<float>(b)};
}

extern "C" __global__ void call_plain(const int* a, const int* b, int* quotient, int* remainder, float* ratio, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int rest;
  Pair result = divide(a[i], b[i], &rest);
  quotient[i] = result.first;
  remainder[i] = rest;
  ratio[i] = result.second;
}

// Sorts eight values in an array that is indexed by the data, so it has to live in local memory.
extern "C" __global__ void local_sort(const int* in, int* out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  int counts[8] = {}, sorted[8];
  for (int j = 0; j < 8; ++j)
    for (int k = 0; k < 8; ++k) counts[j] += in[8 * i + k] < in[8 * i + j] || (in[8 * i + k] == in[8 * i + j] && k < j);
  for (int j = 0; j < 8; ++j) sorted[counts[j]] = in[8 * i + j];
  for (int j = 0; j < 8; ++j) out[8 * i + j] = sorted[j];
}

extern "C" __global__ void struct_argument(Window window, const float* in, float* out) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < window.count) out[i] = in[window.first + i] * window.scale + window.add[i % 3];
}
