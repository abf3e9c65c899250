#!/usr/bin/env python3
"""The commands of docs/authors/first-plugin.md as they stand, on a machine that has the SDK and the
server installed and nothing else: a new plugin, built, tested, checked, and a contract signed with it.

first_plugin_test.py BUILD WORK GUIDE
"""
import json
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

BUILD, WORK, GUIDE = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
COMMANDS_MAX = 12
MACHINE_SECONDS_MAX = 300


def commands():
    """The lines of the guide's shell blocks, one command each."""
    text = "".join(re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), flags=re.M | re.S))
    lines = text.replace("\\\n", " ").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def free_port():
    """One that nobody has at this moment; the guide's own is a fixed one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class FirstPlugin(unittest.TestCase):
    def setUp(self):
        self.prefix = WORK / "prefix"
        for component in ("sdk", "runtime"):
            subprocess.run(["cmake", "--install", BUILD, "--prefix", self.prefix, "--component",
                            component], check=True, stdout=subprocess.DEVNULL)
        self.folder = tempfile.TemporaryDirectory()
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith("CINNABAR_")}
        environment.update(PATH=f"{self.prefix}/bin:{environment['PATH']}", PORT=str(free_port()))
        if shutil.which("ccache"):
            environment["CMAKE_CXX_COMPILER_LAUNCHER"] = "ccache"
        self.environment = environment
        self.server = None

    def tearDown(self):
        if self.server:
            self.server.terminate()
            self.server.wait(60)
            self.server.stdout.close()
        self.folder.cleanup()

    def start(self, command):
        """The server, which the guide has in a second terminal."""
        self.server = subprocess.Popen("exec " + command, shell=True, cwd=self.folder.name, text=True,
                                       env=self.environment, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL)
        self.assertIn("ready at", self.server.stdout.readline(), command)

    def test_the_guide(self):
        todo = commands()
        self.assertLessEqual(len(todo), COMMANDS_MAX)
        began, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        for command in todo:
            if command.startswith("cinnabar serve"):
                self.start(command)
                continue
            at = time.monotonic()
            done = subprocess.run(["bash", "-c", command], cwd=self.folder.name, text=True,
                                  env=self.environment, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
            print(f"{time.monotonic() - at:7.1f} s  {command}", flush=True)
            self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout[-4000:]}")
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        machine = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        print(f"{len(todo)} commands, {time.monotonic() - began:.0f} s, "
              f"of them {machine:.0f} s of machine time")
        self.assertLess(machine, MACHINE_SECONDS_MAX)
        self.was_used()

    def was_used(self):
        """The contract is complete, and the person signed with the new method."""
        evidence = json.loads((pathlib.Path(self.folder.name) / "signed/evidence.json").read_text())
        acts = evidence["acts"]
        self.assertEqual([act["type"] for act in acts].count("contract.completed"), 1)
        signed = [json.dumps(act) for act in acts if act["type"] == "contract.signed"]
        self.assertEqual(sum("totp" in act for act in signed), 1, signed)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
