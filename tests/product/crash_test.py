#!/usr/bin/env python3
"""kill -9 at random moments under load: every acknowledged effect is there exactly once after the
restart, no contract is stuck, the hash chains are intact.

CINNABAR_KILLS (default 5) says how often, CINNABAR_SEED repeats a run.
"""
import collections
import http.client
import os
import random
import threading
import uuid

from case import CINNABAR, ProductCase, main
from product import SMALL_PDF, Api, Refused, Server, contract_body, sign_body

KILLS = int(os.environ.get("CINNABAR_KILLS", "5"))
SEED = int(os.environ.get("CINNABAR_SEED", str(random.SystemRandom().randrange(2**32))))
CLIENTS = 4
LOST = (OSError, http.client.HTTPException)


class Life:
    """One contract and what of it was acknowledged. Each step is retried with its own key."""

    STEPS = ("create", "send", "fill", "seal", "sign")
    STATE_AFTER = {"create": "draft", "send": "filling", "fill": "signing", "seal": "signing",
                   "sign": "completed"}

    def __init__(self):
        self.keys = {step: uuid.uuid4().hex for step in self.STEPS}
        self.acknowledged = []
        self.contract = None
        self.bodies = {}


class Crash(ProductCase):
    def step(self, life, name, company, person, file):
        """Makes one step; an answer is an acknowledgement, a lost connection is not."""
        if name == "create":
            body = life.bodies.setdefault("create", contract_body(self.company, self.person, file))
            life.contract = company.post("/contracts", body, key=life.keys[name])["id"]
            return
        base = f"/contracts/{life.contract}"
        if name == "send":
            company.post(base + "/send", key=life.keys[name])
        elif name == "fill":
            person.post(base + "/fill", {"values": {"place": "苏州"}}, key=life.keys[name])
        else:
            api, who = (company, self.company.handler) if name == "seal" else (person, self.person)
            if name not in life.bodies:
                life.bodies[name] = sign_body(api, life.contract, who.signing_password)
            api.post(base + "/sign", life.bodies[name], key=life.keys[name])

    def live(self, stop, lives, problems, file):
        company = Api(self.server.port, self.company.api.token)
        person = Api(self.server.port, self.person.api.token)
        while not stop.is_set():
            # What a crash interrupted is finished first, with the same keys.
            life = next((l for l in list(lives) if l.acknowledged != list(Life.STEPS)
                         and not getattr(l, "taken", False)), None)
            if life is None:
                life = Life()
                lives.append(life)
            life.taken = True
            try:
                for name in Life.STEPS[len(life.acknowledged):]:
                    self.step(life, name, company, person, file)
                    life.acknowledged.append(name)
            except LOST:
                return
            except Refused as refused:
                if refused.status < 500 and refused.status != 429:
                    problems.append((life.contract, life.acknowledged, refused))
                    return

    def check(self, lives):
        report = self.server.doctor()
        self.assertEqual(report["stuck"], 0, report)
        self.assertTrue(report["ok"], report)
        for life in lives:
            if not life.contract:
                continue
            evidence = self.company.api.get(f"/contracts/{life.contract}/evidence")
            self.assertTrue(evidence["intact"])
            counts = collections.Counter(act["type"] for act in evidence["acts"])
            self.assertLessEqual(counts["contract.sent"], 1)
            signed = sum(step in life.acknowledged for step in ("seal", "sign"))
            self.assertGreaterEqual(counts["contract.signed"], signed, life.acknowledged)
            self.assertLessEqual(counts["contract.signed"], 2)
            if life.acknowledged:
                reached = [Life.STATE_AFTER[s] for s in Life.STEPS[len(life.acknowledged) - 1:]]
                self.assertIn(self.state(life.contract), reached, life.acknowledged)

    def test_kill_nine_loses_and_repeats_nothing(self):
        print(f"seed {SEED}, {KILLS} kills")
        chance = random.Random(SEED)
        lives, problems = [], []
        for round_number in range(KILLS):
            file = self.company.api.upload(SMALL_PDF)["id"]
            stop = threading.Event()
            for life in lives:
                life.taken = False
            clients = [threading.Thread(target=self.live, args=(stop, lives, problems, file))
                       for _ in range(CLIENTS)]
            for client in clients:
                client.start()
            stop.wait(chance.uniform(0.05, 1.5))
            self.server.kill()
            stop.set()
            for client in clients:
                client.join()
            type(self).server = Server(CINNABAR, self.root / "data")
            self.company.handler.reconnect(self.server.port)
            self.person.reconnect(self.server.port)
            self.assertEqual(problems, [], f"round {round_number}")
            recent = [l for l in lives if l.acknowledged != list(Life.STEPS)] + lives[-20:]
            self.check(recent)
        self.check(lives)
        print(f"{len(lives)} contracts, {sum(len(l.acknowledged) for l in lives)} acknowledged steps")


if __name__ == "__main__":
    main()
