"""Verification: `cinnabar verify` beside `pdfsig`, each a process (time on the clock, in turns), a
request to a running server beside the same, and how the time grows with the file."""
import os
import random
import re
import socket
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
IN_A_ROW = 10
LENGTH = re.compile(rb"Content-Length: (\d+)\r\n", re.IGNORECASE)


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


class Client:
    """Asks the same question on one kept connection; costs next to nothing itself."""

    def __init__(self, port, path):
        content = path.read_bytes()
        self.request = (b"POST /api/v1/verifications HTTP/1.1\r\nHost: localhost\r\n"
                        b"Content-Type: application/pdf\r\nContent-Length: %d\r\n\r\n%s" %
                        (len(content), content))
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self):
        """The time until the whole answer is here, in milliseconds."""
        begin, answer = time.perf_counter(), b""
        self.socket.sendall(self.request)
        while (body := answer.find(b"\r\n\r\n") + 4) < 4 or len(answer) < body + int(
                LENGTH.search(answer).group(1)):
            part = self.socket.recv(65_536)
            if not part:
                raise RuntimeError("the server hung up")
            answer += part
        if not answer.startswith(b"HTTP/1.1 200") or b"not-tampered" not in answer:
            raise RuntimeError(answer.decode())
        return (time.perf_counter() - begin) * 1e3


def in_server(build, root, files):
    """A server at work: each round is one pdfsig and then some questions in a row."""
    server, out = Server(build / "bin" / "cinnabar", root / "verify", "--set", "log.level=warning"), []
    try:
        for name in PEER_SIZES:
            client = Client(server.port, files[name])
            client.ask()
            rounds = []
            for _ in range(ROUNDS):
                peer = milliseconds(["pdfsig", files[name]])
                own = statistics.mean(client.ask() for _ in range(IN_A_ROW))
                rounds.append((own, peer, own / peer))
            out.append(median_entry(f"verify.server_over_pdfsig.{name}", "ms", rounds))
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
