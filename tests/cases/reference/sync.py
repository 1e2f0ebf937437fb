"""Pipelines of warps, waits for the grid, atomics, locks, and the near misses of the checks."""

import numpy as np

from .basic import i32
from .cases import In, InOut, Out, integers, normal


def write(w):
    pipelines(w)
    async_copies(w)
    stencils(w)
    atomics(w)
    locks(w)
    near_misses(w)


def pipelines(w):
    for kernel, block, tile in (("pipeline_barrier", 128, 96), ("pipeline_mbarrier", 64, 128), ("pipeline_named", 64, 32)):
        data = integers(kernel, -100, 100, (7, tile)).astype(np.float32)
        sums = np.array([data[b::2].sum(0) for b in range(2)], np.float32)
        for target in (80, 90):
            name = kernel if target == 80 else f"{kernel}_90"
            w.case(name, f"producer_consumer:{target}", kernel, 2, block, [In(data), Out(sums), i32(7)])


def async_copies(w):
    data = integers("async", 0, 2**32 - 1, (64, 4), np.uint32)
    whole, short, some = data[::-1], data.copy(), data.copy()
    for t in range(64):
        short.view(np.uint8)[t, t % 17 :] = 0
        some[t] *= t % 2 == 0
    forms = np.stack([whole] * 4 + [short[::-1], some[::-1]])
    f = integers("async_f", -99, 99, (5, 64)).astype(np.float32)
    for target in (80, 90):
        suffix, image = "" if target == 80 else "_90", f"async_copies:{target}"
        w.case("async_forms" + suffix, image, "async_forms", 1, 64, [In(data), Out(forms)])
        w.case("async_group" + suffix, image, "async_group", 1, 64, [In(data), Out(whole.copy())])
        w.case("async_pipeline" + suffix, image, "async_pipeline", 1, 64, [In(f), Out(f.sum(0)[::-1].copy()), i32(5)])
        g = integers("async_pipeline_long", -9, 9, (11, 64)).astype(np.float32)
        w.case("async_pipeline_long" + suffix, image, "async_pipeline", 1, 64, [In(g), Out(g.sum(0)[::-1].copy()), i32(11)])


def stencils(w):
    start = integers("stencil", -64, 64, 300).astype(np.float32)
    for steps in (4, 5):
        history = [start]
        for _ in range(steps):
            x = history[-1]
            history.append(0.25 * np.append(0, x[:-1]) + 0.5 * x + 0.25 * np.append(x[1:], 0))
        even, odd = (history[steps], history[steps - 1]) if steps % 2 == 0 else (history[steps - 1], history[steps])
        args = [InOut(start, even.astype(np.float32)), Out(odd.astype(np.float32)), i32(300), i32(steps)]
        w.case(f"stencil_grid_{steps}", "stencil_grid", "stencil_grid", 3, 64, args, cooperative=True)
        if steps == 4:
            w.case("stencil_grid_75", "stencil_grid:75", "stencil_grid", 3, 64, args, cooperative=True)


def atomics(w):
    for target in (80, 90):
        suffix = "" if target == 80 else "_90"
        for kernel, grid, threads in (("atomics_global", 2, 100), ("atomics_shared", 1, 50)):
            x = np.arange(threads)
            preset = np.array([7, 7, 0, 3, 0, 0, 2**32 - 1, 1 << 20, 0x5A5A, 1], np.uint32)
            after = preset.astype(np.int64)
            after[0] += x.sum()
            after[1] -= x.sum()
            after[2], after[3] = -(threads - 1), threads - 1
            after[4], after[5] = threads % 10, -threads % 10
            for i in range(threads):
                after[6] &= ~(1 << i % 32)
                after[7] |= 1 << i % 32
                after[8] ^= 1 << i % 32
            after[9] = threads - 1
            bits = sum(1 << i for i in range(min(threads, 64)))
            longs = np.array([int(x.sum()) * 2**30 + 11, (threads - 1) << 40, bits], np.uint64)
            args = [InOut(preset, (after & 0xFFFFFFFF).astype(np.uint32)), InOut(np.array([11, 0, 0], np.uint64), longs)]
            args += [InOut(np.array([0.5], t), np.array([0.5 + x.sum()], t)) for t in (np.float32, np.float64)]
            w.case(kernel + suffix, f"atomics:{target}", kernel, grid, 50, args)
        h = [InOut(np.array([3, 0], np.float16), np.array([103, 50], np.float16))]
        # bf16 holds 34 and 100 exactly: every sum on the way has at most 8 digits.
        h += [InOut(np.array([0, 0], np.uint16), np.array([0x4208, 0x42C8], np.uint16), dtype="bf16")]
        h += [InOut(np.array([0], np.float16), np.array([100], np.float16))]
        h += [InOut(np.array([9], np.uint16), np.array([309], np.uint16))]
        w.case("atomics_half" + suffix, f"atomics:{target}", "atomics_half", 2, 50, h)
        zero = np.zeros(1, np.uint32)
        sums = np.array([5050, 50, 50, 200], np.uint64)
        args = [InOut(zero, zero), InOut(zero, zero + 100), InOut(0 * sums, sums)]
        w.case("atomics_exchange" + suffix, f"atomics:{target}", "atomics_exchange", 2, 50, args)


def locks(w):
    zero = np.zeros(1, np.int32)
    for target in (75, 80):
        suffix = "" if target == 80 else "_75"
        image = f"locks:{target}"
        args = [InOut(zero, zero), InOut(np.zeros(2, np.int32), np.array([21, 6], np.int32)), Out(np.arange(6, dtype=np.int32), order="any")]
        w.case("lock_blocks" + suffix, image, "lock_blocks", 6, 32, args)
        w.case("lock_lanes" + suffix, image, "lock_lanes", 2, 40, [InOut(zero, zero), InOut(zero, zero + 3160)])
        data = integers("last_block", -50, 50, 3000).astype(np.float32)
        partial = np.zeros(4, np.float32)
        for i, v in enumerate(data):
            partial[i // 128 % 4] += v
        args = [In(data), Out(partial), InOut(zero.view(np.uint32), zero.view(np.uint32)), Out(np.array([data.sum()], np.float32)), i32(3000)]
        w.case("last_block" + suffix, image, "last_block", 4, 128, args)


def near_misses(w):
    def near(name, grid, block, args, **more):
        w.case(f"near_{name}", "near_misses", f"near_{name}", grid, block, args, **more)

    x = integers("near", 0, 9, 128)
    near("same_value", 1, 128, [In(x), Out(np.full(128, int((x == 7).any()), np.int32))])
    rows = (x[:64, None] + np.arange(3)).astype(np.uint8)
    near("bytes", 3, 64, [In(x[:64]), Out(np.append(rows.reshape(-1), x[:64].astype(np.uint8)))])
    near("pointers", 1, 64, [In(x[:50]), Out(x[:50]), i32(50)])
    words = np.array([0] + [-1] * 5, np.int32)
    near("relaxed", 5, 32, [InOut(words, 3 * np.arange(6, dtype=np.int32)), Out(3 * np.arange(5, dtype=np.int32))])
    f = normal("near_padding", 32)
    near("padding", 1, 32, [In(f), Out((f + f * 2)[::-1].copy())])
    near("early_exit", 1, 128, [In(x[:75]), Out(x[:75][::-1].copy()), i32(75)])
    near("two_arms", 1, 64, [In(x[:64]), Out(np.append(-x[32:64], x[:32]))])
    near("warp_exchange", 1, 128, [In(x), Out(2 * x[(np.arange(128) ^ 1) ^ 31])])
    near("message", 2, 1, [Out(np.array([42, 43], np.int32)), InOut(np.zeros(2, np.int32), np.ones(2, np.int32)), Out(np.array([42, 43], np.int32))])
