#!/usr/bin/env python3
"""The description of the API is true: valid OpenAPI 3.1, and the server does as it says.

    openapi_test.py CINNABAR FOLDER     npm's packages are kept in FOLDER
    CINNABAR_OPENAPI_REQUESTS           how many requests; 2,000
    CINNABAR_OPENAPI_SEED               of an earlier run, to do it again
"""
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
from product import Api  # noqa: E402
from world import World, start  # noqa: E402

CINNABAR, FOLDER = sys.argv[1], Path(sys.argv[2])
ONLY = sys.argv[3:]
REQUESTS = os.environ.get("CINNABAR_OPENAPI_REQUESTS", "2000")
SEED = os.environ.get("CINNABAR_OPENAPI_SEED") or str(random.randrange(2**31 - 10))


def install():
    """npm's packages as the lock file has them, beside a copy of the scripts; once a lock file."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in HERE.glob("*.mjs"):
        shutil.copy(file, FOLDER)
    lock = (HERE / "package-lock.json").read_bytes()
    mark = FOLDER / "node_modules" / ".installed"
    if mark.exists() and mark.read_text() == hashlib.sha256(lock).hexdigest():
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, FOLDER)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional"],
                   cwd=FOLDER, check=True, timeout=300)
    mark.write_text(hashlib.sha256(lock).hexdigest())


class OpenApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        install()
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        cls.server, cls.operator = start(CINNABAR, cls.root)
        cls.description = cls.root / "openapi.json"
        cls.description.write_bytes(Api(cls.server.port).raw("GET", "/!openapi.json")[2])

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()

    def node(self, *arguments, code=0):
        done = subprocess.run(["node", *map(str, arguments)], cwd=FOLDER, capture_output=True,
                              text=True, timeout=3600)
        if code == 0:
            print(done.stdout)
        self.assertEqual(done.returncode, code, done.stdout[-4000:] + done.stderr[-4000:])
        return done.stdout

    def test_a_valid_document_by_two_validators(self):
        self.node("validate.mjs", self.description)

    def world(self):
        file = self.root / "world.json"
        if not file.exists():
            file.write_text(World(self.server, self.operator).text())
        return file

    def test_a_false_description_is_found_out(self):
        def other_member(document):
            properties = document["components"]["schemas"]["Me"]["properties"]
            properties["renamed"] = properties.pop("person")

        def other_status(document):
            del document["paths"]["/me"]["get"]["responses"]["401"]

        def dead_reference(document):
            document["paths"]["/me"]["get"]["responses"]["401"]["$ref"] += "x"

        file = self.root / "false.json"
        for change in (other_member, other_status):
            document = json.loads(self.description.read_text())
            change(document)
            file.write_text(json.dumps(document))
            out = self.node("exercise.mjs", file, self.world(), "200", "1", "person.me", code=1)
            self.assertIn("FINDING person.me", out)
        document = json.loads(self.description.read_text())
        dead_reference(document)
        file.write_text(json.dumps(document))
        self.assertIn("no-unresolved-refs", self.node("validate.mjs", file, code=1))

    def test_every_answer_is_as_described(self):
        world = self.world()
        print(f"CINNABAR_OPENAPI_SEED={SEED}", flush=True)
        out = self.node("exercise.mjs", self.description, world, REQUESTS, SEED, *ONLY)
        self.assertIn("requests to", out)
        self.assertEqual(self.server.process.poll(), None, "the server still runs")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
