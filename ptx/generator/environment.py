"""The virtual environment with the pinned compilers. Imports nothing that is not in every Python."""

import os
import subprocess
import sys
from pathlib import Path


def enter(root):
    """Continues in the virtual environment that holds the pinned packages; makes or refreshes it when the pins changed."""
    pins = (root / "ptx/requirements.txt").read_text()
    venv = Path(os.environ.get("TILEWRIGHT_PTX_VENV", root / "target/ptx/venv")).absolute()
    mark = venv / "pins"
    if not mark.exists() or mark.read_text() != pins:
        if sys.version_info[:2] != (3, 11):
            sys.exit("the pinned packages need Python 3.11, this is " + sys.version.split()[0])
        print(f"Installing the compilers into {venv}: 1.2 GB, a minute or two", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
        pip = [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", root / "ptx/requirements.txt"], check=True)
        mark.write_text(pins)
    if Path(sys.prefix).resolve() != venv.resolve():
        os.execv(venv / "bin/python", [str(venv / "bin/python"), "-B", *sys.argv])
