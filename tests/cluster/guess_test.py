#!/usr/bin/env python3
"""A one-time code is guessed at several servers of one cluster at once, thousands of times: no more guesses
than allowed are ever answered as guesses, and the right code is worth nothing afterwards. Numbers that are
known and numbers that are not are answered alike, in words and in time.

CINNABAR_GUESSES (default 1500) says how many, CINNABAR_SEED repeats a run."""
import collections
import http.client
import json
import os
import random
import re
import statistics
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from cluster import Cluster  # noqa: E402
from product import SMALL_PDF, Company, Person, contract_body, sign  # noqa: E402

CINNABAR = sys.argv[1] if len(sys.argv) > 1 else ""
GUESSES = int(os.environ.get("CINNABAR_GUESSES", "1500"))
SEED = int(os.environ.get("CINNABAR_SEED", str(random.SystemRandom().randrange(2**32))))
CLIENTS, TRIES = 16, 3  # SIG-3: three tries
LIMITS = "\n[limits]\nrequests_per_minute = 0\nopen_requests_per_minute = 0\n"


class UnlimitedCluster(Cluster):
    """Without limits a minute: it is the code's own limit that is tried."""

    def settings(self, number):
        return super().settings(number) + LIMITS


class Guessing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"CINNABAR_SEED={SEED}", flush=True)
        cls.folder = tempfile.TemporaryDirectory()
        cls.cluster = UnlimitedCluster(CINNABAR, cls.folder.name)
        cls.cluster.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.cluster.__exit__()
        cls.folder.cleanup()

    def begun(self, company, person):
        """A contract that the person is to sign by code: its id and the question."""
        boss = company.api
        body = contract_body(company, person, boss.upload(SMALL_PDF)["id"])
        body["parties"][1]["auth_methods"] = ["code"]
        contract = boss.post("/contracts", body)["id"]
        boss.post(f"/contracts/{contract}/send")
        person.api.post(f"/contracts/{contract}/fill", {"values": {"place": "杭州"}})
        sign(boss, contract, company.handler.signing_password)
        return contract, person.api.post(f"/contracts/{contract}/sign/begin", {"method": "code"})

    def code(self, person):
        for _ in range(10_000):
            for message in person.api.get("/inbox")["messages"]:
                if message["kind"].startswith("auth.") and (found := re.search(r"(?<!\d)\d{6}(?!\d)", message["text"])):
                    return found.group()
        self.fail("no code came")

    def test_no_more_than_the_allowed_tries_are_answered(self):
        first = self.cluster.api(0)
        company, person = Company(first), Person(first, "韩梅")
        contract, begun = self.begun(company, person)
        right = self.code(person)
        chance, lock, answers = random.Random(SEED), threading.Lock(), collections.Counter()
        guesses = ["%06d" % chance.randrange(1_000_000) for _ in range(GUESSES)]
        guesses = [g for g in guesses if g != right]
        waiting = iter(guesses)

        def guess(index):
            apis = [self.cluster.api(number, person.api.token) for number in range(3)]
            for step in range(10**9):
                with lock:
                    code = next(waiting, None)
                if code is None:
                    return
                body = {"challenge_id": begun["challenge_id"], "answer": {"code": code},
                        "shown_digest": begun["shown_digest"], "version": begun["version"]}
                try:
                    status, _, content = apis[(index + step) % 3].raw("POST", f"/contracts/{contract}/sign", body)
                    outcome = json.loads(content).get("code", "") if status >= 400 else "signed"
                except (OSError, http.client.HTTPException) as error:
                    outcome = type(error).__name__
                with lock:
                    answers[outcome] += 1

        threads = [threading.Thread(target=guess, args=(i,)) for i in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(f"{sum(answers.values())} guesses: {dict(answers)}", flush=True)
        self.assertEqual(sum(answers.values()), len(guesses))
        # Only what was compared says that the code is wrong; everything else never got that far.
        self.assertLessEqual(answers["contract.answer_wrong"], TRIES)
        self.assertEqual(answers["signed"], 0)
        left = self.cluster.number(f"SELECT tries_left FROM contract_challenge WHERE id = '{begun['challenge_id']}'")
        self.assertEqual(left, 0)
        body = {"challenge_id": begun["challenge_id"], "answer": {"code": right},
                "shown_digest": begun["shown_digest"], "version": begun["version"]}
        status, _, content = person.api.raw("POST", f"/contracts/{contract}/sign", body)
        self.assertGreaterEqual(status, 400, content)

    def test_known_and_unknown_numbers_are_answered_alike(self):
        first = self.cluster.api(0)
        chance = random.Random(SEED)
        times, texts = {True: [], False: []}, {True: set(), False: set()}
        people = [Person(first, f"人{turn}").mobile for turn in range(40)]
        for turn in range(80):
            known = people[turn // 2] if turn % 2 else "19" + "".join(
                chance.choice("0123456789") for _ in range(9))
            begun = time.perf_counter()
            status, headers, content = first.raw("POST", "/sessions", {"mobile": known, "password": "wrong-password"})
            times[bool(turn % 2)].append(time.perf_counter() - begun)
            texts[bool(turn % 2)].add((status, re.sub(rb"req_\w+", b"", content)))
        self.assertEqual(texts[True], texts[False])
        self.assertEqual(len(texts[True]), 1)
        medians = [statistics.median(times[known]) for known in (True, False)]
        print("median answer for a known number %.1f ms, for an unknown one %.1f ms" % tuple(m * 1000 for m in medians))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[2:])
