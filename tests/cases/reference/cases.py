"""Collects cases, checks them against the manifest, and writes or compares them."""

import io
import json
import re
import zlib

import numpy as np

SCALARS = {"i8": 1, "u8": 1, "i16": 2, "u16": 2, "f16": 2, "bf16": 2, "i32": 4, "u32": 4, "f32": 4, "i64": 8, "u64": 8, "f64": 8}
DTYPES = {"<f2": "f16", "<f4": "f32", "<f8": "f64", "|i1": "i8", "|u1": "u8", "<i2": "i16", "<u2": "u16", "<i4": "i32", "<u4": "u32", "<i8": "i64", "<u8": "u64"}


def rng(name):
    """A generator of its own for each name, so that one case does not shift the numbers of the next."""
    return np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))


def integers(name, low, high, shape, dtype=np.int32):
    """Integers low .. high, both included."""
    return rng(name).integers(low, high, shape, endpoint=True).astype(dtype)


def normal(name, shape, dtype=np.float32, scale=1.0):
    return (scale * rng(name).standard_normal(shape)).astype(dtype)


class In:
    def __init__(self, array, dtype=None):
        self.array, self.dtype = np.ascontiguousarray(array), dtype


class Out:
    """An output: `expected` is its reference; or only its shape and type are known."""

    def __init__(self, expected=None, tolerance=0, dtype=None, each=None, order=None, shape=None):
        self.expected, self.tolerance, self.dtype, self.each, self.order, self.shape = expected, tolerance, dtype, each, order, shape


class InOut(Out):
    def __init__(self, array, expected=None, **more):
        super().__init__(expected, **more)
        self.array = np.ascontiguousarray(array)


class Writer:
    def __init__(self, root, here):
        self.root, self.here = root, here
        manifest = json.loads((root / "ptx/manifest.json").read_text())
        self.images = {image["file"]: image for image in manifest["images"]}
        self.files, self.arrays, self.used = {}, {}, set()

    def case(self, name, image, kernel, grid, block, args, shared=0, cooperative=False, **tests):
        """Adds a case. `image` is "name" for name.compute_80.ptx, or "name:90"; `tests` are the fields that only tests read."""
        file, _, target = image.partition(":")
        file = f"checks/{file}.compute_{target or 80}.ptx"
        self.used.add((file, kernel))
        described = [self.argument(name, index, argument) for index, argument in enumerate(args)]
        self.compare_layout(name, file, kernel, args)
        shared = shared or self.triton_shared(file, kernel)
        record = {"module": f"../../ptx/{file}", "kernel": kernel, "grid": three(grid), "block": three(block)}
        record |= {"sharedBytes": shared, "cooperative": cooperative, "args": described}
        if tests.get("expect"):
            kinds = {kind for entry in tests["expect"] for kind in entry.split("|")}
            tests["sources"] = self.marked_lines(self.images[file]["source"], kernel, kinds)
        record |= {key: value for key, value in tests.items() if value}
        assert f"{name}.json" not in self.files, name
        self.files[f"{name}.json"] = json_text(record).encode()

    def argument(self, case, index, argument):
        if isinstance(argument, dict):
            return argument
        described = {}
        if isinstance(argument, In):
            described["in"] = self.array(f"{case}.{index}", argument.array)
            if argument.dtype:
                described["dtype"] = argument.dtype
            return described
        like = argument.expected if argument.expected is not None else getattr(argument, "array", None)
        out = f"../../target/cases/{case}/{index}.npy"
        if isinstance(argument, InOut):
            described["inout"] = self.array(f"{case}.{index}", argument.array)
        described["out"] = out
        described["dtype"] = argument.dtype or DTYPES[like.dtype.str]
        described["shape"] = list(argument.shape if like is None else like.shape)
        if argument.expected is not None:
            described["expected"] = self.array(f"{case}.{index}.expected", argument.expected)
            described["tolerance"] = argument.tolerance
        described |= {key: getattr(argument, key) for key in ("each", "order") if getattr(argument, key)}
        return described

    def array(self, name, array):
        """Name of the file that holds the array; equal arrays share one."""
        buffer = io.BytesIO()
        np.save(buffer, np.ascontiguousarray(array), allow_pickle=False)
        return self.arrays.setdefault(buffer.getvalue(), f"data/{name}.npy")

    def triton_shared(self, file, kernel):
        """The dynamic shared memory that Triton chose, which its launcher passes."""
        found = [k for k in self.images[file]["kernels"] if k["kernel"] == kernel and "tile" in k]
        return found[0]["sharedBytes"] if found else 0

    def compare_layout(self, name, file, kernel, args):
        found = [k for k in self.images[file]["kernels"] if k["kernel"] == kernel]
        assert found, f"{name}: {file} has no kernel {kernel}"
        sizes = [argument["bytes"] for argument in found[0]["args"]]
        given = [size(argument) for argument in args]
        assert given == sizes, f"{name}: arguments of {given} bytes for a layout of {sizes}"

    def marked_lines(self, source, kernel, kinds):
        """Lines of a kernel's source with a comment `planted: KIND`."""
        lines, inside, found = (self.root / source).read_text().splitlines(), False, []
        for number, line in enumerate(lines, 1):
            if "__global__" in line:
                inside = re.search(rf"\b{kernel}\(", line) is not None
            mark = re.search(r"// planted: ([\w-]+)", line)
            if inside and mark:
                assert mark[1] in kinds, f"{source}:{number}"
                found.append(f"{source}:{number}")
        return found

    def finish(self, check):
        for image in self.images.values():
            for kernel in image["kernels"]:
                if (image["file"], kernel["kernel"]) not in self.used and image["target"] == "compute_80":
                    print(f"no case for {kernel['kernel']} of {image['file']}")
        wanted = self.files | {path: content for content, path in self.arrays.items()}
        if check:
            return self.compare(wanted)
        for old in [*self.here.glob("*.json"), *self.here.glob("data/*.npy")]:
            if old.relative_to(self.here).as_posix() not in wanted:
                old.unlink()
        (self.here / "data").mkdir(exist_ok=True)
        for path, content in wanted.items():
            (self.here / path).write_bytes(content)
        total = sum(len(content) for content in self.arrays)
        print(f"{len(self.files)} cases, {len(self.arrays)} arrays of {total} bytes together")
        return 0

    def compare(self, wanted):
        """Cases and inputs byte for byte; references to 1e-6, because another machine's NumPy may round them otherwise."""
        wrong = []
        for path, content in wanted.items():
            file = self.here / path
            if not file.exists():
                wrong.append(f"{path}: missing")
            elif file.read_bytes() != content and not (path.endswith(".expected.npy") and close(file.read_bytes(), content)):
                wrong.append(f"{path}: differs")
        there = [*self.here.glob("*.json"), *self.here.glob("data/*.npy")]
        wrong += [f"{f.name}: no longer made" for f in there if f.relative_to(self.here).as_posix() not in wanted]
        for line in wrong:
            print(line)
        print("run tests/cases/generate" if wrong else f"{len(wanted)} files, all as they are made now")
        return 1 if wrong else 0


def three(sides):
    sides = [sides] if isinstance(sides, int) else list(sides)
    return sides + [1] * (3 - len(sides))


def size(argument):
    if not isinstance(argument, dict):
        return 8
    ((kind, value),) = argument.items()
    return len(value) // 2 if kind == "bytes" else SCALARS[kind]


def close(a, b):
    a, b = np.load(io.BytesIO(a)), np.load(io.BytesIO(b))
    return a.shape == b.shape and a.dtype == b.dtype and np.allclose(a.astype(float), b.astype(float), rtol=1e-6, atol=1e-7, equal_nan=True)


def json_text(record):
    """One field a line, one argument a line."""
    lines = []
    for key, value in record.items():
        if key in ("args", "stdout", "sources") and value:
            inner = ",\n".join("  " + json.dumps(entry) for entry in value)
            lines.append(f' "{key}": [\n{inner}\n ]')
        else:
            lines.append(f' "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"
