#!/usr/bin/env python3
"""What the SDK gives to authors, as they have it: `plugin new` for every kind, and every example,
built outside of this tree against the installed SDK. Their tests pass, `plugin check` finds nothing,
and one server runs them all.

out_of_tree_test.py CINNABAR PREFIX WORK
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "lib"))
from product import SMALL_PDF, Api, Company, Person, Refused, Server, contract_body  # noqa: E402

CINNABAR, PREFIX, WORK = (pathlib.Path(word).resolve() for word in sys.argv[1:4])
PUBLISHER = "com.example."
# Of the kinds that store things a server takes one, the one that its settings name.
STORAGE = {"blob-store", "database"}
STABLE = {"auth-method", "seal-type", "notification-channel"}
EVERYTHING = "CINNABAR_EVERYTHING" in os.environ


def run(*command, **options):
    """Its output; a failure shows it."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout[-6000:]}")
    return done.stdout


def kinds():
    """The kinds that `plugin new` knows, from its help."""
    text = run(CINNABAR, "plugin", "new", "--help")
    return [line.strip() for line in text.split("Kinds:")[1].splitlines() if line.strip()]


def write_new(kind, into):
    answer = json.loads(run(CINNABAR, "plugin", "new", f"{PUBLISHER}my-{kind}", "--kind", kind,
                            "--in", into, "--json"))
    return pathlib.Path(answer["folder"])


def renew(old, new):
    """Brings what changed from the folder `new` into `old`: what did not is not built again."""
    for path in sorted(old.rglob("*"), reverse=True):
        if path.is_file() and not (new / path.relative_to(old)).exists():
            path.unlink()
    for path in sorted(new.rglob("*")):
        to = old / path.relative_to(new)
        if path.is_file() and (not to.exists() or to.read_bytes() != path.read_bytes()):
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, to)


class OutOfTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kinds = kinds()
        sources = WORK / "new"
        sources.mkdir(parents=True, exist_ok=True)
        folders = []
        with tempfile.TemporaryDirectory() as fresh:
            for kind in cls.kinds:
                written = write_new(kind, fresh)
                folders.append(sources / written.name)
                renew(folders[-1], written)
        examples = PREFIX / "share/cinnabar/examples"
        folders += [path.parent for path in sorted(examples.glob("*/CMakeLists.txt"))
                    if path.parent.name != "auth-pin"]  # which other tests build, by two compilers
        build = WORK / "build"
        run("cmake", "-S", pathlib.Path(__file__).parent / "superbuild", "-B", build, "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={PREFIX}", "-DFOLDERS=" + ";".join(map(str, folders)))
        run("cmake", "--build", build, "-j", os.environ.get("JOBS", str(os.cpu_count())))
        cls.build, cls.plugins = build, build / "plugins"

    def test_every_kind_has_a_template(self):
        for kind in ("auth-method", "seal-type", "notification-channel", "domain", "command",
                     "key-store", "blob-store", "document-engine", "document-verifier",
                     "signature-engine", "certificate-authority", "timestamp-authority", "database",
                     "spreadsheet"):
            self.assertIn(kind, self.kinds)

    def test_their_own_tests_pass(self):
        text = run("ctest", "--test-dir", self.build, "--output-on-failure", "--no-tests=error", "-j",
                   os.cpu_count())
        self.assertIn("100% tests passed", text)

    def test_each_passes_the_check(self):
        # Each takes some seconds; the kinds that are not stable yet are checked by make soak.
        folders = [folder for folder in sorted(self.plugins.iterdir())
                   if EVERYTHING or not folder.name.startswith(f"{PUBLISHER}my-")
                   or folder.name.removeprefix(f"{PUBLISHER}my-") in STABLE]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            done = {folder.name: pool.submit(run, CINNABAR, "plugin", "check", folder) for folder in folders}
        for name, one in done.items():
            with self.subTest(plugin=name):
                one.result()

    def test_one_server_runs_them_all(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(CINNABAR, pathlib.Path(folder) / "data", "--set",
                            f"plugins.folders={self.plugins}", "--set", "plugins.allow_dev=true")
            try:
                self.play(Api(server.port))
            finally:
                server.stop()
            log = pathlib.Path(server.log.name).read_text(errors="replace")
        for line in log.splitlines():
            if PUBLISHER in line and not any(f"my-{kind}" in line for kind in STORAGE):
                self.assertNotRegex(line, "(?i)quarantine|error|refused", line)

    def play(self, api):
        company, person = Company(api), Person(api, "李雪")
        for kind, name, config in (
                ("auth-method", "my-auth-method", {}), ("seal-type", "my-seal-type", {}),
                ("seal-type", "oval", {}),
                ("notification-channel", "my-notification-channel",
                 {"url": "http://127.0.0.1:9/"}),
                ("document-engine", "my-document-engine", {"pages_max": 3}),
                ("document-verifier", "my-document-verifier", {}),
                ("spreadsheet", "my-spreadsheet", {}),
                ("certificate-authority", "my-certificate-authority", {}),
                ("timestamp-authority", "my-timestamp-authority", {}),
                ("signature-engine", "my-signature-engine", {})):
            company.api.put(f"/enterprises/{company.id}/plugins/{kind}/{name}",
                            {"enabled": True, "config": config})
        for seal_type in ("my-seal-type", "oval"):
            company.api.post("/seals", {"type": seal_type, "name": f"合同章 {seal_type}"})
        with self.assertRaises(Refused) as refused:
            company.api.put(f"/enterprises/{company.id}/plugins/notification-channel/"
                            "my-notification-channel", {"enabled": True, "config": {}})
        self.assertEqual(refused.exception.code, "plugin.config_invalid")
        company.api.post("/my-domain/notes", {"text": "续约"})
        self.assertEqual(len(company.api.get("/my-domain/notes")["notes"]), 1)
        self.assertEqual(company.api.get("/register")["entries"], [])
        body = contract_body(company, person, company.api.upload(SMALL_PDF)["id"])
        body["parties"][0]["auth_methods"] = ["my-auth-method"]
        contract = company.api.post("/contracts", body)["id"]
        company.api.post(f"/contracts/{contract}/send")
        person.api.post(f"/contracts/{contract}/fill", {"values": {"place": "上海"}})
        begun = company.api.post(f"/contracts/{contract}/sign/begin", {"method": "my-auth-method"})
        self.assertEqual(begun["prompt"], {"input": "code", "digits": 6})

    def test_run_serves_one_and_leaves_nothing(self):
        process = subprocess.Popen([CINNABAR, "plugin", "run", self.plugins / "com.example.my-domain"],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(process.kill)
        text = ""
        while "openapi.json | jq" not in text:
            line = process.stdout.readline()
            self.assertTrue(line, text)
            text += line
        address = re.search(r"running: http://127.0.0.1:(\d+)", text)
        _, _, description = Api(int(address.group(1))).raw("GET", "/!openapi.json")
        self.assertIn(b"/my-domain/notes", description)
        folder = pathlib.Path(re.search(r"(\S+)/data/demo/contract.pdf", text).group(1))
        self.assertTrue(folder.exists())
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(60), 0)
        self.assertFalse(folder.exists())

    def test_a_command_is_one_of_the_command_line(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"abc")
            file.flush()
            environment = dict(os.environ, CINNABAR_PLUGINS_FOLDERS=str(self.plugins),
                               CINNABAR_PLUGINS_ALLOW_DEV="true")
            text = run(CINNABAR, "my-command", file.name, env=environment)
        self.assertTrue(text.startswith("ba7816bf"), text)


class NewRefuses(unittest.TestCase):
    """Nothing is written for what cannot become a plugin."""

    def refused(self, *arguments, exit_code=1):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([CINNABAR, "plugin", "new", *arguments, "--in", folder],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, exit_code, done.stderr)
            self.assertEqual(os.listdir(folder), [])
            return done.stderr

    def test_bad_names(self):
        self.assertIn("com.example.totp", self.refused("totp", "--kind", "auth-method"))
        self.assertIn("platform's own", self.refused("cinnabar.totp", "--kind", "auth-method"))

    def test_unknown_kinds(self):
        self.assertIn("auth-method", self.refused("com.example.totp", "--kind", "auth-metod"))
        self.refused("com.example.totp", exit_code=2)

    def test_a_provider_that_is_there_already(self):
        self.assertIn("cinnabar.auth-code", self.refused("com.example.code", "--kind", "auth-method"))

    def test_a_folder_that_is_there_already(self):
        with tempfile.TemporaryDirectory() as folder:
            mine = pathlib.Path(folder) / "totp"
            mine.mkdir()
            done = subprocess.run([CINNABAR, "plugin", "new", "com.example.totp", "--kind",
                                   "auth-method", "--in", folder], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertIn("left as it is", done.stderr)
            self.assertEqual(list(mine.iterdir()), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:], verbosity=2)
