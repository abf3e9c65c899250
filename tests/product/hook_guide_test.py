#!/usr/bin/env python3
"""docs/authors/hooks.md does what it says: each of its blocks is written or run, in order."""
import os
import re
import subprocess
import unittest
from pathlib import Path

from case import CINNABAR, ProductCase, main
from product import Refused

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "authors" / "hooks.md"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.S | re.M)


class HookGuide(ProductCase):
    def shell(self, script):
        environment = dict(os.environ, CINNABAR_URL=f"http://127.0.0.1:{self.server.port}",
                           CINNABAR_ENTERPRISE=self.company.id, CINNABAR_TOKEN=self.company.api.token,
                           PATH=f"{Path(CINNABAR).resolve().parent}:{os.environ['PATH']}")
        # Variables of a block are there in the next one.
        script = f"set -e; [ ! -f variables ] || . ./variables; {script}\ndeclare -p api auth > variables 2>/dev/null || true"
        return subprocess.run(["bash", "-c", script], cwd=self.root, env=environment, text=True,
                              capture_output=True, timeout=120)

    def check_lua(self, name, text):
        file = self.root / (name or "example.lua")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        done = self.shell(f"cinnabar hook check {file}")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_block_of_the_guide_works(self):
        kinds = []
        for kind, name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
            kinds.append(kind)
            if kind == "sh":
                done = self.shell(text)
                self.assertEqual(done.returncode, 0, text + done.stdout + done.stderr)
            elif kind == "lua":
                self.check_lua(name, text)
            elif name:
                (self.root / name).write_text(text, encoding="utf-8")
            else:
                self.assertEqual(kind, "text", "a block that is neither run nor a picture")
            if "hook push" in text and kind == "sh":
                self.check_what_it_promises()
        self.assertGreaterEqual(kinds.count("sh"), 9)
        self.assertGreaterEqual(kinds.count("lua"), 2)

    def check_what_it_promises(self):
        contract = self.draft(data={"amount": 120000})
        with self.assertRaises(Refused) as refused:
            self.company.api.post(f"/contracts/{contract}/send")
        self.assertEqual(refused.exception.status, 422)
        self.assertEqual(refused.exception.problem["code"], "amount_limit")
        self.assertIn("100000", refused.exception.problem["detail"])


if __name__ == "__main__":
    main()
