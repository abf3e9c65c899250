#!/usr/bin/env python3
"""Makes valid, attacked and broken files and a manifest of the verdicts they must get.

Usage: generate.py FOLDER [--seed N]. The files are the same for a seed but for keys and times.
"""
import argparse
import json
import random
import zlib
from pathlib import Path

from attacks import all_attacks, forgeries
from covering import heavy
from documents import base, sign
from pdf import Keys, stream
from valid import all_valid, unsigned

# Of a file that is no longer whole: anything but intact.
NOT_INTACT = ["tampered", "damaged", "no-signature", "encrypted"]


def bombs():
    """Unsigned files that cost a careless reader its memory or its time."""
    zeros = zlib.compress(b"\0" * (200 << 20), 9)
    many = b"[" + b"0 " * 3_000_000 + b"]"
    yield "deep", base().write({30: b"[" * 100_000 + b"]" * 100_000})
    yield "wide", base().write({30: many})
    yield "inflating_members", base().write({30: stream(
        zeros, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode ")}, xref="stream")
    doc = base()
    start = len(doc.data)
    body = stream(zeros, b"/Type /XRef /W [1 2 1] /Index [0 8000000] /Size 8000001 /Root 1 0 R "
                         b"/Filter /FlateDecode ")
    doc.data += b"30 0 obj\n" + body + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
    yield "inflating_section", doc
    loop = base()
    loop.write({2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>",
                9: b"<< /Fields [10 0 R] >>", 10: b"<< /T (x) /Kids [10 0 R] >>"})
    yield "circles", loop
    chain = base()
    for _ in range(600):
        chain.write({14: b"(x)"})
    yield "long_chain", chain


def damaged(keys, random_source):
    signed = sign(base(), keys).data
    for index in range(40):
        yield f"cut_{index}", signed[:random_source.randrange(1, len(signed) - 8)]
    first_end = signed.index(b"%%EOF")
    for index in range(60):
        at = random_source.randrange(9, first_end)
        yield f"flipped_{index}", signed[:at] + bytes([signed[at] ^ (1 << index % 8)]) + \
            signed[at + 1:]
    for index in range(40):
        noise = bytes(random_source.randrange(256) for _ in range(16))
        at = random_source.randrange(0, len(signed) - 16)
        yield f"noise_{index}", signed[:at] + noise + signed[at + 16:]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--seed", type=int, default=20240131)
    options = arguments.parse_args()
    print(f"corpus seed {options.seed}")
    keys, manifest = Keys(), {}
    options.folder.mkdir(parents=True, exist_ok=True)

    def save(kind, name, data, verdicts):
        file = f"{kind}-{name}.pdf"
        (options.folder / file).write_bytes(data)
        manifest[file] = verdicts

    for name, doc in all_valid(keys):
        save("valid", name, doc.data, ["not-tampered"])
    for name, doc in unsigned(keys):
        save("unsigned", name, doc.data, ["no-signature"])
    for name, doc in all_attacks(keys):
        save("attack", name, doc.data, ["tampered"])
    for name, doc in forgeries(None, keys):
        save("forgery", name, doc.data, ["damaged", "tampered"])
    for name, doc in bombs():
        save("bomb", name, doc.data, ["damaged", "no-signature"])
    for name, doc in heavy(keys):
        save("heavy", name, doc.data, ["damaged", "tampered"])
    for name, data in damaged(keys, random.Random(options.seed)):
        save("damaged", name, data, NOT_INTACT)
    (options.folder / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True))
    (options.folder / "ca.der").write_bytes(keys.der("ca"))
    print(f"{len(manifest)} files")


if __name__ == "__main__":
    main()
