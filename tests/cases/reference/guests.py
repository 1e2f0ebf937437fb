"""Kernels as others write them."""

import numpy as np

from .basic import i32
from .cases import In, InOut, Out, integers, rng


def write(w):
    def case(kernel, *launch, **more):
        w.case(kernel, "guests", kernel, *launch, **more)

    a, b = (rng("wide").integers(0, 2**63, 32).astype(np.uint64) for _ in range(2))
    case("wide_division", 1, 32, [In(a), In(b), Out(wide_division(a, b))])
    case("heap_sums", 2, 48, [Out(np.tile(45 * np.arange(48, dtype=np.int32), 2)), i32(10)])
    x = integers("double_sum", -99, 99, 1000).astype(np.float64)
    case("double_sum", 3, 128, [In(x), InOut(np.zeros(1), np.array([x.sum()])), i32(1000)])
    x = integers("look_back", -9, 9, 1200)
    state = InOut(np.zeros(10, np.uint64)), InOut(np.zeros(1, np.uint32))
    case("look_back_scan", 10, 128, [In(x), Out(np.cumsum(x).astype(np.int32)), *state, i32(1200)])
    keys = integers("labels", 0, 4, 128)
    case("label_groups", 2, 64, [In(keys), Out(label_groups(keys))])
    code = np.array([2, 7, 4, 1, 50, 5, 7, 6, 4, 1, 9, 4, 8, 7, 1, 3, 3, 0], np.uint8)
    x = integers("interpreter", -12, 12, 64)
    case("interpreter", 1, 64, [In(code), In(x), Out(np.array([interpret(code, int(v)) for v in x], np.int32))])
    x = integers("roles", -99, 99, (9, 64))
    sums = (x[:, ::-1] * np.arange(1, 10)[:, None]).sum(0).astype(np.int32)
    case("pipeline_roles", 1, 128, [In(x), Out(sums), i32(9)])


def wide_division(a, b):
    out = []
    for high, low in zip(a, b):
        x = ((int(high) << 64 | int(low)) * 1000003 + 17) % 2**128
        x ^= x >> 77
        quotient = x // 1234567891011
        out += [quotient % 2**64, ((quotient >> 64) + x % 997) % 2**64]
    return np.array(out, np.uint64)


def label_groups(keys):
    out = np.zeros_like(keys)
    for i, key in enumerate(keys):
        first = i - i % 32
        same = [k for k in range(first, first + 32) if keys[k] == key]
        out[i] = len(same) + sum(same) * 100000 + (same[0] == i) * 1000
    return out


def interpret(code, x):
    stack, at = [], 0
    while True:
        op, at = code[at], at + 1
        if op == 0:
            return stack.pop()
        if op in (1, 6):
            value, at = int(code[at]), at + 1
        if op == 1:
            stack.append(value)
        elif op == 2:
            stack.append(x)
        elif op in (3, 4, 5):
            b, a = stack.pop(), stack.pop()
            stack.append(a + b if op == 3 else a * b if op == 4 else a - b)
        elif op == 6:
            at += value if stack.pop() > 0 else 0
        elif op == 7:
            stack.append(stack[-1])
        elif op == 8:
            stack[-1] = int(np.fmod(stack[-1], 7))
