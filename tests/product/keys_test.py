#!/usr/bin/env python3
"""`cinnabar keys` beside a running server: a new master key under load, and what a restore checks."""
import os
import random
import subprocess
import threading
import time

from case import CINNABAR, ProductCase, main
from lives import Life
from product import SMALL_PDF, Api, Refused, Server, sign

ROTATIONS = 3
SEALS = 30
KILLS = 10
SEED = int(os.environ.get("CINNABAR_SEED", str(random.SystemRandom().randrange(2**32))))
CHANCE = random.Random(SEED)


class Keys(ProductCase):
    @property
    def store(self):
        return self.root / "data" / "plugins" / "cinnabar.file-keys"

    def command(self, verb):
        return [CINNABAR, "keys", verb, "--data", str(self.root / "data")]

    def keys(self, verb):
        return subprocess.run(self.command(verb), capture_output=True, text=True, timeout=60)

    def sign_one(self):
        contract = self.filled()
        sign(self.company.api, contract, self.company.handler.signing_password)
        sign(self.person.api, contract, self.person.signing_password)
        self.assertEqual(self.state(contract), "completed")

    def sign_on(self, stop, problems):
        with Api(self.server.port, self.company.api.token) as company, \
                Api(self.server.port, self.person.api.token) as person:
            file = company.upload(SMALL_PDF)["id"]
            try:
                while not stop.is_set():
                    life = Life(file)
                    while not life.done:
                        life.step(self.company, self.person, (company, person))
            except (Refused, OSError) as problem:
                problems.append(problem)

    def restart(self):
        self.server.stop()
        type(self).server = Server(CINNABAR, self.root / "data")
        self.company.handler.reconnect(self.server.port)
        self.person.reconnect(self.server.port)

    def test_a_new_master_key_under_load_disturbs_nobody(self):
        first = (self.store / "master.key").read_text()
        stop, problems = threading.Event(), []
        load = threading.Thread(target=self.sign_on, args=(stop, problems))
        load.start()
        try:
            for _ in range(ROTATIONS):
                seal = self.company.api.post("/seals", {"type": "round", "name": "财务专用章"})["id"]
                self.company.api.post(f"/seals/{seal}/disable")
                done = self.keys("rotate")
                self.assertEqual(done.returncode, 0, done.stderr)
        finally:
            stop.set()
            load.join()
        self.assertEqual(problems, [])
        last = (self.store / "master.key").read_text()
        self.assertEqual(len(last.splitlines()), 1)
        self.assertNotEqual(last, first)
        self.restart()
        self.sign_one()
        self.assertEqual(self.keys("check").returncode, 0)

    def test_a_rotation_that_is_killed_leaves_every_key_usable(self):
        """At random moments, each time the next one goes on; while the server signs."""
        for number in range(SEALS):
            self.company.api.post("/seals", {"type": "round", "name": f"印章{number}"})
        begun = time.monotonic()
        self.assertEqual(self.keys("rotate").returncode, 0)
        whole = time.monotonic() - begun
        killed, between = 0, 0
        for _ in range(KILLS):
            rotation = subprocess.Popen(self.command("rotate"), stdout=subprocess.DEVNULL)
            try:
                rotation.wait(CHANCE.uniform(0, whole))
            except subprocess.TimeoutExpired:
                rotation.kill()
            killed += rotation.wait() != 0
            between += len((self.store / "master.key").read_text().splitlines()) > 1
            self.assertEqual(self.keys("check").returncode, 0)
            self.sign_one()
        print(f"seed {SEED}: {killed} of {KILLS} were killed, {between} in the middle")
        self.assertGreater(killed, 0)
        self.assertEqual(self.keys("rotate").returncode, 0)
        self.assertEqual(len((self.store / "master.key").read_text().splitlines()), 1)
        self.restart()
        self.sign_one()

    def test_what_cannot_be_opened_is_named(self):
        path = sorted(self.store.glob("key_*.key"))[0]
        sound = path.read_text()
        path.write_text(sound.replace('"private_key":"', '"private_key":"AAAA', 1))
        try:
            done = self.keys("check")
            self.assertEqual(done.returncode, 1)
            self.assertIn(path.stem, done.stdout)
            self.assertEqual(self.keys("rotate").returncode, 1)
        finally:
            path.write_text(sound)
        self.assertEqual(self.keys("rotate").returncode, 0)
        self.assertEqual(self.keys("check").returncode, 0)


if __name__ == "__main__":
    main()
