"""Layer normalisation of each row in Triton, f16 in and out, f32 inside.

Idea: one program a row; a first loop over blocks of the row gives the mean, a second the variance, a third writes.
Launch: grid (rows), 4 warps.
Shows: loops over masked blocks, cvt between f16 and f32, rsqrt.approx or sqrt and div, two outputs.
"""

import triton
import triton.language as tl


@triton.jit
def layer_norm_kernel(x, weight, bias, out, mean_out, rstd_out, columns, eps, BLOCK: tl.constexpr):
    row = tl.program_id(0).to(tl.int64)
    x += row * columns
    out += row * columns
    sums = tl.zeros([BLOCK], dtype=tl.float32)
    for start in range(0, columns, BLOCK):
        offsets = start + tl.arange(0, BLOCK)
        sums += tl.load(x + offsets, mask=offsets < columns, other=0.0).to(tl.float32)
    mean = tl.sum(sums, axis=0) / columns
    squares = tl.zeros([BLOCK], dtype=tl.float32)
    for start in range(0, columns, BLOCK):
        offsets = start + tl.arange(0, BLOCK)
        values = tl.load(x + offsets, mask=offsets < columns, other=0.0).to(tl.float32)
        centred = tl.where(offsets < columns, values - mean, 0.0)
        squares += centred * centred
    rstd = 1 / tl.sqrt(tl.sum(squares, axis=0) / columns + eps)
    tl.store(mean_out + row, mean)
    tl.store(rstd_out + row, rstd)
    for start in range(0, columns, BLOCK):
        offsets = start + tl.arange(0, BLOCK)
        inside = offsets < columns
        values = tl.load(x + offsets, mask=inside, other=0.0).to(tl.float32)
        scale = tl.load(weight + offsets, mask=inside).to(tl.float32)
        shift = tl.load(bias + offsets, mask=inside).to(tl.float32)
        tl.store(out + offsets, ((values - mean) * rstd * scale + shift).to(tl.float16), mask=inside)
