#!/usr/bin/env python3
"""Compares `./tw run fftconv` with float64 numpy, forward and backward, from outside Java.

Needs Python 3.9 and numpy, nothing else. Run it from anywhere:

    python3 tests/numpy/check_run.py             about 400 cases, some minutes
    python3 tests/numpy/check_run.py --quick     a tenth of them
    TILEWRIGHT_CPU_LEVEL=x86-64 python3 tests/numpy/check_run.py --only 257

The reference is written from the equations of the README with numpy's FFT, and below DIRECT
multiplications also as plain sums, which must agree with it. Inputs are f32 with a slowly decaying
filter; the reference sees them unrounded also where tw stores 16 bits. The error of each output is
||out - ref|| / ||ref||. Exit 0: all within their bound; 1: the failures are listed.
"""

import argparse
import itertools
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

TW = pathlib.Path(__file__).resolve().parents[2] / "tw"
BOUNDS = {"f32": 2e-6, "f16": 2e-3, "bf16": 1.5e-2}
LONG_F32 = 2e-5  # beyond LONG points
LONG = 1 << 20
DIRECT = 300_000
MODES = ("causal", "circular", "bidirectional")
NO_GATES, PRE, POST, D = (), ("pregate",), ("postgate",), ("d",)
ALL = PRE + POST + D
OPTIONS = [NO_GATES, PRE, POST, PRE + POST, D, ALL]

REQUIRED = [  # B, H, L, Lk: the shapes every release is checked at
    (1, 1, 1, 1), (2, 3, 257, 257), (1, 111, 14113, 777), (2, 4, 65536, 65536),
    (1, 2, 1048576, 1048576),
]
EVIL = [
    (1, 1, 1, 7), (3, 2, 1, 2), (2, 1, 2, 1), (1, 3, 2, 9), (2, 2, 3, 5), (1, 1, 4, 8),
    (5, 7, 13, 26), (1, 2, 31, 67), (2, 3, 32, 64), (2, 2, 33, 64), (1, 1, 63, 131), (7, 1, 64, 63),
    (1, 5, 65, 1), (2, 2, 100, 300), (3, 3, 127, 128), (2, 2, 128, 256), (1, 4, 129, 128),
    (1, 1, 255, 256), (33, 1, 256, 255), (1, 1, 511, 1022), (2, 2, 513, 1031), (3, 5, 1009, 997),
    (1, 2, 1023, 1024), (1, 2, 1025, 2055), (2, 9, 2047, 5), (2, 3, 2049, 4098), (1, 1, 4095, 4097),
    (2, 1, 4097, 1), (2, 17, 4099, 4099), (1, 2, 8191, 16384), (9, 1, 8193, 129), (1, 3, 12289, 12289),
    (2, 2, 16383, 40), (2, 2, 16385, 32775), (1, 2, 30011, 64), (3, 1, 32769, 2049), (2, 2, 65535, 131070),
    (1, 3, 65536, 128), (2, 2, 65537, 127), (1, 2, 100003, 999), (1, 2, 131071, 131073),
    (20000, 1, 64, 64), (300, 2, 4096, 128), (64, 1, 16384, 40), (1, 1, 1048576, 128),
    (1, 1, 262145, 300), (1, 1, 524287, 524287), (1, 1, 1000003, 2000006),
]
HUGE = [(1, 1, 4194304, 128), (1, 1, 4194304, 4194304), (1, 1, 3000017, 5)]


def fft_length(n):
    return 1 << max(0, int(n - 1).bit_length())


class Reference:
    """y = postgate * (k conv (u * pregate)) + d * u and its gradients, float64."""

    def __init__(self, mode, length, taps):
        self.length, self.taps = length, taps
        self.circular = mode == "circular"
        tap = np.arange(taps)
        if mode == "bidirectional":
            self.lag = np.where(tap < (taps + 1) // 2, tap, tap - taps)
        else:
            self.lag = tap
        if self.circular:
            self.n = length
            self.slot, self.used = self.lag % length, np.ones(taps, bool)
        else:
            self.n = fft_length(2 * length - 1)
            self.used = np.abs(self.lag) < length
            self.slot = self.lag % self.n

    def filter_spectrum(self, k):
        g = np.zeros((k.shape[0], self.n))
        for h in range(k.shape[0]):
            np.add.at(g[h], self.slot[self.used], k[h, self.used])
        return np.fft.rfft(g)

    def apply(self, x, spectrum):
        out = np.fft.irfft(np.fft.rfft(x, self.n) * spectrum, self.n)
        return out[..., : self.length]

    def forward(self, a):
        v = self.apply(a["u"] * a.get("pregate", 1), self.filter_spectrum(a["k"]))
        y = v * a.get("postgate", 1)
        return {"y": y + a["d"][:, None] * a["u"] if "d" in a else y}

    def backward(self, a):
        u, dy = a["u"], a["dy"]
        x, dz = u * a.get("pregate", 1), dy * a.get("postgate", 1)
        spectrum = self.filter_spectrum(a["k"])
        dx = self.apply(dz, spectrum.conj())
        cross = np.fft.irfft(
            (np.fft.rfft(dz, self.n) * np.fft.rfft(x, self.n).conj()).sum(0), self.n)
        out = {"du": dx * a.get("pregate", 1), "dk": cross[:, self.slot] * self.used}
        if "pregate" in a:
            out["dpregate"] = dx * u
        if "postgate" in a:
            out["dpostgate"] = self.apply(x, spectrum) * dy
        if "d" in a:
            out["du"] = out["du"] + a["d"][:, None] * dy
            out["dd"] = (u * dy).sum((0, 2))
        return out

    def direct(self, x, k):
        """k conv x as a sum over taps and positions, for the check of the reference itself."""
        out = np.zeros_like(x)
        for j in range(self.taps):
            for t in range(self.length):
                s = t - self.lag[j]
                if self.circular:
                    s %= self.length
                if 0 <= s < self.length:
                    out[:, :, t] += k[:, j] * x[:, :, s]
        return out


def inputs(shape, options, rng):
    batch, channels, length, taps = shape
    size = (batch, channels, length)
    decay = np.exp(-3.0 * np.arange(taps) / taps) / np.sqrt(taps)
    arrays = {
        "u": rng.standard_normal(size),
        "k": rng.standard_normal((channels, taps)) * decay,
        "dy": rng.standard_normal(size),
    }
    for name in options:
        arrays[name] = rng.standard_normal((channels,) if name == "d" else size)
    arrays["dy"] += arrays["u"]  # else dd, the sum of u * dy, cancels, and 16-bit inputs lose it
    return {name: a.astype(np.float32) for name, a in arrays.items()}


def run(folder, arrays, outputs, mode, dtype, backward):
    command = [str(TW), "run", "fftconv", "--quiet", "--set", f"mode={mode}", "--set", f"dtype={dtype}"]
    command += ["--set", "pass=backward"] if backward else []
    for name in arrays:
        if backward or name != "dy":
            command += ["--in", f"{name}={folder / (name + '.npy')}"]
    for name in outputs:
        command += ["--out", f"{name}={folder / (name + '.npy')}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"exit {done.returncode}: {done.stderr.strip()}")
    return {name: np.load(folder / (name + ".npy")) for name in outputs}


def error(out, ref):
    if out.shape != ref.shape or out.dtype != np.float32 or not np.isfinite(out).all():
        return float("inf")
    norm = np.linalg.norm(ref)
    return float(np.linalg.norm(out - ref) / norm) if norm else float(np.linalg.norm(out))


def check(folder, shape, mode, options, dtype, seed):
    """The worst error over its bound, and a line for each output that misses its bound."""
    arrays = inputs(shape, options, np.random.default_rng(seed))
    for name, a in arrays.items():
        np.save(folder / (name + ".npy"), a)
    exact = {name: a.astype(np.float64) for name, a in arrays.items()}
    reference = Reference(mode, shape[2], shape[3])
    batch, channels, length, taps = shape
    if batch * channels * length * taps <= DIRECT:
        x = exact["u"] * exact.get("pregate", 1)
        plain = reference.direct(x, exact["k"])
        gap = error(reference.apply(x, reference.filter_spectrum(exact["k"])).astype(np.float32), plain)
        if gap > 1e-6:
            raise AssertionError(f"the reference contradicts plain sums: {gap:.1e}")
    bound = LONG_F32 if dtype == "f32" and length > LONG else BOUNDS[dtype]
    worst, failures = 0.0, []
    for backward in (False, True):
        expected = reference.backward(exact) if backward else reference.forward(exact)
        try:
            got = run(folder, arrays, expected, mode, dtype, backward)
        except (RuntimeError, OSError) as e:
            return float("inf"), [str(e)]
        for name, ref in expected.items():
            ratio = error(got[name], ref) / bound
            worst = max(worst, ratio)
            if not ratio <= 1:
                failures.append(f"{name}: error {ratio * bound:.2e}, allowed {bound:.1e}")
    return worst, failures


def cases(quick):
    for shape, mode in itertools.product(REQUIRED, MODES):
        for options in OPTIONS:
            yield shape, mode, options, "f32"
        for dtype in ("f16", "bf16"):
            yield shape, mode, ALL, dtype
    turn = itertools.count()
    for shape, mode in itertools.product(EVIL, MODES):
        i = next(turn)
        yield shape, mode, ALL, "f32"
        yield shape, mode, OPTIONS[i % len(OPTIONS)], ("f32", "f16", "bf16", "f32", "bf16")[i % 5]
    if not quick:
        for shape, mode in itertools.product(HUGE, MODES):
            yield shape, mode, ALL, "f32"


def main():
    parser = argparse.ArgumentParser(description="Compare tw run fftconv with float64 numpy.")
    parser.add_argument("--quick", action="store_true", help="every eleventh case")
    parser.add_argument("--only", metavar="TEXT", help="cases whose line holds TEXT")
    args = parser.parse_args()
    chosen = list(cases(args.quick))
    if args.quick:
        chosen = chosen[::11]
    failed = done = 0
    level = os.environ.get("TILEWRIGHT_CPU_LEVEL", "the machine's level")
    with tempfile.TemporaryDirectory(prefix="tw-numpy-") as folder:
        for seed, (shape, mode, options, dtype) in enumerate(chosen):
            line = f"B,H,L,Lk={','.join(map(str, shape))} {mode} {dtype} {'+'.join(options) or '-'}"
            if args.only and args.only not in line:
                continue
            worst, failures = check(pathlib.Path(folder), shape, mode, options, dtype, seed)
            done += 1
            failed += bool(failures)
            print(f"{'FAIL' if failures else 'ok  '} {line}: {worst:.2f} of the bound", flush=True)
            for failure in failures:
                print(f"       {failure}", flush=True)
    print(f"{done} cases at {level}, {failed} failed")
    return 1 if failed or not done else 0


if __name__ == "__main__":
    sys.exit(main())
