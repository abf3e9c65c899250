#!/usr/bin/env python3
"""What docs/authors says is so: every block of code is compiled or run, the reference is what the SDK
describes, and links lead somewhere.

docs_test.py CINNABAR PREFIX DOCS CXX
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unittest

CINNABAR, PREFIX, DOCS, CXX = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4]
# Pages whose blocks together are a test of their own.
TESTS = {"testing.md": ["-lgtest_main", "-lgtest", "-lsqlite3", "-lcurl", "-pthread"]}


def blocks(page):
    """(language, text) of each block of code."""
    return re.findall(r"^```(\w*)[^\n]*\n(.*?)^```$", page.read_text(), flags=re.M | re.S)


class Docs(unittest.TestCase):
    pages = sorted(DOCS.glob("*.md"))

    def compile(self, page, source, folder):
        launcher = ["ccache"] if shutil.which("ccache") else []
        built = folder / page.stem
        libraries = TESTS.get(page.name)
        command = launcher + [CXX, "-std=c++20", "-Wall", "-isystem", f"{PREFIX}/include",
                              '-DCINNABAR_PLUGIN_ID="x"', '-DCINNABAR_PLUGIN_VERSION="1"',
                              "-c", str(source), "-o", str(built) + ".o"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, f"{page.name} does not compile:\n{done.stderr[:3000]}")
        if libraries:
            subprocess.run([CXX, f"{built}.o", "-o", built, *libraries], check=True)
            done = subprocess.run([built], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, f"{page.name}:\n{done.stdout}")
            self.assertIn("PASSED", done.stdout)

    def test_code_compiles_and_tests_pass(self):
        with tempfile.TemporaryDirectory() as folder:
            for page in self.pages:
                code = "\n".join(text for language, text in blocks(page) if language == "cpp")
                if not code:
                    continue
                with self.subTest(page=page.name):
                    source = pathlib.Path(folder) / f"{page.stem}.cpp"
                    source.write_text(code)
                    self.compile(page, source, pathlib.Path(folder))

    def test_manifests_are_what_the_server_reads(self):
        for page in self.pages:
            for language, text in blocks(page):
                if language != "json":
                    continue
                with self.subTest(page=page.name), tempfile.TemporaryDirectory() as folder:
                    document = json.loads(text)
                    if "provides" not in document:
                        continue
                    place = pathlib.Path(folder) / "plugins" / document["id"]
                    place.mkdir(parents=True)
                    (place / "plugin.json").write_text(text)
                    environment = dict(os.environ, CINNABAR_PLUGINS_FOLDERS=str(place.parent),
                                       CINNABAR_PLUGINS_ALLOW_DEV="true")
                    done = subprocess.run([CINNABAR, "plugin", "list", "--json"],
                                          capture_output=True, text=True, env=environment)
                    found = [plugin for plugin in json.loads(done.stdout)["plugins"]
                             if plugin["id"] == document["id"]]
                    # All that is wrong with it is that there is no library.
                    problem = found[0].get("problem") or ""
                    if "run" in document:  # it has none
                        self.assertEqual(problem, "")
                    else:
                        self.assertIn("plugin.so", problem)

    def test_every_block_is_of_a_kind_that_is_looked_at(self):
        for page in self.pages:
            for language, text in blocks(page):
                with self.subTest(page=page.name, block=text[:60]):
                    if language == "toml":
                        tomllib.loads(text)
                    elif page.name != "hooks.md":  # its scripts have a test of their own
                        self.assertIn(language, ("cpp", "json", "sh", "text"))

    def test_every_command_exists(self):
        text = "".join(subprocess.run([CINNABAR, *words, "--help"], capture_output=True, text=True)
                       .stdout for words in ([], ["plugin"], ["hook"]))
        for page in self.pages:
            for language, block in blocks(page):
                for command in re.findall(r"^cinnabar ((?:plugin |hook )?[a-z-]+)", block, flags=re.M):
                    with self.subTest(page=page.name, command=command):
                        self.assertRegex(text, rf"cinnabar {command}|[ |]{command.split()[-1]}[ |]")

    def test_the_reference_is_what_the_sdk_describes(self):
        done = subprocess.run([CINNABAR, "plugin", "reference"], capture_output=True, text=True,
                              check=True)
        self.assertEqual((DOCS / "reference.md").read_text(), done.stdout,
                         "write it anew: cinnabar plugin reference > docs/authors/reference.md")

    def test_links_lead_somewhere(self):
        for page in self.pages:
            prose = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)
            for link in re.findall(r"\]\(([^)#\s]+)", prose):
                if "://" not in link:
                    with self.subTest(page=page.name, link=link):
                        self.assertTrue((page.parent / link).exists())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
