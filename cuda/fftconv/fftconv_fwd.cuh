// y = postgate * (k conv (u * pregate)) + d * u for rows of up to N = PLANES * 256 points, on tensor cores, one launch.
//
// Idea. A right-angle transform (frequencies k - 1/4) of N points convolves without padding: what wraps around comes back
// multiplied by i, so the real part is the convolution of a row of up to N samples. With n = 256 d2 + m and
// k = k0 + R k', it is a size-R transform over d2 (here a matrix product) and, for each plane k0, a 256-point transform with a
// shift of its own. A plane's convolution is a chain in the registers of one warp: 16 x 16 matrix, twiddles, 16 x 16
// matrix, times the filter's spectrum, and back. A result whose columns are to be summed next is the next A operand as it
// is, and the B operand of the transposed product as it is: no shuffle, no shared memory. All matrices are symmetric and
// unitary, S[i,j] = R^(-1/2) e^(-2 pi i (i+s)(j+s)/R): the phases that this adds against the true transform depend on the
// output frequency alone, so they meet their conjugates on the way back; nothing is scaled.
//
// A row shorter than 8 planes shares the 8 planes with others of its channel: the outer matrix is block diagonal then.
//
// The same code convolves complex rows of all N points, cyclically (frequencies k): the middle of a long transform, see
// fftconv_long.cuh. In place: a row lies as N real parts and N imaginary parts.
//
// Napkin, H100, 4096 points: 40 mma a warp and row = 1280 tensor clocks at 63 % of peak, 2.6 KB of shared wavefronts
// = 640 clocks, 16 KB of HBM = 1287 clocks.
#pragma once

#include "../common/operands.cuh"
#include "../common/shared_moves.cuh"

namespace fftconv {

constexpr int POINTS = 256;       // of a plane
constexpr int PITCH = 528;        // bytes from plane to plane: 16 more than its data, so that 8 rows meet all banks
constexpr int CHUNKS = 32;        // 16-byte pieces of a plane

// What a launch is given, in the order of the manifest.
template <typename Element>
struct Problem {
  const Element* u;                // [batch, channels, length]
  const Element* pregate;          // the same, or null
  const Element* postgate;         // the same, or null
  const float* skip;               // [channels], or null
  const float4* spectrum;          // [channels, planes of a row, 4, lanes]: see fftconv_filter.cu
  const uint4* tables;             // the outer matrices, then [planes, 4, lanes]: see GpuFftTables
  Element* y;
  long long batch;
  long long channels;
  long long length;
  long long rows;                  // of a channel for one block, a multiple of the rows of a pass
  int correlate;                   // not 0: with the conjugate spectrum, for gradients
};

// Where the 16 bytes of column block (d1, half) of a plane lie when an inner transform reads them: rows d1 and d1 + 4
// change halves, so that eight rows meet all banks.
static __device__ __forceinline__ int chunk(int d1, int half) { return 2 * d1 + (half ^ ((d1 >> 2) & 1)); }

// PIPELINED: three passes under way, in buffers of their own; else a row is staged where its planes will be, as each warp
// reads its columns of all planes before it writes them.
template <typename T, int PLANES, int ROW_PLANES, int WARPS, bool PIPELINED, bool COMPLEX>
struct Forward {
  using Element = typename T::Element;
  using Operand = ::Operand<T>;
  static constexpr int PARTS = T::PARTS;
  static_assert(PARTS == 1 || !PIPELINED, "parts are staged as they are split");
  static_assert(!COMPLEX || (!PIPELINED && PLANES == ROW_PLANES && PLANES >= 16), "long rows only");
  static constexpr int N = ROW_PLANES * POINTS;
  static constexpr int ROWS = PLANES / ROW_PLANES;  // that a pass takes
  static constexpr int TILES = PLANES / 16;         // of the outer matrix, each way; 0 for eight planes
  static constexpr int UNROLL = TILES > 2 || COMPLEX ? 1 : 2;
  static constexpr int COLUMNS = 16 / WARPS;        // values of d1 that a warp has in the outer products
  static constexpr int WARP_PLANES = PLANES / WARPS;
  static constexpr int STAGE = PLANES * PITCH;
  static constexpr int PART = 2 * PLANES * PITCH;   // bytes of the planes of one part
  static constexpr int EXCHANGE = PARTS * PART;
  static constexpr int STAGES = PIPELINED ? 2 : 0;
  static constexpr int EXCHANGES = PIPELINED ? 3 : 1;
  // Uint4 before the tables of the planes.
  static constexpr int OUTER = TILES == 0 ? 2 * 32 : TILES * TILES * 2 * 32;
  // And of the tables of a part.
  static constexpr int TABLE = OUTER + PLANES * 4 * 32;

  const Problem<Element>& p;
  const int lane = threadIdx.x & 31;
  const int warp = threadIdx.x >> 5;
  const long long channel;
  const long long first;  // row of the batch
  const long long end;
  unsigned stage;         // addresses in shared memory
  unsigned gates;
  unsigned exchange;

  Operand s1[2];  // the outer matrix, where it is one tile
  float t2r[2][4], t2i[2][4];
  float kr[2][4], ki[2][4];
  Operand s2r, s2i, s2n;  // n: minus the imaginary part
  Operand s3r, s3i, s3n;
  Operand b3r, b3i, b3n;  // the same matrix as B operand: pairs must be neighbours

  __device__ Forward(const Problem<Element>& problem, unsigned shared, long long channel, long long first, long long end)
      : p(problem), channel(channel), first(first), end(end) {
    exchange = shared;
    stage = PIPELINED ? shared + EXCHANGES * EXCHANGE : shared;
    gates = stage + STAGES * STAGE;
    if (TILES <= 1) {
      load(s1[0], p.tables + lane);
      load(s1[1], p.tables + 32 + lane);
    }
    for (int tile = 0; tile < 2; tile++) {
      for (int e = 0; e < 4; e++) {
        int row = lane / 4 + 8 * (e >> 1);
        int column = 8 * tile + 2 * (lane % 4) + (e & 1);
        sincospif(-float(row * column) / 128, &t2i[tile][e], &t2r[tile][e]);
      }
    }
  }

  // The inner matrices of a plane.
  __device__ void load_matrices(int plane) {
    const uint4* at = p.tables + OUTER + plane * 4 * 32 + lane;
    load(s2r, at);
    load(s2i, at + 32);
    load(s3r, at + 64);
    load(s3i, at + 96);
    s2n = s2i.negative();
    s3n = s3i.negative();
    // A symmetric matrix: its rows g are the columns g of the B operand.
    b3r = s3r.transposed();
    b3i = s3i.transposed();
    b3n = s3n.transposed();
  }

  // A lane's registers of a table, of all parts.
  static __device__ __forceinline__ void load(Operand& to, const uint4* at) {
#pragma unroll
    for (int q = 0; q < PARTS; q++) {
      uint4 v = __ldg(at + q * TABLE);
      to.part[q][0] = v.x, to.part[q][1] = v.y, to.part[q][2] = v.z, to.part[q][3] = v.w;
    }
  }

  // A lane's registers of four 8 x 8 matrices in shared memory, of all parts.
  static __device__ __forceinline__ void load(Operand& to, unsigned from) {
#pragma unroll
    for (int q = 0; q < PARTS; q++) {
      load_transposed(to.part[q], from + q * PART);
    }
  }

  // The filter's spectrum in a plane.
  __device__ void load_spectrum(int plane) {
    const float4* k = p.spectrum + ((channel * ROW_PLANES + plane % ROW_PLANES) * 4) * 32 + lane;
    for (int i = 0; i < 4; i++) {
      float4 v = __ldg(k + 32 * i);
      kr[i / 2][2 * (i % 2)] = v.x;
      ki[i / 2][2 * (i % 2)] = p.correlate ? -v.y : v.y;
      kr[i / 2][2 * (i % 2) + 1] = v.z;
      ki[i / 2][2 * (i % 2) + 1] = p.correlate ? -v.w : v.w;
    }
  }

  __device__ long long offset(long long row) const { return (row * p.channels + channel) * p.length; }

  // Starts to fetch the rows of a pass; what lies behind a row's end is zero. Without room for staged gates the product
  // is made here.
  __device__ void fetch(int pass, long long row) { fetch(pass, row, p.u, p.pregate); }

  __device__ void fetch(int pass, long long row, const Element* u, const Element* gate) {
    int slot = PIPELINED ? pass & 1 : 0;
    const bool product = !PIPELINED && gate != nullptr;
    if constexpr (COMPLEX) {
      const Element* from = u + (row * p.channels + channel) * 2 * N;
      for (int i = threadIdx.x; i < 2 * PLANES * CHUNKS; i += WARPS * 32) {
        copy(stage + i / CHUNKS * PITCH + i % CHUNKS * 16, from + 8 * i, 8);
      }
    } else {
      for (int i = threadIdx.x; i < PLANES * CHUNKS; i += WARPS * 32) {
        int plane = i / CHUNKS;
        int n = (plane % ROW_PLANES) * POINTS + (i % CHUNKS) * 8;
        unsigned to = slot * STAGE + plane * PITCH + (i % CHUNKS) * 16;
        long long of = row + plane / ROW_PLANES;
        int left = of < end ? int(min(8LL, max(0LL, p.length - n))) : 0;
        long long at = left > 0 ? offset(of) + n : 0;
        if (product) {
          Eight<T> x(u + at, left), g(gate + at, left);
          x.times(g);
          put(stage + to, x);
          continue;
        }
        copy(stage + to, u + at, left);
        if (PIPELINED && gate != nullptr) {
          copy(gates + to, gate + at, left);
        }
      }
    }
  }

  // Eight elements, some of them there, to shared memory.
  static __device__ void copy(unsigned to, const Element* from, int left) {
    if (PARTS == 1 && (reinterpret_cast<unsigned long long>(from) & 15) == 0) {
      copy_async(to, from, 2 * left);
    } else {
      put(to, Eight<T>(from, left));
    }
  }

  static __device__ void put(unsigned to, const Eight<T>& x) {
#pragma unroll
    for (int j = 0; j < 4; j++) {
      put(to + 4 * j, x.pair(j));
    }
  }

  // A pair, each part among its planes.
  static __device__ __forceinline__ void put(unsigned to, const Pair<T>& pair) {
#pragma unroll
    for (int q = 0; q < PARTS; q++) {
      store_shared(to + q * PART, pair.part[q]);
    }
  }

  __device__ unsigned buffer(int pass) const { return exchange + (PIPELINED ? pass % 3 : 0) * EXCHANGE; }

  // The outer transform, from the staged rows to the planes: the warp's columns d1.
  __device__ void forward(int pass) {
    int slot = PIPELINED ? pass & 1 : 0;
    for (int c = 0; c < COLUMNS; c++) {
      int d1 = warp * COLUMNS + c;
      if constexpr (TILES == 0) {
        unsigned from = (lane & 7) * PITCH + (2 * d1 + ((lane >> 3) & 1)) * 16 + slot * STAGE;
        unsigned x[PARTS][2];
#pragma unroll
        for (int q = 0; q < PARTS; q++) {
          load_transposed(x[q], stage + from + q * PART);
        }
        if constexpr (PIPELINED) {
          if (p.pregate != nullptr) {
            unsigned g[2];
            load_transposed(g, gates + from);
            x[0][0] = T::mul(x[0][0], g[0]);
            x[0][1] = T::mul(x[0][1], g[1]);
          }
        }
        __syncwarp();  // what is read may be overwritten
        for (int half = 0; half < 2; half++) {
          float z[4] = {0, 0, 0, 0};
          s1[0].narrow(z, x, half);
          put(pass, lane / 4, d1, half, z[0], z[1], z[2], z[3]);
        }
      } else {
        Operand x[TILES], xi[COMPLEX ? TILES : 1];
        for (int k = 0; k < TILES; k++) {
          unsigned from = (16 * k + (lane & 15)) * PITCH + (2 * d1 + (lane >> 4)) * 16 + slot * STAGE;
          load(x[k], stage + from);
          if (COMPLEX) {
            load(xi[k], stage + from + PLANES * PITCH);
          }
          if constexpr (PIPELINED) {
            if (p.pregate != nullptr) {
              unsigned g[4];
              load_transposed(g, gates + from);
              for (int i = 0; i < 4; i++) {
                x[k].part[0][i] = T::mul(x[k].part[0][i], g[i]);
              }
            }
          }
        }
        __syncwarp();  // what is read may be overwritten
#pragma unroll UNROLL
        for (int m = 0; m < TILES; m++) {
          float re[2][4] = {}, im[2][4] = {};
          for (int k = 0; k < TILES; k++) {
            Operand sr, si;
            outer(m, k, sr, si);
            for (int half = 0; half < 2; half++) {
              sr.product(re[half], x[k], half);
              si.product(im[half], x[k], half);
              if (COMPLEX) {
                const Operand& z = xi[COMPLEX ? k : 0];
                sr.product(im[half], z, half);
                si.negative().product(re[half], z, half);
              }
            }
          }
#pragma unroll
          for (int half = 0; half < 2; half++) {
            put(pass, 16 * m + lane / 4, d1, half, re[half][0], re[half][1], im[half][0], im[half][1]);
            put(pass, 16 * m + lane / 4 + 8, d1, half, re[half][2], re[half][3], im[half][2], im[half][3]);
          }
        }
      }
    }
  }

  // A tile of the outer matrix.
  __device__ void outer(int m, int k, Operand& re, Operand& im) const {
    if (TILES == 1) {
      re = s1[0];
      im = s1[1];
    } else {
      const uint4* at = p.tables + (m * TILES + k) * 64 + lane;
      load(re, at);
      load(im, at + 32);
    }
  }

  // Two neighbours of a plane, ready for its inner transform.
  __device__ void put(int pass, int plane, int d1, int half, float re0, float re1, float im0, float im1) {
    unsigned to = buffer(pass) + plane * PITCH + chunk(d1, half) * 16 + (lane % 4) * 4;
    put(to, Pair<T>(re0, re1));
    put(to + PLANES * PITCH, Pair<T>(im0, im1));
  }

  // The spectrum of a plane, up to phases: over d1, then over d0, to [k1, k2]. Its matrices are loaded.
  __device__ void transform(int pass, int plane, float (&qr)[2][4], float (&qi)[2][4]) {
    unsigned from = buffer(pass) + plane * PITCH + chunk(lane & 15, lane >> 4) * 16;
    Operand xr, xi;
    load(xr, from);
    load(xi, from + PLANES * PITCH);
    Operand ar, ai;
    for (int t = 0; t < 2; t++) {
      float re[4] = {0, 0, 0, 0}, im[4] = {0, 0, 0, 0};
      s2r.product(re, xr, t);
      s2n.product(re, xi, t);
      s2r.product(im, xi, t);
      s2i.product(im, xr, t);
      multiply(re, im, t2r[t], t2i[t], 1);
      for (int h = 0; h < 2; h++) {
        ar.set(2 * t + h, re[2 * h], re[2 * h + 1]);
        ai.set(2 * t + h, im[2 * h], im[2 * h + 1]);
      }
    }
    for (int t = 0; t < 2; t++) {
      for (int e = 0; e < 4; e++) {
        qr[t][e] = qi[t][e] = 0;
      }
      ar.product(qr[t], b3r, t);
      ai.product(qr[t], b3n, t);
      ai.product(qi[t], b3r, t);
      ar.product(qi[t], b3i, t);
    }
  }

  // The convolution of a plane, in place.
  __device__ void inner(int pass, int plane) {
    float zr[2][4], zi[2][4];
    transform(pass, plane, zr, zi);
    Operand br, bi;
    for (int t = 0; t < 2; t++) {
      multiply(zr[t], zi[t], kr[t], ki[t], 1);
      for (int h = 0; h < 2; h++) {
        br.set(2 * h + t, zr[t][2 * h], zr[t][2 * h + 1]);
        bi.set(2 * h + t, zi[t][2 * h], zi[t][2 * h + 1]);
      }
    }
    // back over k2: [d0, k1]
    Operand vr, vi;
    for (int n = 0; n < 2; n++) {
      float qr[4] = {0, 0, 0, 0}, qi[4] = {0, 0, 0, 0};
      s3r.product(qr, br, n);
      s3i.product(qr, bi, n);
      s3r.product(qi, bi, n);
      s3n.product(qi, br, n);
      multiply(qr, qi, t2r[n], t2i[n], -1);
      for (int h = 0; h < 2; h++) {
        vr.set(2 * h + n, qr[2 * h], qr[2 * h + 1]);
        vi.set(2 * h + n, qi[2 * h], qi[2 * h + 1]);
      }
    }
    // back over k1: [d1, d0]. Neighbouring pairs go to both halves of a column block, so that a lane of the last product
    // gets four neighbours of a row; rows d1 + 4 take the slots that rows d1 leave.
    __syncwarp();
    for (int n = 0; n < 2; n++) {
      float wr[4] = {0, 0, 0, 0}, wi[4] = {0, 0, 0, 0};
      s2r.product(wr, vr, n);
      s2i.product(wr, vi, n);
      s2r.product(wi, vi, n);
      s2n.product(wi, vr, n);
      for (int h = 0; h < 2; h++) {
        int d1 = lane / 4 + 8 * h;
        int pair = 4 * n + lane % 4;
        int slot = (pair >> 1) ^ (2 * ((d1 >> 2) & 1));
        unsigned to = buffer(pass) + plane * PITCH + (2 * d1 + (pair & 1)) * 16 + slot * 4;
        put(to, Pair<T>(wr[2 * h], wr[2 * h + 1]));
        put(to + PLANES * PITCH, Pair<T>(wi[2 * h], wi[2 * h + 1]));
      }
    }
  }

  // Times a number, or its conjugate.
  static __device__ __forceinline__ void multiply(float (&re)[4], float (&im)[4], const float (&br)[4], const float (&bi)[4],
                                                  int sign) {
    for (int e = 0; e < 4; e++) {
      float c = sign > 0 ? bi[e] : -bi[e];
      float r = re[e] * br[e] - im[e] * c;
      im[e] = re[e] * c + im[e] * br[e];
      re[e] = r;
    }
  }

  // The outer transform back, its real part, to memory: the warp's columns d1.
  __device__ void backward(int pass, long long row) {
    for (int c = 0; c < COLUMNS; c++) {
      int d1 = warp * COLUMNS + c;
      unsigned column = (2 * d1 + (lane >> 4)) * 16;
      int m = 16 * d1 + 4 * ((lane % 4) ^ (2 * ((d1 >> 2) & 1)));
      if constexpr (TILES == 0) {
        // [Sr | Si] times [Zr ; Zi]: real planes over imaginary ones
        Operand z;
        load(z, buffer(pass) + (lane & 15) * PITCH + column);
        float y[2][4] = {};
        s1[1].product(y[0], z, 0);
        s1[1].product(y[1], z, 1);
        int d = lane / 4;
        emit(row + d / ROW_PLANES, (d % ROW_PLANES) * POINTS + m, y[0][0], y[0][1], y[1][0], y[1][1]);
      } else {
        Operand zr[TILES], zi[TILES];
        for (int k = 0; k < TILES; k++) {
          unsigned from = buffer(pass) + (16 * k + (lane & 15)) * PITCH + column;
          load(zr[k], from);
          load(zi[k], from + PLANES * PITCH);
        }
#pragma unroll UNROLL
        for (int t = 0; t < TILES; t++) {
          float y[2][4] = {}, yi[2][4] = {};
          for (int k = 0; k < TILES; k++) {
            Operand sr, si;
            outer(t, k, sr, si);
            for (int half = 0; half < 2; half++) {
              sr.product(y[half], zr[k], half);
              si.product(y[half], zi[k], half);
              if (COMPLEX) {
                sr.product(yi[half], zi[k], half);
                si.negative().product(yi[half], zr[k], half);
              }
            }
          }
#pragma unroll
          for (int h = 0; h < 2; h++) {
            int n = (16 * t + lane / 4 + 8 * h) * POINTS + m;
            if (COMPLEX) {
              Element* to = p.y + (row * p.channels + channel) * 2 * N + n;
              T::store(to, y[0][2 * h], y[0][2 * h + 1], y[1][2 * h], y[1][2 * h + 1]);
              T::store(to + N, yi[0][2 * h], yi[0][2 * h + 1], yi[1][2 * h], yi[1][2 * h + 1]);
            } else {
              emit(row, n, y[0][2 * h], y[0][2 * h + 1], y[1][2 * h], y[1][2 * h + 1]);
            }
          }
        }
      }
    }
  }

  // Four neighbours of a row.
  __device__ void emit(long long row, int n, float y0, float y1, float y2, float y3) {
    long long left = row < end ? p.length - n : 0;
    if (left <= 0) {
      return;
    }
    float y[4] = {y0, y1, y2, y3};
    long long at = offset(row) + n;
    if (left >= 4 && (p.length & 3) == 0 && T::isFour(p.y)) {
      if (p.postgate != nullptr) {
        float g[4];
        T::read(p.postgate + at, g);
        for (int i = 0; i < 4; i++) {
          y[i] *= g[i];
        }
      }
      if (p.skip != nullptr) {
        float u[4], d = __ldg(p.skip + channel);
        T::read(p.u + at, u);
        for (int i = 0; i < 4; i++) {
          y[i] += d * u[i];
        }
      }
      T::store(p.y + at, y[0], y[1], y[2], y[3]);
      return;
    }
    for (int i = 0; i < 4 && i < left; i++) {
      float v = y[i];
      if (p.postgate != nullptr) {
        v *= T::read(p.postgate + at + i);
      }
      if (p.skip != nullptr) {
        v += __ldg(p.skip + channel) * T::read(p.u + at + i);
      }
      p.y[at + i] = T::element(v);
    }
  }

  __device__ void planes(int pass) {
    for (int i = 0; i < WARP_PLANES; i++) {
      if (WARP_PLANES > 1) {
        load(warp + i * WARPS);
      }
      inner(pass, warp + i * WARPS);
    }
  }

  __device__ void load(int plane) {
    load_matrices(plane);
    load_spectrum(plane);
  }

  __device__ void run() {
    if (WARP_PLANES == 1) {
      load(warp);
    }
    int passes = int((end - first + ROWS - 1) / ROWS);
    if (!PIPELINED) {
      for (int i = 0; i < passes; i++) {
        __syncthreads();  // the last pass has been read
        fetch(i, first + (long long)i * ROWS);
        commit_copies();
        await_copies();
        __syncthreads();
        forward(i);
        __syncthreads();
        planes(i);
        __syncthreads();
        backward(i, first + (long long)i * ROWS);
      }
      return;
    }
    // One barrier a pass: three passes are under way, one a phase, and the next one is fetched.
    fetch(0, first);
    commit_copies();
    for (int i = -1; i <= passes; i++) {
      await_copies();
      __syncthreads();
      if (i + 2 < passes) {
        fetch(i + 2, first + (long long)(i + 2) * ROWS);
        commit_copies();
      }
      if (i + 1 < passes) {
        forward(i + 1);
      }
      if (i >= 0 && i < passes) {
        planes(i);
      }
      if (i >= 1) {
        backward(i - 1, first + (long long)(i - 1) * ROWS);
      }
    }
  }
};

template <typename T, int PLANES, int ROW_PLANES, int WARPS, bool PIPELINED, bool COMPLEX>
static __device__ __forceinline__ void run(const Problem<typename T::Element>& p) {
  extern __shared__ uint4 memory[];
  long long parts = (p.batch + p.rows - 1) / p.rows;
  long long channel = blockIdx.x / parts;
  long long first = blockIdx.x % parts * p.rows;
  long long end = first + p.rows < p.batch ? first + p.rows : p.batch;
  Forward<T, PLANES, ROW_PLANES, WARPS, PIPELINED, COMPLEX>(p, shared_address(memory), channel, first, end).run();
}

}  // namespace fftconv
