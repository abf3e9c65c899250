#!/usr/bin/env python3
"""Three Galera nodes and three servers under load, of which a database node and a server are killed
in turn: every acknowledged write is there exactly once, nothing is stuck, all that was begun ends.

Each step of a contract is made at another server than the one before, so that what one acknowledged
must be seen by the next at once. CINNABAR_CLUSTER_KILLS (default 2) says how often,
CINNABAR_CLUSTER_BLOBS (files, s3) where content is, CINNABAR_SEED repeats a run.
"""
import collections
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from cluster import Cluster  # noqa: E402
from lives import Life  # noqa: E402
from product import SMALL_PDF, Company, Person, Refused  # noqa: E402

CINNABAR = sys.argv[1] if len(sys.argv) > 1 else ""
KILLS = int(os.environ.get("CINNABAR_CLUSTER_KILLS", "2"))
BLOBS = os.environ.get("CINNABAR_CLUSTER_BLOBS", "files")
SEED = int(os.environ.get("CINNABAR_SEED", str(random.SystemRandom().randrange(2**32))))
CLIENTS = 4
STEPS_BETWEEN = 12  # that are acknowledged before a kill, while something is down, and after its return
REQUEST_MAX_S = 30  # no request takes longer, whatever is killed
PROGRESS_MAX_S = 60  # nor do so many steps
LOST = (OSError, http.client.HTTPException)
AGAIN = {409, 503, 504}  # with the same key: the outcome is unknown, or somebody was quicker
TRIES_MAX = 200


class Load:
    """Clients that play contracts at the servers that run."""

    def __init__(self, cluster, company, person, file, chance):
        self.cluster, self.company, self.person, self.file = cluster, company, person, file
        self.lives, self.problems, self.again = [], [], collections.Counter()
        self.acknowledged, self.longest_s = 0, 0.0
        self.chance, self.stopping = chance, False
        self.changed = threading.Condition()
        self.threads = [threading.Thread(target=self.run, args=(random.Random(chance.random()),))
                        for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def run(self, chance):
        try:
            while not self.stopping:
                with self.changed:
                    life = Life(self.file, Life.REVOKED if len(self.lives) % 7 == 6 else Life.SIGNED)
                    self.lives.append(life)
                self.finish(life, chance)
        except Exception as error:
            with self.changed:
                self.problems.append(error)
                self.changed.notify_all()

    def finish(self, life, chance):
        """Plays it to its end, stopping or not."""
        tries, last = 0, None
        while not life.done:
            up = self.cluster.up()
            number = chance.choice([n for n in up if n != last] or up)
            begun = time.monotonic()
            try:
                with self.cluster.api(number, self.company.api.token, REQUEST_MAX_S) as company, \
                        self.cluster.api(number, self.person.api.token, REQUEST_MAX_S) as person:
                    life.step(self.company, self.person, (company, person))
                tries, last = 0, number
            except (*LOST, Refused) as error:
                code = getattr(error, "code", type(error).__name__)
                if isinstance(error, TimeoutError) or getattr(error, "status", 503) not in AGAIN:
                    raise RuntimeError(f"{life.contract} after {life.acknowledged} at {number}: {error!r}") from error
                tries += 1
                if tries > TRIES_MAX:
                    raise RuntimeError(f"{life.contract} is stuck after {life.acknowledged}: {error}") from error
                with self.changed:
                    self.again[code] += 1
                time.sleep(0.1)
                continue
            finally:
                with self.changed:
                    self.longest_s = max(self.longest_s, time.monotonic() - begun)
            with self.changed:
                self.acknowledged += 1
                self.changed.notify_all()

    def progress(self, steps):
        """Waits for so many more; raises what went wrong."""
        with self.changed:
            wanted, end = self.acknowledged + steps, time.monotonic() + PROGRESS_MAX_S
            while self.acknowledged < wanted and not self.problems:
                if not self.changed.wait(end - time.monotonic()):
                    raise RuntimeError(f"{wanted - self.acknowledged} of {steps} steps are missing, {self.again}")
            if self.problems:
                raise self.problems[0]

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()
        if self.problems:
            raise self.problems[0]


class Kills(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.cluster = Cluster(CINNABAR, Path(folder.name), BLOBS)
        self.cluster.__enter__()
        self.addCleanup(self.cluster.__exit__)

    def kill_a_node(self, number, load):
        node = self.cluster.galera.nodes[number]
        node.kill()
        load.progress(STEPS_BETWEEN)
        node.begin()
        node.wait_synced()

    def kill_a_server(self, number, load):
        self.cluster.servers[number].kill()
        load.progress(STEPS_BETWEEN)
        self.cluster.start(number)

    def test_kills_lose_and_repeat_nothing(self):
        print(f"seed {SEED}, {KILLS} kills, content in {BLOBS}", flush=True)
        chance = random.Random(SEED)
        company = Company(self.cluster.api(0))
        person = Person(self.cluster.api(1), "韩梅")
        load = Load(self.cluster, company, person, company.api.upload(SMALL_PDF)["id"], chance)
        try:
            for number in range(KILLS):
                load.progress(STEPS_BETWEEN)
                kill = self.kill_a_server if number % 2 else self.kill_a_node
                kill(chance.randrange(3), load)
                print(f"kill {number + 1}: {load.acknowledged} steps, {len(load.lives)} contracts, longest "
                      f"request {load.longest_s:.1f} s, asked again {dict(load.again)}", flush=True)
            load.progress(STEPS_BETWEEN)
        finally:
            load.stop()
        self.assertEqual(self.cluster.wait_until_idle(60), {}, "work that is left")
        self.check(company, load)

    def check(self, company, load):
        for life in load.lives:
            for number in range(3):
                with self.cluster.api(number, company.api.token) as api:
                    self.assertEqual(life.faults(api), [], f"seen by server {number}")
            self.assertTrue(life.done)
        states = dict(self.cluster.rows("SELECT state, COUNT(*) FROM contract_contract GROUP BY state"))
        revoked = sum(life.steps == Life.REVOKED for life in load.lives)
        self.assertEqual({state: int(count) for state, count in states.items()},
                         {"completed": len(load.lives) - revoked, **({"revoked": revoked} if revoked else {})})
        self.check_once()
        self.check_evidence(company, load.lives)
        report = json.loads(subprocess.run(
            [CINNABAR, "doctor", "--json", "--data", str(self.cluster.folder / "data0"), "--config",
             self.cluster.config(0)], capture_output=True, text=True, timeout=300).stdout)
        self.assertTrue(report["ok"], report)
        self.assertEqual(report["stuck"], 0, report)
        print(f"{len(load.lives)} contracts, {load.acknowledged} acknowledged steps, "
              f"{self.cluster.number('SELECT COUNT(*) FROM kernel_event')} events, all there once; "
              f"longest request {load.longest_s:.1f} s", flush=True)

    def check_once(self):
        number, rows = self.cluster.number, self.cluster.rows
        self.assertEqual(rows("SELECT event, COUNT(*) FROM tlog_entry GROUP BY event HAVING COUNT(*) > 1"), [],
                         "logged twice")
        # Looking at contracts and due jobs made events, too.
        self.assertEqual(self.cluster.wait_until_idle(60), {}, "work that is left")
        self.assertEqual(rows("SELECT type, at FROM kernel_event WHERE id NOT IN (SELECT event FROM tlog_entry)"), [],
                         "not logged")
        events = number("SELECT COUNT(*) FROM kernel_event")
        self.assertEqual(number("SELECT MAX(position) FROM kernel_event"), events, "positions have gaps")
        # What one event told somebody, it told once.
        self.assertEqual(self.cluster.rows("SELECT contract, kind, person, COUNT(*) FROM notification_outbox WHERE "
                                           "contract <> '' GROUP BY contract, kind, person HAVING COUNT(*) > 1"), [])

    def check_evidence(self, company, lives):
        for life in (lives[0], lives[-1]):
            bundle = self.cluster.folder / "bundle"
            with self.cluster.api(2, company.api.token) as api:
                bundle.write_bytes(api.raw("GET", f"/contracts/{life.contract}/evidence.zip")[2])
            done = subprocess.run([CINNABAR, "evidence", "check", bundle], capture_output=True, text=True, timeout=120)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[2:])
