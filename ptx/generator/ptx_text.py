"""What the generator reads in PTX text and in the output of ptxas."""

import hashlib
import posixpath
import re

SIZES = {"8": 1, "16": 2, "32": 4, "64": 8}
ENTRY = re.compile(r"\.entry\s+([\w$]+)\s*(?:\((.*?)\))?([^{;]*)\{", re.S)
PARAM = re.compile(r"\.param\s+(?P<words>(?:\.\w+\s+(?:\d+\s+)?)+)(?P<name>[\w$]+)(?:\[(?P<count>\d+)\])?")


def entries(text):
    """The kernels of a module: name, argument layout, and the block its directives demand."""
    return [
        {"kernel": name, "block": block(directives), "args": arguments(params or "")}
        for name, params, directives in ENTRY.findall(re.sub(r"//[^\n]*", "", text))
    ]


def arguments(params):
    """Type, size and offset of each parameter, as a launch has to pack them."""
    layout, offset = [], 0
    for match in PARAM.finditer(params):
        words = match["words"].split()
        kind = next(w[1:] for w in words if re.fullmatch(r"\.[bsuf]\d+", w))
        size = SIZES[kind[1:]]
        # `.ptr .global .align N` speaks of the memory pointed at; only a plain `.align N` aligns the parameter.
        align = int(words[words.index(".align") + 1]) if ".align" in words and ".ptr" not in words else size
        size *= int(match["count"] or 1)
        offset = -(-offset // align) * align
        argument = {"type": kind if match["count"] is None else "bytes", "bytes": size, "offset": offset}
        layout.append(argument)
        offset += size
    return layout


def block(directives):
    """The block size that `.reqntid` demands, {"max": n} for `.maxntid`, else None."""
    for word in ("reqntid", "maxntid"):
        match = re.search(rf"\.{word}\s+([\d,\s]+)", directives)
        if match:
            sides = [int(n) for n in match[1].replace(" ", "").strip().rstrip(",").split(",")]
            sides += [1] * (3 - len(sides))
            return sides if word == "reqntid" else {"max": sides[0] * sides[1] * sides[2]}
    return None


def resources(log):
    """Registers, static shared memory, stack and spills of each kernel out of the log of `ptxas -v`."""
    found, name = {}, None
    for line in log.splitlines():
        if match := re.search(r"Compiling entry function '([^']+)'", line):
            name = match[1]
            found[name] = {"registers": 0, "sharedBytes": 0, "stackBytes": 0, "spillStoreBytes": 0, "spillLoadBytes": 0}
        elif "Function properties for" in line:  # of a device function that is called: not the kernel's own
            current = line.rsplit(" ", 1)[1]
            own = current in found
        elif name and (match := re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", line)):
            if own:
                keys = ("stackBytes", "spillStoreBytes", "spillLoadBytes")
                found[current].update(zip(keys, map(int, match.groups())))
        elif name and (match := re.search(r"Used (\d+) registers", line)):
            found[name]["registers"] = int(match[1])
            if shared := re.search(r"(\d+) bytes smem", line):
                found[name]["sharedBytes"] = int(shared[1])
    return found


def relative_files(text, root, packages):
    """Makes the paths of `.file` directives say nothing of the machine that compiled."""

    def rename(match):
        path = posixpath.normpath(posixpath.join(root, match[2]))
        for prefix in (f"{packages}/", f"{root}/"):
            if path.startswith(prefix):
                return match[1] + path[len(prefix) :] + match[3]
        # A header of the host's C++ compiler.
        return match[1] + "host/" + posixpath.basename(path) + match[3]

    return re.sub(r'(\.file\s+\d+\s+")([^"]*)(")', rename, text)


def steady_names(text, source):
    """nvcc hashes the absolute path of the source into names of internal linkage, `_INTERNAL_1234abcd_`: takes the path in the repository.

    The names also stand as bytes in the debug section, over several lines at times.
    """
    new = hashlib.sha256(source.encode()).hexdigest()[:8]
    text = re.sub(r"(?<=_INTERNAL_)[0-9a-f]{8}(?=_)", new, text)
    between = r"(?:,|\n\.b8 )"
    prefix = between.join(str(byte) for byte in b"_INTERNAL_")
    number = r"(\d+)"

    def rename(match):
        parts = re.split(rf"({between})", match[2])
        parts[0::2] = [str(byte) for byte in new.encode()]
        return match[1] + "".join(parts)

    return re.sub(rf"({prefix}{between})({number}(?:{between}{number}){{7}})(?={between}95)", rename, text)
