"""Runs nvcc, Triton and ptxas of the virtual environment."""

import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from . import ptx_text

PACKAGES = Path(sys.prefix) / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"
TOOLKIT = PACKAGES / "nvidia/cu13"
COMMON_FLAGS = ["-std=c++17", "-lineinfo", "-Icuda"]


def nvcc_version():
    return "nvcc " + version("nvidia-cuda-nvcc")


def triton_version():
    return "triton " + version("triton")


def nvcc(root, source, flags):
    """PTX of one .cu file. The same text wherever the checkout and the toolkit lie."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.ptx"
        command = [TOOLKIT / "bin/nvcc", "-ptx", *flags, source, "-o", out]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{source}: nvcc failed\n{done.stdout}{done.stderr}")
        if done.stderr.strip():
            print(f"{source}: {done.stderr.strip()}", file=sys.stderr)
        text = ptx_text.relative_files(out.read_text(), root, PACKAGES)
    text = ptx_text.steady_names(text, source)
    return refuse_absolute(text, source, root)


def triton(root, image):
    """PTX of one Triton kernel ahead of time, and what the compiler decided: shared memory, warps."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["TRITON_CACHE_DIR"] = cache
        from triton.backends.compiler import GPUTarget
        from triton.compiler import ASTSource, compile

        kernel = load_kernel(image["source"], image["kernel"])
        constants = image.get("constants", {})
        signature, attributes = {}, {}
        for index, name in enumerate(kernel.arg_names):
            if name in constants:
                signature[name] = "constexpr"
                continue
            kind, _, divisor = image["signature"][name].partition(":")
            signature[name] = kind
            if divisor:
                attributes[(index,)] = [["tt.divisibility", int(divisor)]]
        source = ASTSource(kernel, signature, constants, attributes)
        options = {"num_warps": image["warps"], "num_stages": image.get("stages", 3)}
        compiled = compile(source, target=GPUTarget("cuda", 80, 32), options=options)
        text = ptx_text.relative_files(compiled.asm["ptx"], root, PACKAGES)
        metadata = compiled.metadata
    return refuse_absolute(text, image["source"], root), metadata


def load_kernel(source, name):
    """The kernel of a Python file, loaded under its relative path: Triton writes that path into the PTX."""
    code = compile(Path(source).read_text(), source, "exec")
    scope = {"__name__": Path(source).stem, "__file__": source}
    exec(code, scope)
    return scope[name]


def refuse_absolute(text, source, root):
    """Nothing of the machine may be left in the text, not even in the bytes of a debug section."""
    spelled = ",".join(str(byte) for byte in str(root).encode())
    squeezed = re.sub(r"[\s.b8]*\n\s*\.b8\s*", ",", text) if ".b8" in text else ""
    if str(root) in text or spelled in squeezed or re.search(r'\.file\s+\d+\s+"/', text):
        raise SystemExit(f"{source}: its PTX names a folder of this machine")
    return text


def ptxas(text, target, name):
    """Assembles for one chip: proof that the PTX is valid, and the resources of each of its kernels."""
    with tempfile.NamedTemporaryFile("w", suffix=".ptx") as file:
        file.write(text)
        file.flush()
        command = [TOOLKIT / "bin/ptxas", "-v", f"-arch={target}", file.name, "-o", "/dev/null"]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name}: ptxas refused it for {target}\n{done.stdout}{done.stderr}")
    return ptx_text.resources(done.stderr)
