"""Triton kernels. Their two hidden trailing pointers are null."""

import numpy as np

from .basic import i32, softmax_of
from .cases import In, Out, integers, normal
from .numbers import bf16_bits

HIDDEN = [{"u64": 0}, {"u64": 0}]


def write(w):
    a, b = normal("a", 1003), normal("b", 1003)
    w.case("triton_add", "triton_add_f32", "add_kernel", 4, 128, [In(a), In(b), Out(a + b), i32(1003), *HIDDEN])
    x = normal("triton_softmax", (5, 400), scale=4)
    args = [In(x), Out(softmax_of(x).astype(np.float32), 2e-6, each="row"), i32(400), i32(400), *HIDDEN]
    w.case("triton_softmax", "triton_softmax_f32", "softmax_kernel", 5, 128, args)
    layer_norm(w)
    matmul(w)
    attention(w, "triton_attention", 1, 64, False)
    attention(w, "triton_attention_causal", 2, 32, True)


def layer_norm(w):
    x = normal("layer_norm", (3, 300), np.float16, 2) + np.float16(1)
    weight, bias = normal("layer_norm_weight", 300, np.float16), normal("layer_norm_bias", 300, np.float16)
    d = x.astype(np.float64)
    mean = d.mean(1)
    rstd = 1 / np.sqrt(d.var(1) + 1e-5)
    out = (d - mean[:, None]) * rstd[:, None] * weight + bias.astype(np.float64)
    args = [In(x), In(weight), In(bias), Out(out.astype(np.float16), 2e-3, each="row")]
    args += [Out(mean.astype(np.float32), 2e-6), Out(rstd.astype(np.float32), 2e-6), i32(300), {"f32": 1e-5}, *HIDDEN]
    w.case("triton_layer_norm", "triton_layer_norm_f16", "layer_norm_kernel", 3, 128, args)


def matmul(w):
    m, n, k = 70, 80, 80
    a, b = integers("triton_a", -8, 8, (m, k)), integers("triton_b", -8, 8, (k, n))
    c = a @ b

    def case(kind, tile, warps, change, dtype=None, out=np.float32):
        grid = -(-m // tile[0]) * -(-n // tile[1])
        args = [In(change(a), dtype), In(change(b), dtype), Out(c.astype(out)), i32(m), i32(n), i32(k), *HIDDEN]
        w.case(f"triton_matmul_{kind}", f"triton_matmul_{kind}", "matmul_kernel", grid, 32 * warps, args)

    case("f16", (64, 64), 4, lambda v: v.astype(np.float16))
    case("bf16", (32, 64), 2, bf16_bits, "bf16")
    case("f32", (64, 32), 4, lambda v: v.astype(np.float32))
    case("s8", (32, 32), 4, lambda v: v.astype(np.int8), out=np.int32)


def attention(w, name, heads, dim, causal):
    length = 90
    q, k, v = (normal(f"{name}_{x}", (heads, length, dim), np.float16) for x in "qkv")
    scores = q.astype(np.float64) @ k.astype(np.float64).transpose(0, 2, 1) / 8
    if causal:
        scores += np.triu(np.full((length, length), -np.inf), 1)
    out = softmax_of(scores) @ v.astype(np.float64)
    args = [In(q), In(k), In(v), Out(out.astype(np.float16), 2e-3), i32(length), {"f32": 0.125}, *HIDDEN]
    w.case(name, f"{name}_f16", "attention_kernel", (2, heads), 128, args)
