"""Vector add in Triton.

Idea: each program adds one block; a mask keeps the tail inside.
Launch: grid (ceil(n / BLOCK)), 4 warps.
Shows: inline-asm predicated ld/st.global.v2, two hidden trailing pointers.
"""

import triton
import triton.language as tl


@triton.jit
def add_kernel(x, y, out, n, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = offsets < n
    total = tl.load(x + offsets, mask=inside) + tl.load(y + offsets, mask=inside)
    tl.store(out + offsets, total, mask=inside)
