"""`cinnabar plugin check` finds the one fault of each faulty plugin, and none in sound ones.

Usage: check_test.py CINNABAR FIXTURES PLUGINS PROGRAMS [--everything] [NAME...]

--everything: every fault, by every step, and all of our plugins.
"""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

AUTH, SEAL, CHANNEL, BLOBS, KEYS = (
    "cinnabar.auth-method/1", "cinnabar.seal-type/1", "cinnabar.notification-channel/1",
    "cinnabar.blob-store/1", "cinnabar.key-store/1")
MIGRATION = ("CREATE TABLE faulty_letter (id VARCHAR(64) PRIMARY KEY, owner VARCHAR(64), text TEXT);"
             "CREATE INDEX faulty_letter_owner ON faulty_letter (owner);\n")
KEY = {"type": "object", "required": ["api_key"], "additionalProperties": False, "properties": {
    "api_key": {"type": "string", "x-secret": True, "minLength": 1},
    "digits": {"type": "integer", "minimum": 4, "maximum": 9},
    "gateway": {"type": "object", "properties": {"host": {"type": "string"}}}}}

# Fault: interface, the step that finds it, words of the finding.
FAULTS = {
    "secret_log": (AUTH, "calls", "the log tells the code"),
    "secret_log_base64": (AUTH, "calls", "the log tells the code"),
    "secret_log_mobile": (AUTH, "calls", "the log tells the mobile number"),
    "secret_log_split": (AUTH, "calls", "the log tells the code that the signer is sent in parts"),
    "secret_log_spaced": (AUTH, "calls", "the log tells the code"),
    "secret_stdout": (AUTH, "calls", "standard output or error tells the code"),
    "secret_error": (AUTH, "calls", "the error of verify tells the signer's answer"),
    "secret_evidence": (AUTH, "calls", "evidence of verify tells the signer's answer"),
    "secret_state": (AUTH, "auth-method", "state holds the answer in clear"),
    "secret_log_text": (CHANNEL, "calls", "the log tells the message's text"),
    "secret_detail": (CHANNEL, "calls", "detail of deliver tells the message's text"),
    "globals_last": (AUTH, "enterprises", "depends on what another one asked"),
    "globals_cache": (AUTH, "enterprises", "depends on what another one asked"),
    "globals_count": (AUTH, "enterprises", "depends on what another one asked"),
    "globals_kept": (AUTH, "enterprises", "after destroy"),
    "globals_challenge": (AUTH, "enterprises", "keeps the challenge in memory"),
    "globals_file": (AUTH, "enterprises", "a file that is not in its folder"),
    "deadline_sleep": (AUTH, "deadlines", "verify waits"),
    "deadline_busy": (AUTH, "deadlines", "verify works|verify goes on"),
    "deadline_retry": (AUTH, "deadlines", "verify goes on"),
    "throws": (AUTH, "calls", "an exception left verify"),
    "throws_create": (AUTH, "create", "an exception left create"),
    "throws_destroy": (AUTH, "create", "an exception left destroy"),
    "terminate": (AUTH, "create", "SIGABRT|ABRT"),
    "crash_null": (AUTH, "calls", "SEGV"),
    "config_unknown": (AUTH, "config", "the unknown key"),
    "config_required": (AUTH, "config", "which is required"),
    "config_nested": (AUTH, "config", "in /gateway"),
    "config_secret": (AUTH, "config", "tells the configured api_key"),
    "load_thread": (AUTH, "load", "clone"),
    "load_socket": (AUTH, "load", "socket"),
    "load_sleep": (AUTH, "load", "nanosleep"),
    "load_wait": (AUTH, "load", "futex"),
    "load_environment": (AUTH, "load", "the environment"),
    "load_print": (AUTH, "load", "standard output"),
    "load_busy": (AUTH, "load", "processor time"),
    "early_clock": (AUTH, "create", "now_ms before start"),
    "early_random": (AUTH, "create", "random before start"),
    "early_query": (AUTH, "create", "query before start"),
    "late_call": (AUTH, "create", "now_ms after destroy"),
    "leak_memory": (AUTH, "leaks", "create and destroy"),
    "leak_descriptor": (AUTH, "leaks", "descriptors"),
    "leak_thread": (AUTH, "leaks", "threads"),
    "leak_call": (AUTH, "leaks", "call of"),
    "leak_error": (AUTH, "leaks", "that fails"),
    "leak_contract": (AUTH, "leaks", "for something new"),
    "garbage_id": (AUTH, "create", "which it does not provide"),
    "garbage_unterminated": (AUTH, "create", "SEGV"),
    "garbage_method": (AUTH, "calls", "the unknown method"),
    "garbage_code": (AUTH, "auth-method", "behind it is accepted"),
    "garbage_contract": (AUTH, "auth-method", "more behind it"),
    "sink_half": (AUTH, "calls", "is not one JSON document"),
    "sink_half_ok": (AUTH, "calls", "is not one JSON document"),
    "sink_ignored": (AUTH, "calls", "although its reply could not be written"),
    "sink_spans": (AUTH, "calls", "half an answer"),
    "utf8_taken": (AUTH, "calls", "not JSON in UTF-8"),
    "utf8_cut": (CHANNEL, "calls", "the log is not UTF-8"),
    "utf8_cut_answer": (CHANNEL, "calls", "is not UTF-8"),
    "threads_member": (AUTH, "threads", "not thread-safe"),
    "threads_buffer": (AUTH, "threads", "not thread-safe"),
    "threads_map": (SEAL, "threads", ""),
    "replay_same_code": (AUTH, "auth-method", "same code"),
    "replay_any_challenge": (AUTH, "auth-method", "a replay"),
    "expired": (AUTH, "auth-method", "an expired answer"),
    "expired_second": (AUTH, "auth-method", "a second too late"),
    "expired_business": (AUTH, "auth-method", "business clock was moved"),
    "image_time": (SEAL, "seal-type", "other bytes"),
    "image_random": (SEAL, "seal-type", "other bytes"),
    "image_counter": (SEAL, "seal-type", "other bytes"),
    "image_address": (SEAL, "seal-type", "other bytes"),
    "image_day": (SEAL, "seal-type", "in another process"),
    "image_static": (SEAL, "seal-type", "in another process"),
    "image_half": (SEAL, "seal-type", "no whole PNG"),
    "again_key": (CHANNEL, "notification-channel", "written again"),
    "again_count": (CHANNEL, "notification-channel", "answered otherwise"),
    "again_refused": (CHANNEL, "notification-channel", "CINNABAR_CONFLICT"),
    "again_job": (CHANNEL, "notification-channel", "queued again"),
    "again_instance": (CHANNEL, "notification-channel", "after a restart"),
    "again_text": (CHANNEL, "notification-channel", "says the same"),
    "stores_lost": (BLOBS, "blob-store", "cannot read what it stored"),
    "keys_lost": (KEYS, "key-store", "does not know the key that it created"),
}
# What cannot be looked at because nothing works: interface, the step, words of its detail.
LEFT_OUT = {
    "image_none": (SEAL, "seal-type", "draws none of the designs"),
    "again_none": (CHANNEL, "notification-channel", "delivers no message here"),
    "stores_full": (BLOBS, "blob-store", "stores nothing here, put answers CINNABAR_UNAVAILABLE"),
    "keys_full": (KEYS, "key-store", "creates no key here, create answers CINNABAR_UNAVAILABLE"),
}
SHOWN = FAULTS | LEFT_OUT
LIBRARIES = {"extra": ("symbols", "faulty_extra_symbol"), "entry": ("symbols", "does not export"),
             "undefined": ("load", "faulty_missing_function"),
             "text": ("symbols", "text relocations"), "stack": ("symbols", "executable stack"),
             "path": ("symbols", "RPATH")}
# A program that is sound, and what makes it faulty: what is replaced in its source, by what.
PROGRAM = "python-channel"
PROGRAM_FAULTS = {
    "program_log": ("    url = (call", "    send(type='log', level='info', text=message['text'])\n    url = (call",
                    "calls", "the log tells the message's text"),
    "program_again": (', "Idempotency-Key": message["id"]', "", "notification-channel",
                      "sent again, without its id"),
    "program_end": ('            send(type="reply"', '            sys.exit(1) if call["document"]["kind"] == '
                    '"auth.code" else send(type="reply"', "calls", "is of no more use"),
}
# What else follows from a fault and may be found too.
ALSO = {"globals_kept": {"leaks"}, "globals_challenge": {"auth-method", "leaks"},
        "globals_last": {"calls", "threads"}, "globals_cache": {"threads"},
        "globals_count": {"threads", "auth-method", "leaks"}, "threads_map": {"leaks"},
        "deadline_sleep": set(), "image_time": {"enterprises"}, "image_random": {"calls"},
        "image_counter": {"enterprises", "threads"}, "again_count": {"enterprises", "threads"},
        "replay_any_challenge": {"enterprises", "leaks"}, "terminate": {"*"}, "throws_create": {"*"},
        "globals_file": set(), "late_call": {"leaks"},
        "leak_contract": {"enterprises"}, "again_text": {"threads", "enterprises"},
        "again_instance": {"threads", "enterprises"}, "sink_spans": {"*"}, "throws_destroy": {"*"},
        "garbage_unterminated": {"*"}, "crash_null": {"auth-method", "calls"},
        "secret_stdout": {"*"}, "load_print": {"*"}, "early_query": set(), "secret_error": set(),
        "image_half": set(), "load_thread": {"*"}, "leak_thread": {"create"},
        "config_secret": set(), "throws": {"auth-method", "threads"}, "sink_half_ok": {"*"},
        "sink_half": {"*"}, "garbage_id": set(), "deadline_busy": {"*"}, "deadline_retry": {"calls"}}


# Plugins with these names are sound, whatever they may look like.
SOUND = {"needs_key", "answers_number", "keeps_few"}


# Of these every step is run, so that what else is found shows; of the others the step that is theirs.
WHOLE = {"secret_log", "globals_last", "early_clock", "leak_memory", "replay_same_code", "image_time",
         "again_key"}


# Without --everything, which takes minutes: one fault of each class, and our plugins of the stable
# kinds.
FIRST_OF_CLASS = {name for i, name in enumerate(FAULTS)
                  if name.split("_")[0] not in {other.split("_")[0] for other in list(FAULTS)[:i]}}


def check(cinnabar, folder):
    command = [cinnabar, "plugin", "check", folder, "--json"]
    if folder.name in SHOWN and folder.name not in WHOLE and not EVERYTHING:
        command += ["--step", "load", "--step", SHOWN[folder.name][1]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    if not done.stdout:
        raise AssertionError(f"{folder}: exit code {done.returncode}: {done.stderr}")
    report = json.loads(done.stdout)
    assert done.returncode == (0 if report["passed"] else 1), done.returncode
    return report


def shown(report):
    return "\n".join(f"{step['name']}: {finding['what']} [{finding['where']}]"
                     for step in report["steps"] for finding in step["findings"])


def lay_out(folder, library, interface, config=None):
    folder.mkdir(parents=True)
    shutil.copy(library, folder / "plugin.so")
    manifest = {"id": "test.faulty", "version": "1.0.0", "contract": "1.0",
                "provides": [{"interface": interface, "name": "faulty"}], "table_prefix": "faulty_"}
    if config:
        manifest["config"] = config
    (folder / "plugin.json").write_text(json.dumps(manifest))
    (folder / "migrations").mkdir()
    (folder / "migrations" / "001_letters.sql").write_text(MIGRATION)


class PluginCheck(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.scratch.name)
        wanted = {}
        for name, (interface, _, _) in SHOWN.items():
            lay_out(cls.folder / name, FIXTURES / "faulty.so", interface,
                    KEY if name.startswith("config_") else None)
            wanted[name] = cls.folder / name
        for name in LIBRARIES:
            lay_out(cls.folder / name, FIXTURES / f"faulty_{name}.so", AUTH)
            wanted[name] = cls.folder / name
        for kind, interface in (("auth", AUTH), ("seal", SEAL), ("channel", CHANNEL),
                                ("blobs", BLOBS), ("keys", KEYS)):
            lay_out(cls.folder / f"sound_{kind}", FIXTURES / "faulty.so", interface)
            wanted[f"sound_{kind}"] = cls.folder / f"sound_{kind}"
        for name in SOUND:
            lay_out(cls.folder / name, FIXTURES / "faulty.so", AUTH, KEY if name == "needs_key" else None)
            wanted[name] = cls.folder / name
        for name in [PROGRAM, *PROGRAM_FAULTS]:
            shutil.copytree(PROGRAMS / PROGRAM, cls.folder / name)
            wanted[name] = cls.folder / name
        for name, (old, new, _, _) in PROGRAM_FAULTS.items():
            source = cls.folder / name / "main.py"
            assert old in source.read_text(), name
            source.write_text(source.read_text().replace(old, new))
        for manifest in sorted(PLUGINS.glob("*/plugin.json")):
            provides = json.loads(manifest.read_text()).get("provides", [])
            if EVERYTHING or NAMES or {one["interface"] for one in provides} & {AUTH, SEAL, CHANNEL}:
                wanted[manifest.parent.name] = manifest.parent
        if NAMES:
            wanted = {name: folder for name, folder in wanted.items() if name in NAMES}
        elif not EVERYTHING:
            wanted = {name: folder for name, folder in wanted.items()
                      if name not in FAULTS or name in FIRST_OF_CLASS}
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            cls.reports = dict(zip(wanted, pool.map(lambda f: check(CINNABAR, f), wanted.values())))

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def test_each_fault_is_found_and_no_other(self):
        for name, (_, step, words) in FAULTS.items():
            if name in self.reports:
                with self.subTest(name):
                    self.expect(name, step, words)

    def test_what_is_wrong_with_a_library_is_found_before_it_runs(self):
        for name, (step, words) in LIBRARIES.items():
            if name in self.reports:
                with self.subTest(name):
                    self.expect(name, step, words)

    def test_programs_are_asked_through_their_protocol(self):
        for name, (_, _, step, words) in PROGRAM_FAULTS.items():
            if name in self.reports:
                with self.subTest(name):
                    self.assertRegex(shown(self.reports[name]), f"{step}: .*{words}")
        if PROGRAM in self.reports:
            details = {one["name"]: one["detail"] for one in self.reports[PROGRAM]["steps"]}
            self.assertIn("3 of 3 messages were delivered", details["notification-channel"])
            self.assertIn("left out for a program", details["program"])

    def test_a_fixture_says_what_cannot_be_known(self):
        with tempfile.TemporaryDirectory() as folder:
            lay_out(Path(folder) / "needs_key", FIXTURES / "faulty.so", AUTH, KEY)
            fixture = Path(folder) / "mine.json"
            for text, passed in (('{"config": {"digits": 8}}', True), ('{"config": {"digits": 77}}', False)):
                fixture.write_text(text)
                done = subprocess.run([CINNABAR, "plugin", "check", Path(folder) / "needs_key", "--step", "config",
                                       "--fixture", fixture, "--json"], capture_output=True, text=True)
                step = json.loads(done.stdout)["steps"][-1]
                self.assertEqual(not step["detail"].startswith("left out"), passed, step)

    def test_what_cannot_be_looked_at_is_said(self):
        for name, (_, step, words) in LEFT_OUT.items():
            if name in self.reports:
                with self.subTest(name):
                    details = {one["name"]: one["detail"] for one in self.reports[name]["steps"]}
                    self.assertIn("left out: it " + words, details[step])

    def test_every_fault_that_is_built_is_looked_for(self):
        built = set()
        for source in (Path(__file__).parent / "faulty").glob("*.cpp"):
            text = source.read_text()
            built |= set(re.findall(r'has_fault\("(\w+)"\)', text))
            for names in re.findall(r"for \(const char\* name : \{([^}]*)\}", text):
                built |= set(re.findall(r'"(\w+)"', names))
        self.assertEqual(built - SOUND, SHOWN.keys())
        self.assertLessEqual(ALSO.keys(), FAULTS.keys())

    def test_sound_plugins_and_all_of_ours_are_clean(self):
        for name, report in self.reports.items():
            if name not in FAULTS and name not in LIBRARIES and name not in PROGRAM_FAULTS:
                with self.subTest(name):
                    self.assertEqual(shown(report), "")

    def expect(self, name, step, words):
        report = self.reports[name]
        found = {one["name"]: [f["what"] + " " + f["where"] for f in one["findings"]]
                 for one in report["steps"] if one["findings"]}
        self.assertTrue(any(part in what for what in found.get(step, []) for part in words.split("|")),
                        f"{words} in {step} is not found, but:\n{shown(report)}")
        others = found.keys() - {step} - ALSO.get(name, set())
        if name.startswith(("secret_", "utf8_")):  # whatever calls it finds it
            others -= {"config", "calls", "auth-method", "notification-channel", "deadlines"}
        if name.startswith("threads_"):  # the shared memory is also memory that is kept
            others -= {"enterprises"}
        if "*" not in ALSO.get(name, set()):
            self.assertEqual(others, set(), shown(report))
        for one in report["steps"]:
            for finding in one["findings"]:
                self.assertTrue(finding["what"] and finding["where"] is not None)


class Pack(unittest.TestCase):
    """What is packed is what can be loaded, and nothing that only the check needs."""

    def test_a_library_must_be_there_and_the_fixture_stays(self):
        with tempfile.TemporaryDirectory() as place:
            folder, key, out = Path(place) / "com.example.packed", Path(place) / "key", Path(place) / "packed"
            lay_out(folder, FIXTURES / "faulty.so", AUTH)
            manifest = json.loads((folder / "plugin.json").read_text()) | {"id": "com.example.packed"}
            (folder / "plugin.json").write_text(json.dumps(manifest))
            (folder / "check.json").write_text('{"config": {"api_key": "mine alone"}}')

            def plugin(*words):
                return subprocess.run([CINNABAR, "plugin", *words], capture_output=True, text=True)

            self.assertEqual(plugin("key", "new", key).returncode, 0)
            done = plugin("pack", folder, "--sign", key, "--out", out)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn(b"mine alone", out.read_bytes())
            self.assertNotIn(b"check.json", out.read_bytes())
            (folder / "plugin.so").unlink()
            done = plugin("pack", folder, "--sign", key, "--out", out)
            self.assertEqual(done.returncode, 1)
            self.assertIn("plugin.so", done.stderr)
            self.assertIn("is missing", done.stderr)
            manifest |= {"isolation": "process", "run": ["bin/program"]}
            (folder / "plugin.json").write_text(json.dumps(manifest))
            self.assertIn("no file of the package", plugin("pack", folder, "--sign", key, "--out", out).stderr)


if __name__ == "__main__":
    CINNABAR, FIXTURES, PLUGINS, PROGRAMS = map(Path, sys.argv[1:5])
    NAMES = set(sys.argv[5:]) - {"--everything"}
    EVERYTHING = "--everything" in sys.argv
    unittest.main(argv=sys.argv[:1])
