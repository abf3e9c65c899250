#!/usr/bin/env python3
"""kill -9 at random moments under load: every acknowledged effect is there exactly once after the
restart, no contract is stuck, the hash chains are intact, and all that was begun can be finished.

CINNABAR_KILLS (default 5) says how often, CINNABAR_SEED repeats a run.
"""
import http.client
import os
import random
import subprocess
import threading

from case import CINNABAR, ProductCase, main
from lives import Life
from product import SMALL_PDF, Api, Refused, Server

KILLS = int(os.environ.get("CINNABAR_KILLS", "5"))
SEED = int(os.environ.get("CINNABAR_SEED", str(random.SystemRandom().randrange(2**32))))
CLIENTS = 4
LIFE_MAX_S = 1.5  # of a server, under load
LOST = (OSError, http.client.HTTPException)


class Lives:
    """The contracts of all clients, and what went wrong with them. Any thread."""

    def __init__(self):
        self.all, self.problems = [], []
        self.taken, self.lock = set(), threading.Lock()

    def take(self, file):
        """What a crash interrupted is finished first; then a new one."""
        with self.lock:
            life = next((life for life in self.all if not life.done and life not in self.taken), None)
            if life is None:
                steps = Life.REVOKED if len(self.all) % 7 == 6 else Life.SIGNED
                life = Life(file, steps)
                self.all.append(life)
            self.taken.add(life)
            return life


class Crash(ProductCase):
    def live(self, stop, lives, file):
        """Plays contracts until the server is gone. A step that was not answered is made again,
        later, with the same key; any answer that is not its success is a problem."""
        with Api(self.server.port, self.company.api.token) as company, \
                Api(self.server.port, self.person.api.token) as person:
            while not stop.is_set():
                life = lives.take(file)
                try:
                    while not life.done:
                        life.step(self.company, self.person, (company, person))
                except LOST:
                    return
                except Refused as refused:
                    lives.problems.append((life.contract, life.acknowledged, refused))
                    return

    def restart(self, chance):
        if chance.random() < 0.2:  # and again while it starts
            starting = subprocess.Popen(
                [CINNABAR, "serve", "--port", "0", "--data", self.root / "data", "--demo"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                starting.wait(chance.uniform(0, 0.15))
            except subprocess.TimeoutExpired:
                starting.kill()
            self.assertLess(starting.wait(), 0, "it ended by itself")
        type(self).server = Server(CINNABAR, self.root / "data")
        self.company.handler.reconnect(self.server.port)
        self.person.reconnect(self.server.port)

    def check(self, lives):
        report = self.server.doctor()
        self.assertEqual(report["stuck"], 0, report)
        self.assertTrue(report["ok"], report)
        for life in lives:
            self.assertEqual(life.faults(self.company.api), [])

    def test_kill_nine_loses_and_repeats_nothing(self):
        print(f"seed {SEED}, {KILLS} kills")
        chance, lives = random.Random(SEED), Lives()
        for number in range(KILLS):
            file = self.company.api.upload(SMALL_PDF)["id"]
            stop = threading.Event()
            lives.taken.clear()
            clients = [threading.Thread(target=self.live, args=(stop, lives, file))
                       for _ in range(CLIENTS)]
            for client in clients:
                client.start()
            if number % 4 == 0:  # a look at it disturbs nothing
                self.assertTrue(self.server.doctor()["ok"])
            stop.wait(chance.uniform(0.02, LIFE_MAX_S))
            self.server.kill()
            stop.set()
            for client in clients:
                client.join()
            self.restart(chance)
            self.assertEqual(lives.problems, [], f"kill {number}")
            self.check([life for life in lives.all if not life.done] + lives.all[-20:])
        interrupted = sum(not life.done for life in lives.all)
        acknowledged = sum(len(life.acknowledged) for life in lives.all)
        for life in lives.all:
            while not life.done:
                life.step(self.company, self.person, (self.company.api, self.person.api))
        self.check(lives.all)
        print(f"{len(lives.all)} contracts, {acknowledged} acknowledged steps, {interrupted} "
              "contracts were interrupted at the end and finished")


if __name__ == "__main__":
    main()
