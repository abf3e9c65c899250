#!/usr/bin/env python3
"""The verifier gives every file of the corpus its verdict, quickly and in little memory.

Usage: corpus_test.py CORPUS_VERIFY [SEED]
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

KILOBYTES_MAX = 256 * 1024
MILLISECONDS_MAX = 5_000


def main():
    verify, seed = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "20240131"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, Path(__file__).with_name("generate.py"), folder,
                        "--seed", seed], check=True)
        manifest = json.loads((Path(folder) / "manifest.json").read_text())
        lines = subprocess.run([verify, "--report", *(Path(folder) / name for name in manifest)],
                               capture_output=True, check=True).stdout.decode().splitlines()
        faults, seen = [], set()
        for line in lines:
            verdict, spent, memory, path, report = line.split("\t", 4)
            name = Path(path).name
            seen.add(name)
            if verdict not in manifest[name]:
                faults.append(f"{name}: {verdict}, must be {' or '.join(manifest[name])}\n  {report}")
            if float(spent) > MILLISECONDS_MAX:
                faults.append(f"{name}: takes {spent} ms")
            if int(memory) > KILOBYTES_MAX:
                faults.append(f"{name}: takes {memory} KB")
        faults += [f"{name}: has no answer" for name in set(manifest) - seen]
    print("\n".join(faults) or f"{len(lines)} files, each with its verdict")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
