"""Matrix products and moves. Integers make the sums exact, whatever the order; fractions have a tolerance."""

import numpy as np

from .basic import i32
from .cases import In, InOut, Out, integers, normal
from .numbers import bf16_bits, bf16_values, fp8_bits, tf32_truncated


def write(w):
    mma(w)
    shapes(w)
    wmma(w)
    moves(w)


def product(a, b):
    return a.astype(np.float64) @ b.astype(np.float64)


def sizes(m, n, k):
    return [i32(m), i32(n), i32(k)]


def mma(w):
    m, n = 36, 66
    grid = (-(-n // 64), -(-m // 64))

    def case(name, image, kernel, a, b, expected, tolerance=0, dtype=None):
        out = Out(expected, tolerance)
        w.case(name, image, kernel, grid, 128, [In(a, dtype), In(b, dtype), out, *sizes(m, n, a.shape[1])])

    # B is stored as [N][K].
    def whole(name, k, bound):
        return integers(f"{name}_a", -bound, bound, (m, k)), integers(f"{name}_b", -bound, bound, (n, k))

    a, b = whole("mma_16", 104, 8)
    c = product(a, b.T).astype(np.float32)
    f16 = [v.astype(np.float16) for v in (a, b)]
    bf16 = [bf16_bits(v) for v in (a, b)]
    case("gemm_mma_f16", "gemm_mma", "gemm_mma_f16", *f16, c)
    case("gemm_mma_bf16", "gemm_mma", "gemm_mma_bf16", *bf16, c, dtype="bf16")
    a, b = whole("mma_tf32", 44, 500)
    case("gemm_mma_tf32", "gemm_mma", "gemm_mma_tf32", *(v.astype(np.float32) for v in (a, b)), product(a, b.T).astype(np.float32))
    a, b = (integers(f"mma_s8_{i}", -128, 127, (rows, 176)) for i, rows in enumerate((m, n)))
    case("gemm_mma_s8", "gemm_mma", "gemm_mma_s8", a.astype(np.int8), b.astype(np.int8), (a @ b.T).astype(np.int32))
    a, b = whole("mma_fp8", 96, 4)
    c = product(a, b.T).astype(np.float32)
    e4m3, e5m2 = ([fp8_bits(v, *kind) for v in (a, b)] for kind in ((3, 7), (2, 15)))
    case("gemm_mma_e4m3", "gemm_mma_fp8:89", "gemm_mma_e4m3", *e4m3, c)
    case("gemm_mma_e5m2", "gemm_mma_fp8:89", "gemm_mma_e5m2", *e5m2, c)
    case("gemm_mma_e4m3_e5m2", "gemm_mma_fp8:89", "gemm_mma_e4m3_e5m2", e4m3[0], e5m2[1], c)

    a, b = normal("mma_a", (m, 64)), normal("mma_b", (n, 64))
    x, y = a.astype(np.float16), b.astype(np.float16)
    case("gemm_mma_f16_normal", "gemm_mma", "gemm_mma_f16", x, y, product(x, y.T).astype(np.float32), 5e-6)
    x, y = bf16_bits(a), bf16_bits(b)
    c = product(bf16_values(x), bf16_values(y).T).astype(np.float32)
    case("gemm_mma_bf16_normal", "gemm_mma", "gemm_mma_bf16", x, y, c, 5e-6, "bf16")
    a, b = a[:, :40], b[:, :40]
    c = product(tf32_truncated(a), tf32_truncated(b).T).astype(np.float32)
    case("gemm_mma_tf32_normal", "gemm_mma", "gemm_mma_tf32", a, b, c, 5e-6)


def registers(matrix, bits, columns_first):
    """Fragments of A (rows, K) or of B^T (N, K): [lane][register], by the tables of the PTX ISA.

    They are the same for every type when K is counted in bytes: register r of lane 4g + t holds the four (f64: eight) bytes from
    4t + 16 (r // 2) of row g + 8 (r % 2) of A, or from 4t + 16 r of column g of B.
    """
    word = max(bits // 8, 4)
    rows, row_bytes = matrix.shape[0], matrix.nbytes // matrix.shape[0]
    raw = np.ascontiguousarray(matrix).view(np.uint8).reshape(rows, row_bytes)
    count = rows * row_bytes // (32 * word)
    lanes = np.zeros((32, count, word), np.uint8)
    for lane in range(32):
        g, t = divmod(lane, 4)
        for r in range(count):
            row, start = (g, 4 * r) if columns_first or rows == 8 else (g + 8 * (r % 2), r // 2 * 4)
            lanes[lane, r] = raw[row, (start + t) * word : (start + t + 1) * word]
    return lanes.view(np.float64 if bits == 64 else np.uint32).reshape(32, count)


def sums(matrix):
    """The accumulator: element i of lane 4g + t is row g + 8 (i // 2), column 2t + i % 2. f16 packs two in a register."""
    rows = matrix.shape[0]
    lanes = [[matrix[lane // 4 + 8 * (i // 2), lane % 4 * 2 + i % 2] for i in range(rows // 4)] for lane in range(32)]
    result = np.array(lanes, matrix.dtype)
    return result.view(np.uint32) if matrix.dtype == np.float16 else result


def shapes(w):
    def case(name, m, k, bits, low_a, high_a, low_b, high_b, change_a, change_b, out, top=50):
        a, b = integers(f"{name}_a", low_a, high_a, (m, k)), integers(f"{name}_b", low_b, high_b, (k, 8))
        c = integers(f"{name}_c", top - 100, top, (m, 8)).astype(np.int64)
        d = a.astype(np.int64) @ b + c
        if name.endswith("saturated"):
            d = np.clip(d, -(2**31), 2**31 - 1)
        fragments = [registers(change_a(a), bits, False), registers(change_b(np.ascontiguousarray(b.T)), bits, True)]
        args = [In(fragments[0]), In(fragments[1]), In(sums(c.astype(out))), Out(sums(d.astype(out)))]
        w.case(f"mma_{name}", "mma_shapes", f"mma_{name}", 1, 32, args)

    def to(dtype):
        return lambda v: v.astype(dtype)

    f16, f32, f64, s8, u8 = (to(t) for t in (np.float16, np.float32, np.float64, np.int8, np.uint8))
    for k in (8, 16):
        case(f"m16n8k{k}_f16", 16, k, 16, -32, 32, -32, 32, f16, f16, np.float32)
        case(f"m16n8k{k}_f16_f16", 16, k, 16, -4, 4, -4, 4, f16, f16, np.float16)
        case(f"m16n8k{k}_bf16", 16, k, 16, -32, 32, -32, 32, bf16_bits, bf16_bits, np.float32)
    for k in (4, 8):
        case(f"m16n8k{k}_tf32", 16, k, 32, -999, 999, -999, 999, f32, f32, np.float32)
    signed, unsigned = (-128, 127), (0, 255)
    case("m8n8k16_s8", 8, 16, 8, *signed, *signed, s8, s8, np.int32)
    case("m16n8k16_s8", 16, 16, 8, *signed, *signed, s8, s8, np.int32)
    case("m16n8k32_s8", 16, 32, 8, *signed, *signed, s8, s8, np.int32)
    case("m8n8k16_u8", 8, 16, 8, *unsigned, *unsigned, u8, u8, np.int32)
    case("m16n8k16_u8_s8", 16, 16, 8, *unsigned, *signed, u8, s8, np.int32)
    case("m16n8k32_s8_u8", 16, 32, 8, *signed, *unsigned, s8, u8, np.int32)
    case("m16n8k32_s8_saturated", 16, 32, 8, *signed, *signed, s8, s8, np.int32, top=2**31 - 1)
    case("m8n8k4_f64", 8, 4, 64, -(10**6), 10**6, -(10**6), 10**6, f64, f64, np.float64)


def wmma(w):
    def case(kind, tile, a, b, c, d, dtype=None, columns=False):
        m, n, k = *d.shape, a.shape[1]
        stored = np.ascontiguousarray(b.T) if columns else b
        args = [In(a, dtype), In(stored, dtype), In(c), Out(d), i32(n), i32(k)]
        w.case(f"gemm_wmma_{kind}", "gemm_wmma", f"gemm_wmma_{kind}", (n // tile[1], m // tile[0]), 32, args)

    a, b, c = (integers(f"wmma_{name}", -4, 4, shape) for name, shape in (("a", (32, 48)), ("b", (48, 32)), ("c", (32, 32))))
    d = a @ b + c
    f32 = [v.astype(np.float32) for v in (c, d)]
    f16 = [v.astype(np.float16) for v in (a, b)]
    case("f16", (16, 16), *f16, *f32)
    case("f16_columns", (16, 16), *f16, *f32, columns=True)
    case("f16_m32n8", (32, 8), *f16, *f32)
    case("f16_m8n32", (8, 32), *f16, *f32)
    case("f16_f16", (16, 16), *f16, *(v.astype(np.float16) for v in (c, d)))
    case("bf16", (16, 16), bf16_bits(a), bf16_bits(b), *f32, dtype="bf16")
    case("tf32", (16, 16), *(v.astype(np.float32) for v in (a, b)), *f32)
    case("f64", (8, 8), *(v.astype(np.float64) * 1001 for v in (a, b)), c.astype(np.float64), (a @ b * 1001**2 + c).astype(np.float64))
    a, b = (integers(f"wmma_8_{name}", -128, 127, shape) for name, shape in (("a", (32, 48)), ("b", (48, 32))))
    case("s8", (16, 16), a.astype(np.int8), b.astype(np.int8), c, (a @ b + c).astype(np.int32))
    a, b = a + 128, b + 128
    case("u8", (16, 16), a.astype(np.uint8), b.astype(np.uint8), c, (a @ b + c).astype(np.int32))


def fragment(matrix):
    """Word of each lane: row lane / 4, columns 2 (lane % 4) and the next, the first in the low half."""
    return np.ascontiguousarray(matrix.astype(np.uint16)).view(np.uint32).reshape(32)


def moves(w):
    data = integers("moves", 0, 65535, (4, 8, 8), np.uint16)
    plain = [fragment(m) for m in data]
    turned = [fragment(m.T) for m in data]
    rows = plain + turned + turned[2:] + [plain[1], turned[0], plain[1]]
    for target in (80, 90):
        name = "matrix_load" if target == 80 else "matrix_load_90"
        w.case(name, f"matrix_moves:{target}", "matrix_load", 1, 32, [In(data.reshape(32, 8)), Out(np.array(rows))])
    stored = np.concatenate([data, data.transpose(0, 2, 1)]).reshape(64, 8)
    w.case("matrix_store", "matrix_moves:90", "matrix_store", 1, 32, [In(np.array(plain)), Out(np.ascontiguousarray(stored))])
    x = integers("transactions", 0, 999, 32, np.uint32)
    w.case("mbarrier_transactions", "matrix_moves:90", "mbarrier_transactions", 1, 32, [In(x), Out(x[::-1].copy())])
