"""Vector add, reductions, scans, transposes, softmax, histograms, sorts, calls, module variables, messages."""

import struct

import numpy as np

from .cases import In, InOut, Out, integers, normal
from .numbers import s32, u32


def i32(value):
    return {"i32": int(value)}


def write(w):
    vectors(w)
    reductions(w)
    scans(w)
    transposes(w)
    softmax(w)
    histograms(w)
    sorts(w)
    calls(w)
    module_variables(w)
    messages(w)
    divergence(w)


def vectors(w):
    a, b = normal("a", 1003), normal("b", 1003)
    for target in (75, 80, 90):
        suffix = "" if target == 80 else f"_{target}"
        image = f"vector_add:{target}"
        w.case("vector_add" + suffix, image, "vector_add", 4, 256, [In(a[:1000]), In(b[:1000]), Out(a[:1000] + b[:1000]), i32(1000)])
        w.case("vector_add_strided" + suffix, image, "vector_add_strided", 2, 64, [In(a), In(b), Out(a + b), i32(1003)])


def reductions(w):
    data = integers("reduction", -50, 50, 3000).astype(np.float32)
    for kernel in ("reduce_shuffle", "reduce_tree"):
        for grid, block in ((4, 256), (1, 1024), (7, 32)):
            sums = [sum(data[b * block + i :: grid * block].sum() for i in range(block)) for b in range(grid)]
            w.case(f"{kernel}_{block}", "reduction", kernel, grid, block, [In(data), Out(np.array(sums, np.float32)), i32(3000)])
        sums = [sum(data[b * 128 + i :: 3 * 128].sum() for i in range(128)) for b in range(3)]
        w.case(f"{kernel}_75", "reduction:75", kernel, 3, 128, [In(data), Out(np.array(sums, np.float32)), i32(3000)])


def scans(w):
    data = integers("scan", -100, 100, 2000)
    for kernel in ("scan_shared", "scan_shuffle"):
        for n in (32, 416, 1024):
            w.case(f"{kernel}_{n}", "scan", kernel, 1, n, [In(data[:n]), Out(np.cumsum(data[:n], dtype=np.int32))])
    sums = np.cumsum(data, dtype=np.int32)
    totals = np.append(sums[255::256], sums[-1])
    args = [In(data), Out(sums), Out(totals), InOut(np.zeros(8, np.uint32), np.ones(8, np.uint32)), i32(2000)]
    w.case("scan_chained", "scan", "scan_chained", 8, 256, args)


def transposes(w):
    for rows, columns in ((70, 45), (64, 32)):
        data = integers("transpose", 0, 2**32 - 1, (rows, columns), np.uint32)
        for kernel in ("transpose_conflicts", "transpose_padded"):
            grid = (-(-columns // 32), -(-rows // 32))
            args = [In(data), Out(np.ascontiguousarray(data.T)), i32(rows), i32(columns)]
            w.case(f"{kernel}_{rows}x{columns}", "transpose", kernel, grid, (32, 8), args)


def softmax_of(x):
    x = x.astype(np.float64)
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def softmax(w):
    x = normal("softmax", (4, 500), scale=4)
    x[1] += 1000
    x[2, ::3] = -np.inf
    for target in (75, 80):
        name = "softmax_f32" if target == 80 else "softmax_f32_75"
        args = [In(x), Out(softmax_of(x).astype(np.float32), 2e-6, each="row"), i32(500)]
        w.case(name, f"softmax:{target}", "softmax_f32", 4, 128, args)
    h = normal("softmax_f16", (4, 514), np.float16, 2)
    for target in (75, 80):
        name = "softmax_f16" if target == 80 else "softmax_f16_75"
        args = [In(h), Out(softmax_of(h).astype(np.float16), 2e-3, each="row"), i32(514)]
        w.case(name, f"softmax:{target}", "softmax_f16", 4, 64, args)


def histograms(w):
    data = np.minimum(integers("histogram", 0, 255, 4096), integers("skew", 0, 255, 4096)).astype(np.uint8)
    bins = np.bincount(data, minlength=256).astype(np.uint32)
    zero = np.zeros(256, np.uint32)
    w.case("histogram_global", "histogram", "histogram_global", 3, 256, [In(data), InOut(zero, bins), i32(4096)])
    w.case("histogram_shared", "histogram", "histogram_shared", 2, 256, [In(data), InOut(zero, bins), i32(1024)])


def sorts(w):
    keys = integers("sort", -(2**31), 2**31 - 1, 512)
    keys[::7] = keys[3]
    w.case("sort_bitonic", "sort", "sort_bitonic", 1, 256, [InOut(keys, np.sort(keys)), i32(512)])
    unsigned = keys[:256].view(np.uint32)
    w.case("sort_radix", "sort", "sort_radix", 1, 256, [InOut(unsigned, np.sort(unsigned)), i32(256)])


def calls(w):
    n = 200
    which = integers("which", 0, 11, n)
    a, b = normal("call_a", n), normal("call_b", n)
    table = np.select([which % 4 == i for i in range(4)], [a + b, a - b, a * b, np.maximum(a, b)])
    w.case("call_table", "calls", "call_table", 2, 128, [In(which), In(a), In(b), Out(table.astype(np.float32)), i32(n)])
    area = np.select([which % 3 == i for i in range(3)], [np.float32(1.5) + 0 * a, a * a, a * b])
    virtual = (2 * area).astype(np.float32)
    w.case("call_virtual", "calls", "call_virtual", 2, 128, [In(which), In(a), In(b), Out(virtual), i32(n)])
    x, y = integers("call_x", -(10**6), 10**6, n), integers("call_y", 1, 999, n)
    q = (np.sign(x) * (abs(x) // y)).astype(np.int32)
    ratio = x.astype(np.float32) / y.astype(np.float32)
    args = [In(x), In(y), Out(q), Out((x - q * y).astype(np.int32)), Out(ratio), i32(n)]
    w.case("call_plain", "calls", "call_plain", 2, 128, args)
    rows = integers("local_sort", -9, 9, (40, 8))
    w.case("local_sort", "calls", "local_sort", 2, 32, [In(rows), Out(np.sort(rows, 1)), i32(40)])
    window = struct.pack("<iif3hxx", 5, 60, 0.5, 3, -2, 7)
    data = integers("window", -99, 99, 70).astype(np.float32)
    out = data[5:65] * np.float32(0.5) + np.array([3, -2, 7] * 20, np.float32)
    w.case("struct_argument", "calls", "struct_argument", 2, 32, [{"bytes": window.hex()}, In(data), Out(out)])


def module_variables(w):
    x = (integers("polynomial", -8, 8, 100) / 4).astype(np.float32)
    y = 1 - 0.5 * x.astype(np.float64) + 0.25 * x**2 + 2 * x.astype(np.float64) ** 3
    out = y * np.where(np.arange(100) % 2, 4, 0.5) + np.array([3, -1, 7])[np.arange(100) % 3]
    w.case("constant_polynomial", "globals", "constant_polynomial", 2, 64, [In(x), Out(out), i32(100)])
    w.case("global_counter", "globals", "global_counter", 3, 40, [Out(np.arange(5, 125, dtype=np.uint32), order="any")])
    d, n = normal("reverse", 96, np.float64), integers("reverse_int", -999, 999, 96)
    args = [In(d), In(n), Out(d[::-1].copy()), Out((n[::-1] + n.sum()).astype(np.int32))]
    w.case("dynamic_reverse", "globals", "dynamic_reverse", 1, 96, args, shared=12 * 96)


def messages(w):
    x = [5, -17, 123456, -99999]
    lines = [
        f"thread {t}: {v:5d} {v & 0xFFFFFFFF:08x} {'negative' if v < 0 else 'positive'} {v / 8:.3f} {'abcd'[t]}% {v * 10**10}"
        for t, v in enumerate(x)
    ]
    w.case("print_values", "messages", "print_values", 1, 4, [In(np.array(x, np.int32))], stdout=sorted(lines))
    data = integers("assert", 0, 9, 90)
    w.case("assert_holds", "messages", "assert_holds", 2, 64, [In(data), Out(data + 1), i32(90)])


def divergence(w):
    n = 100
    x = integers("collatz", 1, 200, n, np.uint32)

    def collatz(v):
        steps = 0
        while v != 1:
            v, steps = (3 * v + 1 if v % 2 else v // 2), steps + 1
        return steps

    w.case("divergence_loop", "divergence", "divergence_loop", 2, 64, [In(x), Out(np.array([collatz(int(v)) for v in x], np.int32)), i32(n)])
    y = integers("nested", 0, 1200, n)

    def factors(v):
        if v < 4:
            return -1
        for p in range(2, 32):
            if v % p == 0 and p * p <= v and (p == 2 or p % 2):
                return 1000 * p + v // p
        return 0

    w.case("divergence_nested", "divergence", "divergence_nested", 2, 64, [In(y), Out(np.array([factors(int(v)) for v in y], np.int32)), i32(n)])
    codes, start = integers("codes", 0, 511, 96), integers("machine", -5000, 5000, 96)
    out = np.array([machine(int(c), int(v), i) for i, (c, v) in enumerate(zip(codes, start))])
    out = out.reshape(-1, 32).sum(1).repeat(32).astype(np.int32)
    w.case("divergence_switch", "divergence", "divergence_switch", 3, 32, [In(codes), In(start), Out(out)])
    table = np.select([codes % 5 == 0, codes % 5 == 1], [start + 5, start * 3], -start).reshape(-1, 32)
    table[:, :-1] = table[:, 1:].copy()
    args = [In((codes % 5).astype(np.uint32)), In(start), Out(table.reshape(-1).astype(np.int32))]
    w.case("divergence_table", "divergence", "divergence_table", 3, 32, args)


def machine(code, x, i):
    """divergence_switch in Python; division and remainder of C go towards zero."""

    def half(v):
        return (abs(v) // 2) * (1 if v >= 0 else -1)

    for turn in range(3):
        operation = code >> 3 * turn & 7
        if operation == 0:
            x = x * 3 + 1
        elif operation in (1, 2):
            x = (x ^ 0x55 if operation == 1 else x) + 7
        elif operation == 3:
            x = -x if x < 0 else x - 100
        elif operation in (4, 5, 6):
            if operation == 4:
                x = s32(u32(x << 3) | (x >> 29 & 7))
            if operation < 6:
                x = s32(x - i)
            x = (abs(x) % 1000) * (1 if x >= 0 else -1)
        else:
            while x > 50:
                x = half(x) - 3
    return x
