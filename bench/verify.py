"""Verification: `cinnabar verify` beside `pdfsig`, each a process (time on the clock, in turns), a
request to a running server beside the same, and how the time grows with the file."""
import http.client
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from product import Server
from report import entry, median_entry

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests" / "corpus"))
from documents import base_objects, sign  # noqa: E402
from pdf import Doc, Keys, stream  # noqa: E402

SIZES = (("20KB", 0), ("480KB", 460_000), ("10MB", 10_000_000), ("50MB", 50_000_000))
PEER_SIZES = ("20KB", "480KB", "10MB")
ROUNDS = 31


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


def asked(connection, content):
    begin = time.perf_counter()
    connection.request("POST", "/api/v1/verifications", content, {"Content-Type": "application/pdf"})
    response = connection.getresponse()
    report = response.read()
    if response.status != 200 or b"not-tampered" not in report:
        raise RuntimeError(report.decode())
    return (time.perf_counter() - begin) * 1e3


def in_server(build, root, files):
    """The same question on one kept connection; between two of them runs pdfsig."""
    server, out = Server(build / "bin" / "cinnabar", root / "verify", "--set", "log.level=warning"), []
    try:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        for name in PEER_SIZES:
            content = files[name].read_bytes()
            asked(connection, content)
            rounds = []
            for _ in range(ROUNDS):
                peer = milliseconds(["pdfsig", files[name]])
                own = asked(connection, content)
                rounds.append((own, peer, own / peer))
            out.append(median_entry(f"verify.server_over_pdfsig.{name}", "ms", rounds))
        connection.close()
    finally:
        server.stop()
    return out


def verify(build, root):
    files, ours = documents(root), {}
    out = in_server(build, root, files)
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
