#!/usr/bin/env python3
"""Who may bring code: signed packages, the four acts, quarantine after crashes, safe mode."""
import http.client
import json
import re
import shlex
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from case import CINNABAR, main
from product import Api, Company, Refused, Server

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "authors" / "packages.md"
TROUBLE = Path(CINNABAR).resolve().parent.parent / "product_plugins" / "com.example.trouble"
ID = "com.example.trouble"


class Trust(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.data, self.trace, self.config = (self.root / name for name in ("data", "trace", "cinnabar.toml"))
        self.key, self.server = self.root / "publisher.key", None
        self.public = self.run_command("key", "new", self.key).strip()
        self.configure()

    def tearDown(self):
        if self.server:
            self.server.stop()
        self.folder.cleanup()

    def configure(self, trust="private", plugins=""):
        self.config.write_text(f"""[storage]
data = "{self.data}"
[plugins]
{plugins}
[[plugins.publishers]]
name = "Example Ltd."
key = "{self.public}"
trust = "{trust}"
ids = ["com.example"]
""")

    def run_command(self, *arguments, code=0):
        """What it printed: standard output, or standard error of a refusal."""
        done = subprocess.run([CINNABAR, "plugin", *map(str, arguments)], capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        return done.stderr if code else done.stdout

    def command(self, *arguments, code=0):
        return self.run_command(*arguments, "--config", self.config, code=code)

    def pack(self, key=None, **changes):
        """The packed plugin, its manifest changed as asked."""
        place, out = self.root / "source", self.root / "trouble.cinnabar"
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(TROUBLE, place)
        manifest = json.loads((place / "plugin.json").read_text())
        manifest.update(changes)
        (place / "plugin.json").write_text(json.dumps(manifest))
        self.run_command("pack", place, "--sign", key or self.key, "--out", out)
        return out

    def install_and_admit(self):
        self.command("install", self.pack())
        self.command("admit", ID, "1.0.0")

    def start(self, *arguments):
        self.server = Server(CINNABAR, self.data, "--config", str(self.config), *arguments,
                             environment={"TROUBLE_TRACE": str(self.trace)})
        self.api = Api(self.server.port)

    def stop(self):
        self.server.stop()
        self.server = None

    def log(self):
        return (self.root / "server.log").read_text(errors="replace")

    def listed(self):
        """(admitted, available, bound, problem) of the plugin as the catalogue has it; none: not installed."""
        plugins = json.loads(self.command("list", "--json"))["plugins"]
        found = [plugin for plugin in plugins if plugin["id"] == ID]
        return found and tuple(found[0][fact] for fact in ("admitted", "available", "bound", "problem"))

    def doctor(self, name):
        done = subprocess.run([CINNABAR, "doctor", "--json", "--config", str(self.config)], capture_output=True,
                              text=True, timeout=300)
        return next(check for check in json.loads(done.stdout)["checks"] if check["name"] == name)

    def bind(self, company, enabled=True):
        return company.api.put(f"/enterprises/{company.id}/plugins/auth-method/trouble", {"enabled": enabled})

    def enrol(self, company, current=None, **answer):
        body = {"answer": answer, **({"current": current} if current else {})}
        return company.api.put("/me/credentials/trouble", body)

    def assert_refused(self, code, act, *arguments, **named):
        with self.assertRaises(Refused) as refused:
            act(*arguments, **named)
        self.assertEqual(refused.exception.code, code)

    def test_installed_admitted_available_and_bound_are_four_acts(self):
        self.configure(trust="partner")
        self.start()
        one, other = Company(self.api), Company(self.api)
        self.assertFalse(self.listed())
        self.assertIn("is installed", self.command("install", self.pack()))
        self.assertEqual(self.listed(), (False, [], 0, "not admitted"))
        self.assert_refused("plugin.provider_not_found", self.bind, one)
        self.assertFalse(self.trace.exists(), "its code ran although nobody admitted it")

        self.command("admit", ID, "1.0.0")
        self.assertEqual(self.listed(), (True, ["all"], 0, ""))
        self.stop()
        self.start()
        for company in (one, other):
            company.handler.reconnect(self.server.port)
        self.assert_refused("organisation.method_unknown", self.enrol, one, word="rose")  # bound by nobody
        self.bind(one)
        self.assertEqual(self.listed(), (True, ["all"], 1, ""))
        self.enrol(one, word="rose")
        self.assert_refused("trouble.refused", self.enrol, one, {"word": "rose"}, word="")
        self.assert_refused("organisation.method_unknown", self.enrol, other, word="rose")

        self.command("withdraw", ID, "all")
        self.command("offer", ID, other.id)
        self.assertEqual(self.listed(), (True, [other.id], 0, ""))
        self.assert_refused("plugin.not_available", self.bind, one)
        self.bind(other)
        self.enrol(other, word="rose")
        self.assertIn("is admitted", self.command("remove", ID, "1.0.0", code=1))
        self.command("expel", ID)
        self.assert_refused("organisation.method_unknown", self.enrol, other, {"word": "rose"}, word="lily")
        self.assertIn("is in use", self.command("remove", ID, "1.0.0", code=1))
        self.stop()
        self.command("remove", ID, "1.0.0")
        self.start()
        self.assertFalse(self.listed())

    def test_what_was_changed_is_refused_before_any_of_its_code_runs(self):
        self.install_and_admit()
        library = self.data / "packages" / ID / "1.0.0" / "plugin.so"
        good = library.read_bytes()
        place = len(good) // 2
        library.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1:])
        self.trace.unlink(missing_ok=True)
        self.start()
        self.assertIn("plugin.so: is not the file that was signed", self.log())
        company = Company(self.api)  # the rest works
        self.assert_refused("plugin.provider_not_found", self.bind, company)
        self.assertFalse(self.trace.exists(), "code ran of what had been changed")
        self.assertFalse(self.doctor("plugins.usable")["ok"])
        self.stop()

        library.write_bytes(good)
        for name, fault in (("extra.so", "extra.so: is not listed"), ("errors.json", "errors.json: ")):
            file = library.with_name(name)
            before = file.read_bytes() if file.exists() else None
            file.write_bytes(b"{}")
            self.assertIn(fault, self.listed()[3])
            file.unlink() if before is None else file.write_bytes(before)
        self.assertEqual(self.listed()[3], "")
        self.start()
        self.assertTrue(self.trace.exists(), "the trace shows that code runs")

    def test_only_what_a_known_publisher_signed_is_installed(self):
        package = self.pack()
        bytes_of = package.read_bytes()
        package.write_bytes(bytes_of[:1000] + bytes([bytes_of[1000] ^ 1]) + bytes_of[1001:])
        self.command("install", package, code=1)
        stranger = self.root / "stranger.key"
        self.run_command("key", "new", stranger)
        self.assertIn("none of plugins.publishers", self.command("install", self.pack(stranger), code=1))
        self.assertIn("may not bring", self.command("install", self.pack(id="org.example.trouble"), code=1))
        self.assertIn("product's own", self.refused_pack(id="cinnabar.trouble"))
        self.assertIn("semantic version", self.refused_pack(version="one"))
        self.assertFalse((self.data / "packages").exists())
        self.command("install", self.pack())
        self.assertIn("already", self.command("install", self.pack(title="another"), code=1))
        self.assertIn("is there already", self.run_command("key", "new", self.key, code=1))
        self.key.chmod(0o644)
        self.assertIn("can be read by others", self.run_command("key", "show", self.key, code=1))

    def refused_pack(self, **changes):
        with self.assertRaises(AssertionError) as refused:
            self.pack(**changes)
        return str(refused.exception)

    def test_the_commands_of_the_authors_guide(self):
        shutil.copytree(TROUBLE, self.root / "totp" / "build" / "plugins" / ID)
        self.key.rename(self.root / "publisher.key.made")
        blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), flags=re.M | re.S)
        lines = "".join(blocks).replace("com.example.totp", ID).splitlines()
        for line in lines:
            if " plugin key " in line:
                (self.root / "publisher.key.made").rename(self.key)  # the one that the configuration knows
                continue
            done = subprocess.run([CINNABAR, *shlex.split(line)[1:]], cwd=self.root, capture_output=True, text=True,
                                  timeout=300)
            if " plugin check " not in line:  # which has a test of its own, and finds what trouble does
                self.assertEqual(done.returncode, 0, f"{line}: {done.stdout}{done.stderr}")
        self.assertEqual(self.listed(), (True, ["all"], 0, ""))

    def test_what_nobody_signed_runs_only_where_development_is_allowed(self):
        folders = f'folders = ["{TROUBLE.parent}"]'
        self.configure(plugins=folders)
        self.start()
        self.assertIn("is not signed", self.log())
        self.assertFalse(self.trace.exists())
        self.stop()
        self.configure(plugins=folders + "\nallow_dev = true")
        self.start()
        self.assertIn("nobody signed are loaded", self.log())
        self.assertTrue(self.trace.exists())
        self.assertIn(ID, self.doctor("plugins.signed")["detail"])

    def crash(self, company, current=None):
        with self.assertRaises((OSError, http.client.HTTPException)):
            self.enrol(company, current, crash=True)
        self.server.close()
        self.assertLess(self.server.process.returncode, 0)

    def test_a_plugin_that_crashes_the_server_twice_is_left_out_until_it_is_released(self):
        self.install_and_admit()
        self.start()
        company = Company(self.api)
        self.bind(company)
        self.crash(company)
        self.start()
        company.handler.reconnect(self.server.port)
        self.enrol(company, word="rose")  # once is no reason
        self.crash(company, {"word": "rose"})
        self.start()
        company.handler.reconnect(self.server.port)
        self.assertIn("crashed the server twice", self.log())
        self.assert_refused("organisation.method_unknown", self.enrol, company, {"word": "rose"},
                            word="lily")
        self.assertIn(ID, self.doctor("plugins.usable")["detail"])
        self.assertIn("crashed the server twice", self.listed()[3])
        self.stop()
        self.command("release", ID)
        self.assertEqual(self.listed()[3], "")
        self.start()
        company.handler.reconnect(self.server.port)
        self.enrol(company, {"word": "rose"}, word="lily")

    def test_safe_mode_loads_what_came_with_the_installation_and_says_so(self):
        self.install_and_admit()
        self.trace.unlink(missing_ok=True)
        self.start("--safe-mode")
        self.assertTrue(self.api.call("GET", "/!readyz")["safe_mode"])
        self.assertIn("safe mode: only the plugins", self.log())
        self.assertFalse(self.trace.exists())
        company = Company(self.api)
        self.assert_refused("plugin.provider_not_found", self.bind, company)
        self.assertFalse(self.doctor("server.safe_mode")["ok"])
        self.stop()
        self.start()
        self.assertNotIn("safe_mode", self.api.call("GET", "/!readyz"))
        self.assertTrue(self.doctor("server.safe_mode")["ok"])
        company.handler.reconnect(self.server.port)
        self.bind(company)


if __name__ == "__main__":
    main()
