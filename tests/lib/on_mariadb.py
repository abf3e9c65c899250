#!/usr/bin/env python3
"""Runs a test of the whole product on MariaDB instead of SQLite, unchanged.

Usage: on_mariadb.py CINNABAR TEST.py [ARGUMENT...]

Starts a server of its own on a Unix socket, with data in a temporary folder, and gives the test a
program in the place of CINNABAR, which is CINNABAR with a database of its own for each data folder.
"""
import hashlib
import os
import pwd
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SETTINGS = """[storage]
database = "mysql"

[plugin."cinnabar.mysql"]
socket = "{socket}"
user = "root"
database = "{database}"
"""
COMMANDS = {"serve", "doctor", "migrate", "plugin", "keys", "demo"}  # those that read the settings


class Mariadb:
    """A server that ends with the `with` block; user root, without a password."""

    def __init__(self, folder, *options):
        self.folder, self.options = Path(folder), options
        self.socket = str(self.folder / "s")

    def __enter__(self):
        user, data = pwd.getpwuid(os.getuid()).pw_name, f"--datadir={self.folder}/data"
        with open(self.folder / "log", "ab") as log:
            subprocess.run(["mariadb-install-db", "--no-defaults", f"--user={user}", data, "--skip-test-db",
                            "--auth-root-authentication-method=normal"], stdout=log, stderr=log, check=True)
            self.process = subprocess.Popen(
                ["mariadbd", "--no-defaults", f"--user={user}", data, f"--socket={self.socket}",
                 f"--pid-file={self.folder}/pid", "--skip-networking", "--innodb-buffer-pool-size=128M",
                 "--max-allowed-packet=64M", *self.options], stdout=log, stderr=log)
        while subprocess.run(self.client("SELECT 1"), capture_output=True).returncode != 0:
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text(errors="replace")[-3000:])
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def client(self, statements):
        return client(self.socket, statements)


def client(socket, statements):
    return ["mariadb", "--no-defaults", "-uroot", "-S", socket, "-N", "-B", "-e", statements]


def value_of(arguments, option):
    return arguments[arguments.index(option) + 1] if option in arguments[:-1] else ""


def stand_in(socket, cinnabar, arguments):
    """What the test runs: CINNABAR with the settings of a database for the data folder."""
    data = value_of(arguments, "--data")
    if arguments and arguments[0] in COMMANDS and data:
        name = "p" + hashlib.sha256(os.path.realpath(data).encode()).hexdigest()[:16]
        subprocess.run(client(socket, f"CREATE DATABASE IF NOT EXISTS {name}"), check=True)
        settings = SETTINGS.format(socket=socket, database=name)
        given = value_of(arguments, "--config")
        if given:
            settings = Path(given).read_text() + "\n" + settings
            at = arguments.index("--config")
            arguments = arguments[:at] + arguments[at + 2:]
        file = Path(socket).parent / (name + ".toml")
        file.write_text(settings)
        arguments = arguments + ["--config", str(file)]
    os.execv(cinnabar, [cinnabar, *arguments])


def main():
    if sys.argv[1] == "--stand-in":
        stand_in(sys.argv[2], sys.argv[3], sys.argv[4:])
    cinnabar, test = os.path.abspath(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder, Mariadb(folder) as server:
        program = Path(folder) / "cinnabar"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{os.path.abspath(__file__)}" '
                           f'--stand-in "{server.socket}" "{cinnabar}" "$@"\n')
        program.chmod(0o755)
        sys.exit(subprocess.run([sys.executable, test[0], str(program), *test[1:]]).returncode)


if __name__ == "__main__":
    main()
