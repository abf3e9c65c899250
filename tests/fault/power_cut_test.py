#!/usr/bin/env python3
"""Power cuts of a whole server: contracts are played once, over HTTP, against a server under the
file shim. Then for each of many moments the disk is made as a power cut leaves it, and a server
is started on it: what was acknowledged by then is there, once, and everything can be continued.

CINNABAR_POWER_CUTS (default 20) says how many moments, CINNABAR_SEED repeats their choice.
Usage: power_cut_test.py CINNABAR SHIM REPLAY
"""
import collections
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from lives import Life  # noqa: E402
from product import SMALL_PDF, Api, Company, Person, Server, in_parallel  # noqa: E402

CINNABAR, SHIM, REPLAY = sys.argv[1:4]
CUTS = int(os.environ.get("CINNABAR_POWER_CUTS", "20"))
SEED = int(os.environ.get("CINNABAR_SEED", str(random.SystemRandom().randrange(2**32))))
CLIENTS = 4
LIVES_EACH = 5
# Repeated after each cut: the calls just before it, which are those that a cut could lose.
REPEATED_MAX = 40
SETTLED_WITHIN_S = 30
PERSON_MESSAGES = ("contract.fill_turn", "contract.sign_turn", "contract.completed",
                   "contract.report_ready")

# The log, the disk and what a cut leaves of it.
MEMORY_NEEDED = 300_000_000


def memory_folder():
    """A power cut is played, not made: the files may lie in memory, where a sync costs nothing."""
    memory = "/dev/shm"
    return memory if os.path.isdir(memory) and shutil.disk_usage(memory).free > MEMORY_NEEDED else None


Answered = collections.namedtuple("Answered", "at token request status content")


class Recording:
    """What a server under the shim did, and what it acknowledged at which byte of the log."""

    def __init__(self, root):
        self.root, self.log = root, root / "log"
        self.disk = root / "disk"
        self.disk.mkdir()
        self.answers, self.lives, self.steps_at = [], [], {}
        self.lock = threading.Lock()
        self.server = Server(CINNABAR, self.disk / "data", log=root / "server.log", environment={
            "LD_PRELOAD": SHIM, "CINNABAR_SHIM_FOLDER": str(self.disk),
            "CINNABAR_SHIM_LOG": str(self.log)})
        api = Api(self.server.port, witness=self.witness)
        self.company = Company(api)
        self.person = Person(api, "韩梅")
        self.ready_at = self.position()
        for result in in_parallel(CLIENTS, self.play):
            if isinstance(result, Exception):
                raise result
        self.server.stop()
        self.size = self.position()

    def position(self):
        return self.log.stat().st_size

    def witness(self, api, request, answer):
        """Whatever the log holds now was there before the answer was."""
        status, _, content = answer
        method, path, _, _, key = request
        # What is put is there once however often it is put; its key is not kept.
        if 200 <= status < 300 and key and method == "POST":
            with self.lock:
                self.answers.append(Answered(self.position(), api.token, request, status, content))

    def play(self, client):
        company, person = (Api(self.server.port, who.api.token, witness=self.witness)
                           for who in (self.company, self.person))
        for number in range(LIVES_EACH):
            file = company.upload(SMALL_PDF)["id"]
            life = Life(file, Life.REVOKED if number == client else Life.SIGNED)
            self.steps_at[life] = []  # of each step: when it could begin, and its acknowledgement
            self.lives.append(life)
            while not life.done:
                life.step(self.company, self.person, (company, person))
                self.steps_at[life].append(self.position())

    def replay(self, folder, at, lost="everything", *unsynced):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([REPLAY, self.log, folder, str(at), str(lost), *unsynced], check=True,
                       timeout=120)

    def lives_at(self, at):
        """The lives as their clients knew them at that moment, those that were created."""
        found = []
        for life, steps_at in self.steps_at.items():
            known = copy.copy(life)
            known.acknowledged = list(life.steps[:sum(step_at <= at for step_at in steps_at)])
            # How to sign the next step was learnt after the one before, perhaps after the cut.
            begun = {answer.content for answer in self.answers
                     if answer.at <= at and answer.request[1].endswith("/sign/begin")}
            known.bodies = {name: body for name, body in life.bodies.items() if name == "create" or
                            any(body["challenge_id"].encode() in content for content in begun)}
            if known.acknowledged:
                found.append(known)
        return found


class PowerCut(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(dir=memory_folder())
        cls.root = Path(cls.folder.name)
        cls.recording = Recording(cls.root)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def start_after(self, at, lost, *unsynced):
        after = self.root / "after"
        self.recording.replay(after, at, lost, *unsynced)
        return Server(CINNABAR, after / "data", log=self.root / "server.log")

    def check_answers(self, server, at):
        """Each call that was acknowledged is answered again as it was, from what was kept."""
        known = [answer for answer in self.recording.answers if answer.at <= at]
        for answer in sorted(known, key=lambda known: known.at)[-REPEATED_MAX:]:
            with Api(server.port, answer.token) as api:
                status, headers, content = api.raw(*answer.request)
            self.assertEqual((status, content), (answer.status, answer.content), answer.request)
            self.assertEqual(headers.get("Idempotency-Replayed"), "true", answer.request)
        return len(known)

    def check_messages(self, api, lives):
        """The person gets each message about a finished contract, once."""
        wanted = {life.contract: collections.Counter(PERSON_MESSAGES) for life in lives}
        patience, end = threading.Event(), time.monotonic() + SETTLED_WITHIN_S
        while True:
            messages = api.get("/inbox?limit=200")["messages"]
            got = {contract: collections.Counter(m["kind"] for m in messages
                                                 if m["contract"] == contract)
                   for contract in wanted}
            if got == wanted:
                return
            if time.monotonic() > end or any(got[contract] - wanted[contract] for contract in got):
                self.assertEqual(got, wanted)
            patience.wait(0.02)

    def check_after(self, at, lost, *unsynced):
        """Returns how many acknowledged calls there were."""
        recording = self.recording
        server = self.start_after(at, lost, *unsynced)
        try:
            known = self.check_answers(server, at)
            if at >= recording.ready_at:
                company, person = (Api(server.port, who.api.token)
                                   for who in (recording.company, recording.person))
                lives = recording.lives_at(at)
                for life in lives:
                    self.assertEqual(life.faults(company), [])
                for life in lives:
                    while not life.done:  # with the same keys, as clients do
                        life.step(recording.company, recording.person, (company, person))
                    self.assertEqual(life.faults(company), [])
                self.check_messages(person, [life for life in lives if life.steps == Life.SIGNED])
            report = server.doctor()
            self.assertEqual(report["stuck"], 0, report)
            self.assertTrue(report["ok"], report)
            return known
        finally:
            server.kill()

    def test_the_whole_log_played_back_is_the_folder(self):
        after = self.root / "after"
        self.recording.replay(after, self.recording.size, "nothing")
        there, played = ({path.relative_to(folder): path.read_bytes() if path.is_file() else None
                          for path in folder.rglob("*") if not path.name.endswith("-shm")}
                         for folder in (self.recording.disk, after))
        self.assertEqual(sorted(there), sorted(played))
        self.assertEqual([path for path in there if there[path] != played[path]], [])

    def test_after_a_power_cut_everything_acknowledged_is_there_once_and_goes_on(self):
        recording, chance = self.recording, random.Random(SEED)
        print(f"seed {SEED}: {CUTS} cuts of a log of {recording.size} bytes, "
              f"{len(recording.answers)} acknowledged calls")
        checked = 0
        for number in range(CUTS):
            # At any byte, and in turn right after an acknowledgement, where it must just last.
            at = (chance.randrange(recording.size) if number % 2 == 0
                  else chance.choice(recording.answers).at)
            lost = "everything" if number % 4 < 2 else chance.randrange(2**32)
            with self.subTest(cut=number, at=at, lost=lost):
                checked += self.check_after(at, lost)
        print(f"{checked} acknowledged calls before the cuts")

    def test_a_database_that_does_not_sync_is_found_out(self):
        self.assert_found_out("data/plugins/cinnabar.sqlite/cinnabar.db-wal")

    def test_a_blob_store_that_does_not_sync_is_found_out(self):
        self.assert_found_out("data/plugins/cinnabar.files/")

    def test_a_key_store_that_does_not_sync_is_found_out(self):
        self.assert_found_out("data/plugins/cinnabar.file-keys/")

    def assert_found_out(self, unsynced):
        # What was acknowledged before is there, or missed: unless the database was just then
        # brought into its main file, which is synced. So at some of the last moments.
        for at in sorted((answer.at for answer in self.recording.answers), reverse=True)[2:12]:
            self.check_after(at, "everything")
            try:
                self.check_after(at, "everything", unsynced)
            except (TypeError, NameError, KeyError, AttributeError):
                raise
            except Exception:  # pylint: disable=broad-except
                return
        self.fail("nobody missed what was not synced in " + unsynced)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
