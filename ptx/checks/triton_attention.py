"""Flash attention, forward, in Triton: out = softmax(scale * q k^T) v without ever storing the scores; optionally causal.

Idea: one program a block of queries of one head; it walks the keys in blocks, keeps the running maximum and sum of each query, and
rescales what it has summed when the maximum grows.
Launch: grid (ceil(length / BLOCK_M), batch * heads), 4 warps; q, k, v, out are [batch * heads][length][DIM] in f16.
Shows: two chained products with a reduction between, ex2, a loop whose bounds depend on the program, a layout conversion through registers.
"""

import triton
import triton.language as tl


@triton.jit
def attention_kernel(
    q, k, v, out, length, scale, DIM: tl.constexpr, BLOCK_M: tl.constexpr, BLOCK_N: tl.constexpr, CAUSAL: tl.constexpr
):
    first = tl.program_id(0) * BLOCK_M
    head = tl.program_id(1).to(tl.int64) * length * DIM
    offsets_m = first + tl.arange(0, BLOCK_M)
    offsets_n = tl.arange(0, BLOCK_N)
    offsets_d = tl.arange(0, DIM)
    at = offsets_m[:, None] * DIM + offsets_d[None, :]
    queries = tl.load(q + head + at, mask=offsets_m[:, None] < length, other=0.0)
    top = tl.full([BLOCK_M], -float("inf"), tl.float32)
    sums = tl.zeros([BLOCK_M], tl.float32)
    total = tl.zeros([BLOCK_M, DIM], tl.float32)
    scale *= 1.44269504  # exp(x) = 2^(x log2 e)
    end = min(first + BLOCK_M, length) if CAUSAL else length
    for start in range(0, end, BLOCK_N):
        keys_at = start + offsets_n
        there = keys_at < length
        keys = tl.load(k + head + keys_at[None, :] * DIM + offsets_d[:, None], mask=there[None, :], other=0.0)
        scores = tl.dot(queries, keys) * scale
        seen = there[None, :] & (keys_at[None, :] <= offsets_m[:, None]) if CAUSAL else there[None, :]
        scores = tl.where(seen, scores, -float("inf"))
        higher = tl.maximum(top, tl.max(scores, 1))
        powers = tl.exp2(scores - higher[:, None])
        shrink = tl.exp2(top - higher)
        sums = sums * shrink + tl.sum(powers, 1)
        values = tl.load(v + head + keys_at[:, None] * DIM + offsets_d[None, :], mask=there[:, None], other=0.0)
        total = tl.dot(powers.to(values.dtype), values, total * shrink[:, None])
        top = higher
    tl.store(out + head + at, (total / sums[:, None]).to(tl.float16), mask=offsets_m[:, None] < length)
