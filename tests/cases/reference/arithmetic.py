"""Scalar arithmetic: one row of the result for each operation, exact unless said."""

from math import erf

import numpy as np

from .basic import i32
from .cases import In, Out, integers, normal, rng
from .numbers import BF16, F16, F32, F64, bf16_bits, bf16_values, each, quotient, rounded, s32, s64, u32, u64


def write(w):
    halves(w)
    floats(w)
    integer_words(w)
    long_words(w)
    conversions(w)
    mathematics(w)


def halves(w):
    n = 80  # pairs
    a, b, c = (normal(f"half_{name}", 2 * n, np.float16) for name in "abc")
    for target in (80, 90):
        suffix = "" if target == 80 else "_90"
        args = [In(a), In(b), In(c), Out(exact(a, b, c, F16).astype(np.float16).reshape(9, -1)), i32(n)]
        w.case("half_exact_f16" + suffix, f"half_arithmetic:{target}", "half_exact_f16", 2, 64, args)
        bits = [bf16_bits(x) for x in (a, b, c)]
        x, y, z = (bf16_values(v) for v in bits)
        result = bf16_bits(exact(x, y, z, BF16)).reshape(9, -1)
        args = [In(v, "bf16") for v in bits] + [Out(result, dtype="bf16"), i32(n)]
        w.case("half_exact_bf16" + suffix, f"half_arithmetic:{target}", "half_exact_bf16", 2, 64, args)
    x, y = a.astype(np.float64), b.astype(np.float64)
    rows = np.array([2**x, np.tanh(x), x / y, 1 / np.sqrt(abs(x))]).astype(np.float16)
    for target in (80, 90):
        name = "half_approximate" if target == 80 else "half_approximate_90"
        args = [In(a), In(b), Out(rows, 2e-3, each="row"), i32(n)]
        w.case(name, f"half_arithmetic:{target}", "half_approximate", 2, 64, args)


def exact(x, y, z, kind):
    def by(function):
        return each(lambda *v: rounded(function(*v), kind), x, y, z)

    fma = by(lambda p, q, r: p * q + r)
    both = np.repeat(np.all((x > y).reshape(-1, 2), 1), 2)
    rows = [by(lambda p, q, r: p + q), by(lambda p, q, r: p - q), by(lambda p, q, r: p * q), fma, np.maximum(fma, 0)]
    rows += [np.minimum(x, y), np.maximum(x, -y), (abs(x) > abs(y)).astype(float), np.where(both, z, x)]
    return np.array([np.asarray(row, np.float64) for row in rows])


def floats(w):
    a, b = normal("f64_a", 100, np.float64, 30), normal("f64_b", 100, np.float64)
    a[:4], b[:4] = [0.0, 1e10, 5e-324, -1e-310], [3.0, 1e-5, 1.0, 0.5]
    scale = a * 1e6
    rows = [a + b, a * b, each(lambda x, y: rounded(x * y - x, F64), a, b), a / b, np.sqrt(abs(a)), np.minimum(a, b), np.rint(a * 100)]
    rows += [np.floor(a) + np.ceil(b) + np.trunc(a * b)]
    rows += [(scale.astype(np.int64) * 3).astype(np.float64) + b.astype(np.float32).astype(np.float64)]
    w.case("arithmetic_f64", "arithmetic", "arithmetic_f64", 2, 64, [In(a), In(b), Out(np.array(rows)), i32(100)])

    a, b = normal("f32_a", 100, scale=30), normal("f32_b", 100)
    a[:4], b[:4] = [0.0, 1e30, 1e-45, -1e-39], [3.0, 1e-5, 1.0, 0.5]

    def by(function, mode="rn"):
        return each(lambda x, y: rounded(function(x, y), F32, mode), a, b)

    one = np.float32(1)
    rows = [a + b, a * b, by(lambda x, y: x * y + x), a / b, np.sqrt(abs(a)), one / b]
    rows += [by(lambda x, y: x + y, "rm"), by(lambda x, y: x + y, "rp"), by(lambda x, y: x * y, "rz"), np.copysign(a, b)]
    rows += [np.minimum(a, b) + np.maximum(a, np.float32(0.5)), ((np.clip(a, 0, one) + np.rint(b)) + np.floor(a)) + np.trunc(b)]
    w.case("arithmetic_f32", "arithmetic", "arithmetic_f32", 2, 64, [In(a), In(b), Out(np.array(rows, np.float32)), i32(100)])


def by_rows(function, count, *columns):
    """Applies a function that returns a row of results to each tuple of Python integers."""
    results = [function(*map(int, values)) for values in zip(*columns)]
    return [[result[row] for result in results] for row in range(count)]


def reverse(value, bits):
    return int(format(value, f"0{bits}b")[::-1], 2)


def parts(word, bits, signed):
    """The fields of a 32-bit word, lowest first."""
    fields = [word >> i & ((1 << bits) - 1) for i in range(0, 32, bits)]
    return [f - (1 << bits) if signed and f >> (bits - 1) else f for f in fields]


def dot(x, y, signed, bits_x, start):
    first = parts(u32(x), bits_x, signed)
    second = parts(u32(y), 8, signed)[start : start + len(first)]
    return sum(p * q for p, q in zip(first, second))


def low24(value, signed):
    value &= 0xFFFFFF
    return value - (1 << 24) if signed and value >> 23 else value


def word_rows(x, y):
    u, v = u32(x), u32(y)
    odd, clamped = y | 1, min(y & 63, 32)
    both = v << 32 | u
    selected = sum((both >> 8 * (u >> 3 >> 4 * i & 7) & 0xFF) << 8 * i for i in range(4))
    s, t = s32(x << 16) >> 16, s32(y << 16) >> 16
    first_set = (v & -v).bit_length()
    return [
        s32(x * y + x),
        s32(x * y >> 32),
        s32(u * v >> 32),
        s32(quotient(x, odd)),
        s32(x - quotient(x, odd) * odd),
        s32(u // u32(odd)),
        s32(u % u32(odd)),
        s32(abs(x - y) + 7),
        s32(x + dot(x, y, True, 8, 0)),
        s32(u + dot(x, y, False, 8, 0)),
        s32(1 + dot(x, y, True, 16, 0) + 1 + dot(x, y, False, 16, 2)),
        s32(selected),
        s32(both << (x & 31) >> 32),
        s32(both >> clamped),
        s32(reverse(u, 32) ^ bin(v).count("1") ^ (32 - u.bit_length()) ^ first_set),
        s32(low24(x, True) * low24(y, True) + low24(x, False) * low24(y, False)),
        s32(abs(x) - min(x, y) + max(u, v)),
        s32((x + y >> 1) + (x + y + 1 >> 1)),
        s32((x >> (y & 31)) ^ (u >> (v & 31)) ^ (x << (y & 31))),
        s32((s32(s * t << 16) >> 16) + (s - t & 0xFFFF) + (s32(x + y << 24) >> 24)),
    ]


EDGES = [(0, 0), (-1, -1), (2**31 - 1, 2**31 - 1), (-(2**31), 2**31 - 1), (2**31 - 1, -(2**31)), (1, 31), (-1, 32), (255, 63), (65536, 1)]


def integer_words(w):
    a, b = (integers(f"words_{name}", -(2**31), 2**31 - 1, 100) for name in "ab")
    b[60:] >>= integers("shift", 8, 28, 40)
    a[: len(EDGES)], b[: len(EDGES)] = zip(*EDGES)
    out = np.array(by_rows(word_rows, 20, a, b), np.int32)
    w.case("arithmetic_integer", "arithmetic", "arithmetic_integer", 2, 64, [In(a), In(b), Out(out), i32(100)])


def long_rows(x, y):
    u, v = u64(x), u64(y)
    odd = y | 1
    x0, y0, y1 = u32(x), u32(y), s32(v >> 32)
    sum128 = (v << 64 | u) + (u << 64 | v)
    inserted = y0 & ~(127 << 9) | (x0 >> 5 & 127) << 9
    magnitude = (~y1 if y1 < 0 else y1).bit_length()
    top = 32 - magnitude if magnitude else 0xFFFFFFFF  # 31 - position of the highest bit that is not the sign's
    return [
        s64(x * y),
        s64(x * y >> 64),
        s64(u * v >> 64),
        s64(quotient(x, odd)),
        s64(x - quotient(x, odd) * odd),
        s64(u // u64(odd) + u % u64(odd)),
        s64(reverse(u, 64) ^ bin(v).count("1") ^ (64 - u.bit_length()) ^ (v & -v).bit_length()),
        s64(sum128 >> 64),
        s64(inserted + (s32(x0) >> 27 << 32) + s32(top)),
    ]


def long_words(w):
    a, b = (rng(f"long_{name}").integers(-(2**63), 2**63 - 1, 100) for name in "ab")
    b[50:] >>= integers("long_shift", 8, 56, 50)
    edges = [(0, 0), (-1, 1), (2**63 - 1, 2**63 - 1), (-(2**63), 2**63 - 1), (2**32 - 1, 2**32), (-5, 7)]
    a[: len(edges)], b[: len(edges)] = zip(*edges)
    out = np.array(by_rows(long_rows, 9, a, b), np.int64)
    w.case("arithmetic_long", "arithmetic", "arithmetic_long", 2, 64, [In(a), In(b), Out(out), i32(100)])


def clamp(value, low, high):
    return max(low, min(high, value))


def convert_rows(x):
    from fractions import Fraction
    from math import ceil, floor, inf, trunc

    def to(function, value, low, high):
        return int(clamp(value, low, high)) if abs(value) == inf else clamp(function(Fraction(value)), low, high)

    def f32(value, mode="rn"):
        return value if abs(value) == inf else rounded(value, F32, mode)

    def bits(value):
        return int(np.float32(value).view(np.int32))

    f = f32(x)
    word, unsigned, long = (-(2**31), 2**31 - 1), (0, 2**32 - 1), (-(2**63), 2**63 - 1)
    return [
        to(round, f, *word),
        to(floor, f, *word),
        to(ceil, f, *unsigned),
        to(trunc, x, *word),
        to(round, x, *unsigned),
        to(floor, x, *long),
        bits(f32(x, "rm")),
        bits(f32(to(trunc, x, *long))),
    ]


def conversions(w):
    x = normal("convert", 100, np.float64, 1000)
    x[50:75] *= 1e7
    special = [0.0, 0.5, 1.5, -0.5, -1.5, 2.5, 2.0**31, -(2.0**31), 2.0**31 - 1, 2.0**32, 2.0**63, -(2.0**63), 1e300, -1e300, np.inf, -np.inf]
    special += [1 + 2.0**-30, -1 - 2.0**-30, 1e-40, 16777217.0, 2.0**53 + 2]
    x[: len(special)] = special
    results = [convert_rows(float(value)) for value in x]
    out = np.array(results, np.int64).T
    w.case("arithmetic_convert", "arithmetic", "arithmetic_convert", 2, 64, [In(x), Out(np.ascontiguousarray(out)), i32(100)])

    x = normal("half_convert", 100, np.float32, 8)
    x[:10] = [0, 1e-8, -1e-8, 30.5, 0.5, 1.5, -2.5, 1 + 2.0**-11, 1 + 3 * 2.0**-11, 6e-5]

    def half(mode):
        return each(lambda v: rounded(v, F16, mode), x).astype(np.float16).view(np.uint16)

    def brain(mode, values=x):
        return bf16_bits(each(lambda v: rounded(v, BF16, mode), values))

    nearest = each(lambda v: rounded(v, F16), x)
    thousands, more = (x * np.float32(1000)).astype(np.int32), (x * np.float32(100000)).astype(np.int32)
    rows = [half(mode) for mode in ("rn", "rz", "rm", "rp")] + [brain("rn"), brain("rz")]
    rows += [np.rint(nearest).astype(np.int16).view(np.uint16), np.maximum(np.trunc(nearest), 0).astype(np.uint16)]
    rows += [each(lambda v: rounded(v, F16), thousands).astype(np.float16).view(np.uint16), brain("rn", more)]
    out = np.array(rows, np.uint16)
    for target in (80, 90):
        name = "half_convert" if target == 80 else "half_convert_90"
        w.case(name, f"half_arithmetic:{target}", "half_convert", 2, 64, [In(x), Out(out), i32(100)])


def mathematics(w):
    x = normal("mathematics", 100, scale=1.5)
    d = x.astype(np.float64)
    big = (x * np.float32(1e6)).astype(np.float64)
    rows = [np.exp(d), np.log(abs(d)), np.sin(big), np.cos(d), np.tanh(d), 1 / np.sqrt(abs(d)), abs(d) ** 1.5, [erf(v) for v in d]]
    rows += [np.fmod(x * np.float32(100), np.float32(0.75)), np.arctan2(d, 0.5)]
    rows += [np.log1p(abs(d)) + np.cbrt(d) + 10.0 ** (x * np.float32(0.1)).astype(np.float64)]
    out = np.array([np.asarray(row, np.float64) for row in rows]).astype(np.float32)
    w.case("mathematics", "arithmetic", "mathematics", 2, 64, [In(x), Out(out, 1e-6, each="row"), i32(100)])
    rows = np.array([np.exp(d), np.log(abs(d)), np.sin(d), np.cos(d), np.tanh(d), d / 3, abs(d) ** 0.3]).astype(np.float32)
    w.case("mathematics_fast", "arithmetic", "mathematics_fast", 2, 64, [In(x), Out(rows, 1e-3, each="row"), i32(100)])
    rows = np.array([np.exp(d), np.log(abs(d)), np.sin(d * 1e3), np.tanh(d), 1 / np.sqrt(abs(d)), abs(d) ** 0.7])
    w.case("mathematics_f64", "arithmetic", "mathematics_f64", 2, 64, [In(d), Out(rows, 1e-14, each="row"), i32(100)])
