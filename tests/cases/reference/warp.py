"""Shuffles, votes, matches, reductions of a warp, groups: each row written lane by lane from the definition."""

import numpy as np

from .cases import In, Out, integers
from .numbers import s32, u32


def write(w):
    x = integers("warp", 0, 999, 128)
    x[40] = 5
    shuffled = lanes(x[:64], shuffle_rows, np.int32)
    for target in (75, 80):
        suffix = "" if target == 80 else "_75"
        w.case("warp_shuffle" + suffix, f"warp:{target}", "warp_shuffle", 1, 64, [In(x[:64]), Out(shuffled)])
        w.case("warp_vote" + suffix, f"warp:{target}", "warp_vote", 1, 64, [In(x[:64]), Out(lanes(x[:64], vote_rows, np.uint32))])
    signed = integers("redux", -(2**31), 2**31 - 1, 64)
    w.case("warp_redux", "warp", "warp_redux", 1, 64, [In(signed), Out(lanes(signed, redux_rows, np.uint32))])
    for target in (75, 80):
        name = "warp_groups" if target == 80 else "warp_groups_75"
        w.case(name, f"warp:{target}", "warp_groups", 1, 128, [In(x), Out(lanes(x, group_rows, np.int32))])


def lanes(values, rows, dtype):
    """rows(warp, lane, block) gives one thread's column: `warp` holds the values of its warp, `block` all."""
    block = [int(v) for v in values]
    columns = []
    for t in range(len(block)):
        warp = block[t // 32 * 32 : t // 32 * 32 + 32]
        columns.append(rows(warp, t % 32, block))
    return np.ascontiguousarray(np.array(columns, np.int64).T).astype(dtype)


def shuffle_rows(x, lane, block):
    here = x[lane]
    arm = x[lane // 6 * 6] if lane % 3 == 0 else x[31] + 1000
    lower, valid = (x[lane - 4], 1) if lane >= 4 else (here, 0)
    return [
        x[(lane * 7 + 3) % 32],
        x[lane - 5] if lane >= 5 else here,
        x[lane + 9] if lane + 9 < 32 else here,
        x[lane ^ 21],
        x[lane // 8 * 8 + 3],
        x[lane - 3] if lane % 16 >= 3 else here,
        x[lane + 2] if lane % 4 + 2 < 4 else here,
        arm,
        s32((x[31 - lane] << 20 >> 16) + lower * 2 + valid),
    ]


def ballot(flags):
    return sum(bool(flag) << lane for lane, flag in enumerate(flags))


def vote_rows(x, lane, block):
    below = (1 << lane) - 1
    first = ballot(v & 2 for v in x) & 0xFFFFF
    second = ballot(v & 4 for v in x) & 0xFFF00000
    return [
        ballot(v & 1 for v in x),
        any(v == 5 for v in x) * 2 + all(v < 1000 for v in x),
        ballot(v & 3 == x[lane] & 3 for v in x),
        u32(0xFFFFFFFF + 1),  # no value has bit 1024: all match
        ballot(v & 7 == x[lane] & 7 for v in x),
        first if lane < 20 else second,
        bin(ballot(v & 8 for v in x) & below).count("1") + 100 * (32 - lane),
        sum(v & 1 for v in block) * 4 + all(v < 1000 for v in block) * 2 + any(v == 77 for v in block),
        1,
    ]


def redux_rows(x, lane, block):
    u = [u32(v) for v in x]
    all_of, any_of, odd = 0xFFFFFFFF, 0, 0
    for v in u:
        all_of, any_of = all_of & (v | 0xFF), any_of | v
    for v in u[:7]:
        odd ^= v
    return [u32(sum(x)), u32(min(x) + max(x)), min(u), max(u), all_of, any_of, odd if lane < 7 else u32(sum(u[7:]))]


def group_rows(x, lane, block):
    took = [i for i, v in enumerate(x) if v % 3 == 0]
    branch = x[took[0]] + 1000 * len(took) + 100000 * took.index(lane) if lane in took else 0
    # The warp's place in the block: its values are block[32 * place:].
    place = next(p for p in range(4) if block[32 * p : 32 * p + 32] == x)
    two = block[place // 2 * 64 : place // 2 * 64 + 64]
    tile = sum(x[lane // 8 * 8 : lane // 8 * 8 + 8])
    total = sum(block) if place == 0 and lane == 0 else 0
    return [tile, branch, two[3] + any(v == 5 for v in two), total, lane // 8 * 100 + lane % 8]
