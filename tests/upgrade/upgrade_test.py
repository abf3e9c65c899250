#!/usr/bin/env python3
"""Plugins are exchanged for other versions of themselves while a server answers 200 requests a second."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from product import Api, Person, Refused, Server  # noqa: E402
from storage import database_of  # noqa: E402

CINNABAR, BUILT = sys.argv[1], pathlib.Path(sys.argv[2])
RATE = 200
CLIENTS = 10
ROUNDS = int(os.environ.get("CINNABAR_EXCHANGES", "0"))  # of four exchanges each, beside the first


class Load(threading.Thread):
    """Requests at a steady rate from several connections, and what was answered."""

    def __init__(self, port):
        super().__init__()
        self.port, self.answers, self.faults = port, [], []
        self.ended = threading.Event()
        self.begun = time.monotonic()
        self.clients = [threading.Thread(target=self.send, args=(i,)) for i in range(CLIENTS)]

    def send(self, number):
        api = Api(self.port)
        due = self.begun + number / RATE
        while not self.ended.wait(max(0, due - time.monotonic())):
            due += CLIENTS / RATE
            try:
                self.answers.append(api.get("/upgrade-test"))
                if number == 0:
                    api.post(f"/upgrade-test/work/{uuid.uuid4().hex}")
            except (OSError, Refused) as fault:
                self.faults.append(repr(fault))
            except Exception as fault:  # a broken connection of any kind is what must not be
                self.faults.append(repr(fault))

    def run(self):
        for client in self.clients:
            client.start()
        for client in self.clients:
            client.join()

    def until(self, more):
        """Waits until so many more requests were answered."""
        goal = len(self.answers) + more
        while len(self.answers) < goal and self.is_alive() and not self.faults:
            self.ended.wait(0.01)


class Upgrades(unittest.TestCase):
    def setUp(self):
        """An installation in which version 1 of both is admitted and version 2 is installed."""
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        self.key, self.config = self.root / "publisher.key", self.root / "cinnabar.toml"
        public = self.command("key", "new", str(self.key)).strip()
        self.config.write_text(f"""[storage]
data = "{self.root}/data"
[[plugins.publishers]]
name = "Example Ltd."
key = "{public}"
trust = "private"
ids = ["test"]
""")
        self.settings = ["--config", str(self.config)]
        self.server = Server(CINNABAR, self.root / "data", *self.settings)
        self.operator = Person(Api(self.server.port), "何晓")
        self.server.stop()
        self.settings += ["--set", f"access.operators={self.operator.id}"]
        for built in sorted(BUILT.iterdir()):
            self.install(built)
        for plugin in ("test.outside", "test.inside"):
            self.command("admit", plugin, "1.0.0", *self.settings)
        self.start()

    def tearDown(self):
        self.server.stop()
        self.folder.cleanup()

    def start(self):
        self.server = Server(CINNABAR, self.root / "data", *self.settings)
        self.operator.reconnect(self.server.port)
        self.api = Api(self.server.port)

    def command(self, *arguments, code=0, environment=None):
        """What it printed: standard output, or standard error of a refusal."""
        done = subprocess.run([CINNABAR, "plugin", *arguments], capture_output=True, text=True, timeout=120,
                              env=dict(os.environ, **(environment or {})))
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        return done.stderr if code else done.stdout

    def asking(self):
        return {"CINNABAR_URL": f"http://127.0.0.1:{self.server.port}", "CINNABAR_TOKEN": self.operator.api.token}

    def install(self, folder):
        package = self.root / "package.cinnabar"
        self.command("pack", str(folder), "--sign", str(self.key), "--out", str(package))
        self.command("install", str(package), *self.settings)
        package.unlink()

    def installed(self, plugin, version):
        return self.root / "data/packages" / plugin / version

    def admitted(self, plugin):
        return (self.installed(plugin, ".admitted")).read_text()

    def choose(self, plugin, version):
        return self.operator.api.put(f"/plugins/{plugin}/versions/{version}", {})

    def ask(self, what, wanted=True):
        asked = self.root / "data/plugins/test.inside" / what
        asked.parent.mkdir(exist_ok=True)
        asked.touch() if wanted else asked.unlink()

    def log(self):
        return (self.root / "server.log").read_text(errors="replace")

    def await_log(self, text, count=1):
        until = time.monotonic() + 30
        while self.log().count(text) < count:
            self.assertLess(time.monotonic(), until, f"the log never said: {text}")
            threading.Event().wait(0.02)

    def running(self):
        return {plugin["id"]: plugin["version"]
                for plugin in self.operator.api.get("/plugins")["plugins"]
                if plugin["state"] == "started" and plugin["id"].startswith("test.")}

    def rows(self, sql):
        return database_of(self.root / "data").rows(sql)

    def refused(self, plugin, version):
        with self.assertRaises(Refused) as refusal:
            self.choose(plugin, version)
        self.assertEqual(refusal.exception.status, 409)
        return refusal.exception.problem["detail"]

    def variant(self, source, version, change=None, files=None):
        """Installs what is made of a built plugin, whose library says the version that it was built as."""
        folder = self.root / "variant"
        shutil.copytree(BUILT / source, folder)
        manifest = json.loads((folder / "plugin.json").read_text())
        manifest["version"] = version
        manifest.update(change or {})
        (folder / "plugin.json").write_text(json.dumps(manifest))
        for name, text in (files or {}).items():
            (folder / name).write_text(text)
        self.install(folder)
        shutil.rmtree(folder)

    def test_no_request_fails_and_none_sees_two_versions(self):
        load = Load(self.server.port)
        load.start()
        load.until(100)
        slow = []
        waiting = threading.Thread(target=lambda: slow.append(self.slow_answer()))
        waiting.start()
        self.await_log("a slow request waits")

        for plugin in ("test.inside", "test.outside"):
            self.assertEqual(self.choose(plugin, "2.0.0")["version"], "2.0.0")
            self.assertEqual(self.admitted(plugin), "2.0.0")
            load.until(100)
        seen = self.api.get("/upgrade-test")
        self.assertEqual(seen, {"route": 2, "channel": 2, "channel_again": 2, "outside": 2})
        self.assertEqual(self.api.get("/upgrade-test/second")["route"], 2)
        self.assertEqual(self.api.raw("GET", "/upgrade-test/first")[0], 404)
        # One that began before both is carried out by the versions that it began with.
        self.assertNotIn("plugin test.inside 1.0.0 has ended", self.log())
        self.ask("go")
        waiting.join()
        self.assertEqual(slow, [{"route": 1, "channel": 1, "channel_again": 1, "outside": 1}])
        for plugin in ("test.inside", "test.outside"):
            self.await_log(f"plugin {plugin} 1.0.0 has ended")

        self.variant("inside-2.0.0", "3.0.0")
        self.assertIn("the library says it is test.inside 2.0.0", self.refused("test.inside", "3.0.0"))
        load.until(50)
        self.assertEqual(self.running(), {"test.inside": "2.0.0", "test.outside": "2.0.0"})

        for plugin in ("test.outside", "test.inside"):
            said = self.command("exchange", plugin, "1.0.0", environment=self.asking())
            self.assertEqual(said, f"{plugin} 1.0.0 runs.\n")
            load.until(100)
        for _ in range(ROUNDS):
            for version in ("2.0.0", "1.0.0"):
                for plugin in ("test.inside", "test.outside"):
                    self.choose(plugin, version)
                    load.until(100)
        self.assertEqual(self.running(), {"test.inside": "1.0.0", "test.outside": "1.0.0"})

        load.ended.set()
        load.join()
        self.assertEqual(load.faults, [])
        mixed = [a for a in load.answers if not a["route"] == a["channel"] == a["channel_again"]]
        self.assertEqual(mixed, [])
        self.assertEqual({a["route"] for a in load.answers}, {1, 2})
        self.assertEqual({a["outside"] for a in load.answers}, {1, 2})
        rate = len(load.answers) / (time.monotonic() - load.begun)
        print(f"{len(load.answers)} requests at {rate:.0f} a second, {4 + 4 * ROUNDS} exchanges, no failure", file=sys.stderr)
        self.assertGreater(rate, RATE / 2)
        self.work_was_done_once()
        self.everything_is_audited()

    def slow_answer(self):
        return Api(self.server.port).get("/upgrade-test/slow")

    def work_was_done_once(self):
        asked = int(self.rows("SELECT COUNT(*) FROM kernel_event WHERE type = 'upgrade_test.happened'")[0][0])
        self.assertGreater(asked, 10)
        until = time.monotonic() + 30
        while True:
            done = self.api.get("/upgrade-test/done")
            if len(done["jobs"]) == len(done["events"]) == asked:
                break
            self.assertLess(time.monotonic(), until, f"{asked} were asked for: {done}")
            threading.Event().wait(0.05)
        self.assertEqual(set(done["jobs"]), {1, 2})
        self.assertEqual(set(done["events"]), {1, 2})
        self.assertEqual(self.rows("SELECT * FROM kernel_job WHERE state = 'dead'"), [])

    def everything_is_audited(self):
        acts = self.rows("SELECT person, object, status FROM kernel_audit WHERE action = 'plugin.exchange'")
        self.assertEqual(sorted(acts), sorted((self.operator.id, f"{plugin} {version}", "200")
                                              for plugin in ("test.inside", "test.outside")
                                              for version in ("1.0.0", "2.0.0")
                                              for _ in range(1 + ROUNDS)))

    def test_what_cannot_run_changes_nothing(self):
        self.ask("fail")
        self.assertIn("asked to fail", self.refused("test.inside", "2.0.0"))
        self.ask("fail", False)
        for version, reason, change in (
                ("4.0.0", "the library says it is test.inside 2.0.0", {}),
                ("5.0.0", "requires test.nowhere/1", {"requires": ["test.nowhere/1"]}),
                ("6.0.0", "its tables would be other_*", {"table_prefix": "other_"}),
                ("7.0.0", "provides already", {"provides": [{"interface": "cinnabar.domain/1", "name": "upgrade-test"}, {
                    "interface": "cinnabar.auth-method/1", "name": "password"}]})):
            self.variant("inside-2.0.0", version, change)
            self.assertIn(reason, self.refused("test.inside", version))
        with self.assertRaises(Refused) as refusal:
            self.choose("test.inside", "9.9.9")
        self.assertEqual(refusal.exception.code, "plugin.not_installed")
        refusal = self.command("exchange", "test.inside", "5.0.0", code=1, environment=self.asking())
        self.assertIn("requires test.nowhere/1", refusal)
        with self.assertRaises(Refused) as refusal:
            Person(self.api, "路人").api.put("/plugins/test.inside/versions/2.0.0", {})
        self.assertEqual(refusal.exception.status, 403)
        # Of a signed version every byte is as it was signed.
        library = self.installed("test.inside", "2.0.0") / "plugin.so"
        whole = library.read_bytes()
        library.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        self.assertIn("plugin.so", self.refused("test.inside", "2.0.0"))
        library.write_bytes(whole)

        self.assertEqual(self.running(), {"test.inside": "1.0.0", "test.outside": "1.0.0"})
        self.assertEqual(self.admitted("test.inside"), "1.0.0")
        self.assertEqual(self.api.get("/upgrade-test")["route"], 1)
        # One whose tables the version that runs could not live with, and after all of them a sound one.
        for files in ({"migrations/003_narrower.sql": "ALTER TABLE upgtest_job DROP COLUMN major;"}, {}):
            self.server.stop()
            self.command("remove", "test.inside", "2.0.0", *self.settings)
            self.variant("inside-2.0.0", "2.0.0", files=files)
            self.start()
            if files:
                self.assertIn("it says DROP", self.refused("test.inside", "2.0.0"))
                self.assertEqual(self.api.get("/upgrade-test")["route"], 1)
        self.assertEqual(self.choose("test.inside", "2.0.0")["version"], "2.0.0")
        self.assertEqual(self.api.get("/upgrade-test")["route"], 2)

    def test_after_a_kill_in_the_middle_the_version_that_ran_starts(self):
        self.ask("crash")
        with self.assertRaises(Exception):
            self.choose("test.inside", "2.0.0")
        self.server.close()
        self.assertEqual(self.server.process.returncode, -9)
        self.ask("crash", False)
        self.assertEqual(len(self.rows("SELECT * FROM kernel_migration WHERE component = 'test.inside'")), 2)
        self.start()
        self.assertEqual(self.running(), {"test.inside": "1.0.0", "test.outside": "1.0.0"})
        self.api.post("/upgrade-test/work/" + uuid.uuid4().hex)
        self.assertEqual(self.choose("test.inside", "2.0.0")["version"], "2.0.0")
        # What took its place last is what starts, and the doctor finds nothing wrong.
        self.server.kill()
        self.start()
        self.assertEqual(self.running(), {"test.inside": "2.0.0", "test.outside": "1.0.0"})
        self.server.stop()
        self.assertTrue(self.doctor()["ok"])
        # One that is not admitted may be let in while the server runs.
        self.command("expel", "test.inside", *self.settings)
        self.start()
        self.assertEqual(self.running(), {"test.outside": "1.0.0"})
        self.assertEqual(self.choose("test.inside", "1.0.0")["version"], "1.0.0")
        self.assertEqual(self.api.get("/upgrade-test")["route"], 1)

    def doctor(self):
        done = subprocess.run([CINNABAR, "doctor", "--json", *self.settings],
                              capture_output=True, text=True, timeout=120)
        return json.loads(done.stdout)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
