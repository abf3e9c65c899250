#!/usr/bin/env python3
"""Each file of config/ starts a server where what it names is there; what is not to be had here, a
cluster and an S3 endpoint, is asked for and does not answer, and that is all that is wrong with it.

config_test.py CINNABAR CONFIG_FOLDER
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from product import Server  # noqa: E402

CINNABAR, CONFIG = sys.argv[1], pathlib.Path(sys.argv[2])
# What a plugin that is told to go where nobody is says, by the kind of its storage.
AWAY = {"database": "Can't connect to server", "blobs": "Couldn't connect to server"}
DEFAULTS = {"database": "sqlite", "blobs": "files"}


class Config(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def here(self, file):
        """The file's settings with its paths under our folder, the files that it names there, and
        with addresses at which nobody listens."""
        text = re.sub(r'= "/', f'= "{self.root}/', file.read_text())
        text = re.sub(r'"10\.[\d.]+"', '"127.0.0.1:1"', text)
        text = re.sub(r'(endpoint = )"https://.+"', r'\1"https://127.0.0.1:1"\npath_style = true\n'
                      "call_timeout_ms = 1000", text)
        for path in map(pathlib.Path, re.findall(rf'"({self.root}/etc/[^"]+)"', text)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("a secret of nobody\n")
            path.chmod(0o600)
        for parent in ("srv", "var/lib"):
            (self.root / parent).mkdir(parents=True, exist_ok=True)
        tls = self.root / "etc/cinnabar/tls"
        if tls.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
                            "-keyout", tls / "key.pem", "-out", tls / "chain.pem"], check=True, capture_output=True)
        path = self.root / file.name
        path.write_text(text)
        return path

    def serve(self, path, *arguments):
        """"", or what a server that does not start says."""
        (self.root / "log").unlink(missing_ok=True)
        try:
            Server(CINNABAR, self.root / "data", "--config", path, *arguments,
                   log=str(self.root / "log"), demo=False).stop()
            return ""
        except RuntimeError as problem:
            return str(problem)

    def check(self, file):
        path = self.here(file)
        storage = tomllib.loads(path.read_text()).get("storage", {})
        outside = {kind: name for kind, name in DEFAULTS.items() if storage.get(kind, name) != name}
        self.assertEqual(self.serve(path, *[word for kind, name in outside.items()
                                            for word in ("--set", f"storage.{kind}={name}")]), "")
        for kind in outside:  # one at a time, for the first that is away ends the start
            others = [word for other, name in outside.items() if other != kind
                      for word in ("--set", f"storage.{other}={name}")]
            told = self.serve(path, *others)
            self.assertIn(AWAY[kind], told)
            self.assertIn(f"named {storage[kind]} could be loaded", told)

    def test_each_is_accepted(self):
        files = sorted(CONFIG.glob("*.toml"))
        self.assertGreaterEqual(len(files), 3)
        for file in files:
            with self.subTest(file.name):
                self.check(file)

    def test_a_file_that_lacks_something_is_not(self):
        path = self.here(CONFIG / "cluster.toml")
        path.write_text(re.sub(r"access_key.*\n", "", path.read_text()))
        told = self.serve(path, "--set", "storage.database=sqlite")
        self.assertIn("it must be set", told)
        self.assertNotIn(AWAY["blobs"], told)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
