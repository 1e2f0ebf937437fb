"""Matrix product in Triton, C[M][N] = A[M][K] * B[K][N], any sizes.

Idea: one program a tile of C; programs are ordered in groups of rows so that B stays in the L2 cache; the loop over K is pipelined by the
compiler with cp.async. The element type is that of the pointers; sums are f32, or s32 for s8.
Launch: grid (ceil(M / BLOCK_M) * ceil(N / BLOCK_N)), warps as compiled.
Shows: Triton's pipelined shared memory, ldmatrix with and without .trans, mma.sync, masked cp.async, layout conversions before the store.
"""

import triton
import triton.language as tl


@triton.jit
def matmul_kernel(
    a,
    b,
    c,
    m,
    n,
    k,
    BLOCK_M: tl.constexpr,
    BLOCK_N: tl.constexpr,
    BLOCK_K: tl.constexpr,
    GROUP: tl.constexpr,
    INTEGER: tl.constexpr,
):
    program = tl.program_id(0)
    rows, columns = tl.cdiv(m, BLOCK_M), tl.cdiv(n, BLOCK_N)
    first = program // (GROUP * columns) * GROUP
    height = min(rows - first, GROUP)
    row = first + program % (GROUP * columns) % height
    column = program % (GROUP * columns) // height

    offsets_m = row * BLOCK_M + tl.arange(0, BLOCK_M)
    offsets_n = column * BLOCK_N + tl.arange(0, BLOCK_N)
    offsets_k = tl.arange(0, BLOCK_K)
    a_tile = a + offsets_m[:, None] * k + offsets_k[None, :]
    b_tile = b + offsets_k[:, None] * n + offsets_n[None, :]
    total = tl.zeros((BLOCK_M, BLOCK_N), dtype=tl.int32 if INTEGER else tl.float32)
    for start in range(0, k, BLOCK_K):
        inside = offsets_k < k - start
        a_block = tl.load(a_tile, mask=(offsets_m[:, None] < m) & inside[None, :], other=0)
        b_block = tl.load(b_tile, mask=inside[:, None] & (offsets_n[None, :] < n), other=0)
        total = tl.dot(a_block, b_block, total, out_dtype=tl.int32 if INTEGER else tl.float32)
        a_tile += BLOCK_K
        b_tile += BLOCK_K * n
    c_tile = c + offsets_m[:, None] * n + offsets_n[None, :]
    tl.store(c_tile, total.to(c.dtype.element_ty), mask=(offsets_m[:, None] < m) & (offsets_n[None, :] < n))
