"""Makes the images that kernels.toml lists, and the manifest."""

import hashlib
import json
import re
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import compilers, ptx_text


def run(root, options):
    listed = images(root)
    old = {image["file"]: image for image in manifest(root)}
    wanted = [i for i in listed if options.all or options.check or chosen(i, old, root, options)]
    cuda = [i for i in wanted if i["compiler"].startswith("nvcc")]
    # Triton compiles in this process and is not meant for threads; nvcc is a process of its own.
    with ThreadPoolExecutor(max(1, options.jobs)) as pool:
        made = list(pool.map(lambda image: make(root, image), cuda))
    made += [make(root, image) for image in wanted if image not in cuda]
    fresh = {entry["file"]: (entry, text) for entry, text in made}
    entries = [fresh[i["file"]][0] if i["file"] in fresh else old[i["file"]] for i in listed]
    files = {file: text for file, (_, text) in fresh.items()}
    files["manifest.json"] = json_text(entries)
    return compare(root, files) if options.check else write(root, files, listed)


def chosen(image, old, root, options):
    entry = old.get(image["file"])
    if entry is None or not (root / "ptx" / image["file"]).exists():
        return True
    return options.only in image["file"] if options.only else entry["sha256"] != image["sha256"]


def images(root):
    """One record for each PTX file: its source, flags, target and hash."""
    table = tomllib.loads((root / "ptx/kernels.toml").read_text())
    found = []
    for item in table["cuda"]:
        source = "cuda/" + item["source"]
        for target in item.get("targets", [80]):
            image = {
                "file": item["source"].removesuffix(".cu") + f".compute_{target}.ptx",
                "source": source,
                "compiler": compilers.nvcc_version(),
                "flags": [f"-arch=compute_{target}", *compilers.COMMON_FLAGS, *item.get("flags", [])],
                "target": target,
                "about": item.get("kernels", {}),
            }
            found.append(image | {"sha256": fingerprint(root, image)})
    for item in table["triton"]:
        image = {
            **item,
            "file": item["image"] + ".compute_80.ptx",
            "source": "ptx/" + item["source"],
            "compiler": compilers.triton_version(),
            "flags": [f"{key}={json.dumps(item[key], sort_keys=True)}" for key in sorted(item)],
            "target": 80,
        }
        found.append(image | {"sha256": fingerprint(root, image)})
    return sorted(found, key=lambda image: image["file"])


def fingerprint(root, image):
    """Hash of the source, of the headers it includes by quotes, of the flags and of the compiler's version."""
    digest = hashlib.sha256()
    for file in sources(root, root / image["source"]):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    digest.update("\0".join([image["compiler"], *image["flags"]]).encode())
    return digest.hexdigest()


def sources(root, file):
    found, pending = [], [file]
    while pending:
        current = pending.pop()
        if current in found:
            continue
        found.append(current)
        for name in re.findall(r'^\s*#\s*include\s+"([^"]+)"', current.read_text(), re.M):
            places = [current.parent / name, root / "cuda" / name]
            pending += [p.resolve() for p in places if p.exists()][:1]
    return sorted(found)


def make(root, image):
    """Compiles one image, assembles it as a check, and describes it."""
    print("making " + image["file"], file=sys.stderr)
    entry = {key: image[key] for key in ("file", "source", "compiler", "flags")}
    entry |= {"target": f"compute_{image['target']}", "sha256": image["sha256"]}
    if "image" in image:
        text, metadata = compilers.triton(root, image)
        kernels = triton_kernels(image, text, metadata)
    else:
        text = compilers.nvcc(root, image["source"], image["flags"])
        kernels = cuda_kernels(image, text)
    chips = sorted({max(image["target"], 75), 90})
    assembled = {f"sm_{chip}": compilers.ptxas(text, f"sm_{chip}", image["file"]) for chip in chips}
    for kernel in kernels:
        kernel["resources"] = {chip: found[kernel["kernel"]] for chip, found in assembled.items()}
        if "sharedBytes" not in kernel:
            kernel["sharedBytes"] = kernel["resources"][f"sm_{chips[0]}"]["sharedBytes"]
    return entry | {"kernels": kernels}, text


def cuda_kernels(image, text):
    """Shared memory is the static part; `dynamicShared` says that a launch may add to it."""
    dynamic = bool(re.search(r"\.extern\s+\.shared", text))
    kernels = []
    for kernel in ptx_text.entries(text):
        about = image["about"].get(kernel["kernel"], {})
        kernels.append(kernel | {"dynamicShared": dynamic} | about)
    return kernels


def triton_kernels(image, text, metadata):
    """Triton's shared memory is all dynamic. Behind the kernel's own arguments it wants two pointers, which may be null."""
    (kernel,) = ptx_text.entries(text)
    named = [name for name in image["signature"]]
    hidden = ["global_scratch", "profile_scratch"]
    if len(kernel["args"]) != len(named) + len(hidden):
        raise SystemExit(f"{image['file']}: {len(kernel['args'])} parameters for {len(named)} arguments")
    for argument, name in zip(kernel["args"], named + hidden):
        argument["name"] = name
        argument["hidden"] = name in hidden
    return [
        kernel
        | {
            "dtype": image["dtype"],
            "tile": image.get("constants", {}),
            "block": [32 * metadata.num_warps, 1, 1],
            "warps": metadata.num_warps,
            "stages": image.get("stages", 3),
            "sharedBytes": metadata.shared,
            "dynamicShared": True,
        }
    ]


def manifest(root):
    file = root / "ptx/manifest.json"
    return json.loads(file.read_text())["images"] if file.exists() else []


def json_text(entries):
    """JSON that diffs well: one field a line, but short lists and arguments on one line."""
    text = json.dumps({"images": entries}, indent=1)
    for _ in range(2):
        text = re.sub(r"[\[{]\n\s*[^\[\]{}\n]*(?:\n[^\[\]{}\n]*)*?\n\s*[\]}]", short, text)
    return text + "\n"


def short(match):
    line = re.sub(r"\s*\n\s*", " ", match[0])
    return line if len(line) <= 140 else match[0]


def write(root, files, listed):
    for name, text in files.items():
        path = root / "ptx" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    known = {image["file"] for image in listed}
    for path in (root / "ptx").rglob("*.ptx"):
        if path.relative_to(root / "ptx").as_posix() not in known:
            print("removing " + str(path.relative_to(root)), file=sys.stderr)
            path.unlink()
    print(f"{len(files) - 1} of {len(listed)} images made", file=sys.stderr)
    return 0


def compare(root, files):
    """Exit status of --check: every file must be there, equal, and nothing else."""
    there = {p.relative_to(root / "ptx").as_posix(): p for p in (root / "ptx").rglob("*.ptx")}
    there["manifest.json"] = root / "ptx/manifest.json"
    wrong = []
    for name in sorted(files.keys() | there.keys()):
        if name not in there or not there[name].exists():
            wrong.append(f"ptx/{name}: missing")
        elif name not in files:
            wrong.append(f"ptx/{name}: not made by any line of ptx/kernels.toml")
        elif there[name].read_text() != files[name]:
            wrong.append(f"ptx/{name}: differs from what the compilers make now")
    for line in wrong:
        print(line)
    print("run ptx/generate --all" if wrong else f"{len(files)} files, all as the compilers make them")
    return 1 if wrong else 0
