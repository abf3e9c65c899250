#!/usr/bin/python3
"""Runs tests of the whole product on another storage, unchanged.

Usage: on_storage.py STORAGE CINNABAR TEST.py [ARGUMENT...]
       on_storage.py STORAGE CINNABAR --all

STORAGE is sqlite+files, mariadb+files, or galera+s3: three nodes, and Swift with its s3api. The
servers are this run's own. The test is given a program in the place of CINNABAR, which is CINNABAR
with a database and a prefix of its own for each data folder. --all runs every test of
tests/product, one after the other, and says how many passed.
"""
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from contextlib import ExitStack
from pathlib import Path

TESTS = Path(__file__).resolve().parent
sys.path.insert(0, str(TESTS / "lib"))
from databases import Galera, Mariadb, run_sql  # noqa: E402
from s3_endpoint import S3Endpoint  # noqa: E402
from storage import ADDRESS_VARIABLE, database_name  # noqa: E402

TEST_MAX_S = 1800
COMMANDS = {"serve", "doctor", "migrate", "plugin", "keys", "demo"}  # those that read the settings


def value_of(arguments, option):
    return arguments[arguments.index(option) + 1] if option in arguments[:-1] else ""


def database_settings(addresses, name):
    where = f"socket = {json.dumps(addresses[0])}" if "/" in addresses[0] else f"hosts = {json.dumps(addresses)}"
    return f'[plugin."cinnabar.mysql"]\n{where}\nuser = "root"\ndatabase = "{name}"\n'


def settings_of(place, name, given):
    """The test's own settings with those of the storage. What it says of its blobs stays."""
    storage, tables = 'database = "mysql"\n', database_settings(place["database"], name)
    if place["blobs"] and "blobs =" not in given:
        kinds, rest = place["blobs"].replace("PREFIX", name).split("\n[", 1)
        storage += kinds.split("\n", 1)[1] + "\n"
        tables += "[" + rest
    if "[storage]" in given:
        return given.replace("[storage]\n", "[storage]\n" + storage) + "\n" + tables
    return given + "\n[storage]\n" + storage + tables


def stand_in(place_file, cinnabar, arguments):
    """What the test runs: CINNABAR with the settings of the storage for the data folder."""
    place = json.loads(Path(place_file).read_text())
    given = value_of(arguments, "--config")
    text = Path(given).read_text() if given else ""
    data = value_of(arguments, "--data") or tomllib.loads(text).get("storage", {}).get("data", "")
    if arguments and arguments[0] in COMMANDS and data:
        name = database_name(data)
        run_sql(place["database"][0], f"CREATE DATABASE IF NOT EXISTS {name}")
        settings = settings_of(place, name, text)
        if given:
            at = arguments.index("--config")
            arguments = arguments[:at] + arguments[at + 2:]
        descriptor, file = tempfile.mkstemp(suffix=".toml", dir=Path(place_file).parent)
        os.write(descriptor, settings.encode())
        arguments = arguments + ["--config", file]
    os.execv(cinnabar, [cinnabar, *arguments])


class Storage:
    """The servers of a storage, and the program that uses them; ends with the `with` block."""

    def __init__(self, name, cinnabar):
        self.name, self.program, self.cinnabar = name, cinnabar, cinnabar
        self.database = self.blobs = None

    def __enter__(self):
        with ExitStack() as stack:
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            database, blobs = self.name.split("+")
            if database != "sqlite":
                kind = {"mariadb": Mariadb, "galera": Galera}[database]
                self.database = stack.enter_context(kind(self.folder / database))
                self.write_program()
            if blobs == "s3":
                self.blobs = S3Endpoint(self.folder / "s3")
                stack.callback(self.blobs.close)
            self.write_place()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def write_place(self):
        if self.database:
            blobs = self.blobs.settings("PREFIX/") if self.blobs else ""
            (self.folder / "place.json").write_text(
                json.dumps({"database": self.database.addresses, "blobs": blobs}))

    def write_program(self):
        """In a folder bin, with what tests look for beside the real one's."""
        build = Path(self.cinnabar).resolve().parent.parent
        (self.folder / "bin").mkdir()
        (self.folder / "product_plugins").symlink_to(build / "product_plugins")
        self.program = str(self.folder / "bin" / "cinnabar")
        Path(self.program).write_text(f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).resolve()}" '
                                      f'--stand-in "{self.folder}/place.json" "{self.cinnabar}" "$@"\n')
        os.chmod(self.program, 0o755)

    def environment(self):
        return {**os.environ, **({ADDRESS_VARIABLE: self.database.addresses[0]} if self.database else {})}

    def run(self, test, *arguments):
        return subprocess.run([sys.executable, test, self.program, *arguments], env=self.environment()).returncode

    def told_by(self, test):
        """What the test says, and what it ends with; None: it took too long, and all that it started is ended."""
        with tempfile.TemporaryFile("w+") as told:
            process = subprocess.Popen([sys.executable, test, self.program], env=self.environment(), stderr=told,
                                       start_new_session=True)
            try:
                code = process.wait(TEST_MAX_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                code = None
            told.seek(0)
            return told.read(), code


def judged(told, code):
    """(passed, failed, skipped) of a test that said so. A test that ran nothing has failed."""
    ran = re.search(r"^Ran (\d+) tests? in", told, re.M)
    count = int(ran.group(1)) if ran else 0
    last = told[ran.end():] if ran else ""
    bad = sum(int(n) for n in re.findall(r"(?:failures|errors|unexpected successes)=(\d+)", last))
    skipped = sum(int(n) for n in re.findall(r"skipped=(\d+)", last))
    if code != 0 or count == 0:
        bad = max(bad, 1)
    return max(count - bad - skipped, 0), bad, skipped


def run_all(storage):
    """Every product test; True: all passed, and there were some."""
    total = [0, 0, 0]
    begun = time.monotonic()
    for test in sorted((TESTS / "product").glob("*_test.py")):
        told, code = storage.told_by(test)
        result = judged(told, code)
        if result[1]:
            print(told[-6000:], flush=True)
        total = [sum(pair) for pair in zip(total, result)]
        print(f"{storage.name}: {test.name}: {summary(result)}" +
              (f", not ended after {TEST_MAX_S} s" if code is None else ""), flush=True)
    print(f"{storage.name}: {summary(total)} in {time.monotonic() - begun:.0f} s")
    return total[0] > 0 and total[1] == 0


def summary(result):
    return "{} passed, {} failed, {} skipped".format(*result)


def main():
    if sys.argv[1] == "--stand-in":
        stand_in(sys.argv[2], sys.argv[3], sys.argv[4:])
    with Storage(sys.argv[1], os.path.abspath(sys.argv[2])) as storage:
        if sys.argv[3] == "--all":
            sys.exit(0 if run_all(storage) else 1)
        sys.exit(storage.run(*sys.argv[3:]))


if __name__ == "__main__":
    main()
