"""Verification: `cinnabar verify` beside `pdfsig`, each a process (time on the clock, in turns), and how
its time grows with the file."""
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from report import entry

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests" / "corpus"))
from documents import base_objects, sign  # noqa: E402
from pdf import Doc, Keys, stream  # noqa: E402

SIZES = (("20KB", 0), ("480KB", 460_000), ("10MB", 10_000_000), ("50MB", 50_000_000))
PEER_SIZES = ("20KB", "480KB", "10MB")
ROUNDS = 20


def documents(root):
    keys, out = Keys(), {}
    for name, size in SIZES:
        objects = base_objects()
        if size:
            objects[40] = stream(random.Random(size).randbytes(size))
        out[name] = root / f"signed_{name}.pdf"
        out[name].write_bytes(sign(Doc().write(objects), keys).data)
    return out


def milliseconds(command):
    begin = time.perf_counter()
    done = subprocess.run(command, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stderr.decode()}")
    return (time.perf_counter() - begin) * 1e3


def verify(build, root):
    files, ours = documents(root), {}
    out = []
    program = os.fspath(build / "bin" / "cinnabar")
    for name, path in files.items():
        pairs = [(milliseconds([program, "verify", path]),
                  milliseconds(["pdfsig", path]) if name in PEER_SIZES else 0)
                 for _ in range(ROUNDS)]
        ours[name] = min(own for own, _ in pairs)
        if name in PEER_SIZES:
            own, peer = (statistics.median(side) for side in zip(*pairs))
            ratio = statistics.median(a / b for a, b in pairs)
            out.append(entry(f"verify.process_over_pdfsig.{name}", own, "ms", peer, ratio))
    # Five times the bytes take at most five times as long, what a process needs aside.
    grown, expected = ours["50MB"] - ours["20KB"], 5 * (ours["10MB"] - ours["20KB"])
    out.append(entry("verify.50MB_over_10MB", grown, "ms", expected, grown / expected))
    return out
