#!/usr/bin/python3
"""Measures the product against its limits in one run and writes report.json and a table.

Usage: run.py BUILD_FOLDER REPORT_FILE [PART...]; PART is signing, access, hooks, calls, peers, verify,
hello, life, neighbours or partner, and without any, all are measured. The report holds
[{name, value, unit, limit, ratio}].
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import scene
from hello import hello
from life import life
from neighbours import neighbours
from partner import partner
from peers import peers
from product import Server
from report import Load, entry, write
from verify import verify

PARTS = ("signing", "access", "hooks", "calls", "peers", "verify", "hello", "life", "neighbours",
         "partner")


def costs(program):
    """What a program prints as lines of "name limit_us value_us ratio"."""
    output = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in output.splitlines()]
    return [entry(name, float(value), "us", float(limit), float(ratio))
            for name, limit, value, ratio in rows]


def limit_of(entries, name):
    return next(e["limit"] for e in entries if e["name"] == name)


def measure(build, root, parts):
    entries = []
    if parts & {"signing", "peers", "life"}:
        entries = costs(build / "bin" / "sign_bench") + costs(build / "bin" / "password_bench")
    if "access" in parts:
        entries += costs(build / "bin" / "access_bench")
    if "hooks" in parts:
        entries += costs(build / "bin" / "hook_bench")
    if "calls" in parts:
        entries += costs(build / "bin" / "call_bench")
    if "peers" in parts:
        entries += peers(root, limit_of(entries, "sign.rsa_2048.90KB"))
    if "verify" in parts:
        entries += verify(build, root)
    if "partner" in parts:
        entries += partner(build, root)
    if not parts & {"hello", "life", "neighbours"}:
        return entries
    server = Server(build / "bin" / "cinnabar", root / "data", "--set", "log.level=warning")
    try:
        load = Load(build, server.port, scene.plan(server.port))
        if parts & {"hello", "life"}:
            entries += hello(server, root)
        if "life" in parts:
            needed = ("http.hello.cpu", "sign.ecdsa_p256.90KB.timestamped", "password.check")
            entries.append(life(load, *(limit_of(entries, name) for name in needed)))
        if "neighbours" in parts:
            entries += neighbours(load)
    finally:
        server.stop()
    return entries


def main():
    build, report = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    parts = set(sys.argv[3:] or PARTS)
    if parts - set(PARTS):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # nginx's workers run as another user
        write(measure(build, Path(folder), parts), report)


if __name__ == "__main__":
    main()
