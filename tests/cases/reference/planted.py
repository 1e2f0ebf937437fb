"""Kernels with planted bugs, and what must be found. Their arrays are small: the findings count, not the results."""

import numpy as np

from .basic import i32
from .cases import In, InOut, Out, integers, normal


def write(w):
    races(w)
    memory(w)
    barriers(w)
    endings(w)


def out(n, dtype="i32"):
    return Out(shape=(n,), dtype=dtype)


def zeros(n=1):
    return InOut(np.zeros(n, np.int32))


def chapter(w, image):
    def case(kernel, grid, block, args, *kinds, name=None, **more):
        w.case(name or kernel, image, kernel, grid, block, args, expect=list(kinds), **more)

    return case


def races(w):
    case = chapter(w, "planted_races")
    f, x = normal("planted", 256), np.arange(1, 65, dtype=np.int32)
    case("race_shared", 1, 128, [In(f[:128]), out(1, "f32")], "shared-race", allow=["warp-race"])
    case("race_reuse", 1, 64, [In(f[:192]), out(64, "f32"), i32(3)], "shared-race")
    case("race_warp", 1, 32, [In(x[:32]), out(32)], "warp-race", allow=["uninitialised"])
    case("race_warp_store", 1, 32, [In(x[:32]), out(1)], "warp-race")
    case("race_global", 3, 64, [InOut(f[:192]), i32(192)], "global-race")
    case("race_message", 2, 1, [out(1), zeros(), out(1)], "global-race")
    case("race_scope", 2, 32, [zeros()], "global-race")
    case("race_mixed", 2, 32, [zeros(), out(32)], "global-race")
    case("race_async", 1, 64, [In(f), out(256, "f32")], "shared-race|async-unwaited", allow=["uninitialised", "warp-race"])


def memory(w):
    case = chapter(w, "planted_memory")
    f, x = normal("planted", 256), np.arange(64, dtype=np.int32)
    case("overrun_global", 1, 128, [In(f[:100]), out(100, "f32"), i32(100)], "out-of-bounds")
    case("underrun_global", 1, 32, [In(x[:32]), out(32)], "out-of-bounds")
    case("overrun_shared", 1, 64, [In(x), out(64)], "out-of-bounds")
    case("overrun_dynamic", 1, 64, [In(f[:64].astype(np.float64)), out(64, "f64")], "out-of-bounds", shared=256)
    case("overrun_local", 1, 32, [In(np.append(x, x) % 9), out(32)], "out-of-bounds", allow=["uninitialised"])
    case("null_pointer", 1, 32, [{"u64": 0}, out(32)], "out-of-bounds")
    case("misaligned_vector", 1, 32, [In(f[:129]), out(128, "f32")], "misaligned")
    case("misaligned_word", 1, 16, [In(x.astype(np.uint8).repeat(2)[:80]), out(16)], "misaligned")
    case("uninitialised_shared", 1, 64, [In(x), out(1)], "uninitialised")
    case("uninitialised_global", 1, 64, [In(f[:64]), out(64, "f32")], "uninitialised")
    case("uninitialised_local", 1, 32, [In(x[:32]), out(32)], "uninitialised")
    case("unwaited_copy", 1, 64, [In(f), out(256, "f32")], "async-unwaited", allow=["uninitialised", "shared-race"])
    case("unwaited_group", 1, 64, [In(np.tile(f, 3)), out(256, "f32"), i32(3)], "async-unwaited", allow=["uninitialised", "shared-race"])
    case("resources", 1, 128, [out(128)], "resources", name="resources_shared", shared=300000)
    case("resources", 1, 256, [out(256)], "resources", name="resources_launch_bounds", shared=1024)
    case("resources", 1, 1056, [out(1056)], "resources", name="resources_threads", shared=4224)
    start = np.zeros(300, np.float32)
    args = [InOut(start), out(300, "f32"), i32(300), i32(1)]
    w.case("resources_grid", "stencil_grid", "stencil_grid", 100000, 64, args, cooperative=True, expect=["resources"])


def barriers(w):
    case = chapter(w, "planted_barriers")
    x = np.arange(96, dtype=np.int32)
    races = ["shared-race", "warp-race", "uninitialised"]
    case("barrier_half_warp", 1, 64, [In(x[:64]), out(64)], "barrier-divergence", allow=races)
    case("barrier_two_arms", 1, 32, [In(x[:32]), out(32)], "barrier-divergence", allow=races)
    case("barrier_count", 1, 64, [In(x[:64]), out(64), i32(48)], "barrier-misuse", allow=[*races, "deadlock"])
    case("barrier_counts_differ", 1, 96, [In(x), out(96)], "barrier-misuse", allow=[*races, "deadlock"])
    case("barrier_not_made", 1, 32, [In(x[:32]), out(32)], "barrier-misuse", allow=["uninitialised"])
    case("deadlock_named", 1, 64, [In(x[:64]), out(64)], "deadlock")
    case("deadlock_mbarrier", 1, 32, [In(x[:32]), out(32)], "deadlock")
    case("deadlock_flag", 2, 32, [zeros(), out(32)], "deadlock")
    case("deadlock_lock", 2, 1, [zeros(), zeros()], "deadlock")
    case("deadlock_grid", 3, 32, [out(96)], "deadlock", cooperative=True)
    case("shuffle_outside_mask", 1, 32, [In(x[:32]), out(32)], "shfl-absent-lane")
    case("shuffle_after_exit", 1, 32, [In(x[:32]), out(32)], "shfl-absent-lane|deadlock")
    lanes = np.append(x[:32], np.int32(-1 ^ 1 << 5))
    case("shuffle_not_named", 1, 32, [In(lanes), out(32)], "shfl-absent-lane")


def endings(w):
    case = chapter(w, "planted_endings")
    x = np.arange(32, dtype=np.int32)
    y = x.copy()
    y[9] = -1
    case("trap_negative", 1, 32, [In(y), out(32)], "trap")
    case("assert_fails", 1, 32, [In(x), out(32)], "trap")
    case("endless_loop", 1, 32, [In(x.view(np.uint32)), out(32, "u32")], "timeout")
    case("texture_read", 1, 32, [{"u64": 0}, out(32, "f32")], "unsupported")
    f = normal("planted", 32)
    w.case("texture_neighbour", "planted_endings", "texture_neighbour", 1, 32, [In(f), Out(f * 2)])
