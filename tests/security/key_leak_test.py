#!/usr/bin/env python3
"""Where keys may not be: database, blobs, logs, and the memory of each process that parses
documents, all taken while contracts are signed, are searched for every private key and for the
master key in every form; nothing is found. The same search finds keys that were planted."""
import os
import secrets as randomness
import subprocess
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "product"))
from case import CINNABAR, ProductCase  # noqa: E402
from hosted import workers, zygotes  # noqa: E402
from lives import Life  # noqa: E402
from product import SMALL_PDF, Api, Company, Person, Refused, Server, contract_body, make_pdf  # noqa: E402
from secrets_of_store import CryptoLibrary, forms, open_envelope, secret_numbers, write_patterns  # noqa: E402

SEARCH = sys.argv[2]
LOOKS = 3  # at the memory of the processes, while the load goes on
STEPS_MIN = 40  # of contracts, before and between the looks

CONFIG = """
[log]
level = "debug"

[plugin."cinnabar.builtin-ca"]
signer_algorithm = "{algorithm}"
"""


class KeyLeak(ProductCase):
    @classmethod
    def start(cls):
        cls.master = randomness.token_bytes(32)
        return cls.serve("ec-p256")

    @classmethod
    def serve(cls, algorithm):
        config = cls.root / "cinnabar.toml"
        config.write_text(CONFIG.format(algorithm=algorithm))
        return Server(CINNABAR, cls.root / "data", "--config", str(config),
                      environment={"CINNABAR_MASTER_KEY": cls.master.hex()})

    @classmethod
    def setUpClass(cls):
        """Companies and people with keys of both kinds, on one server."""
        super().setUpClass()
        file = cls.company.api.upload(SMALL_PDF)["id"]
        first = Life(file)
        while not first.done:  # the person's key is made with the first signature
            first.step(cls.company, cls.person, (cls.company.api, cls.person.api))
        cls.server.stop()
        cls.server = cls.serve("rsa-2048")
        cls.api = Api(cls.server.port)
        cls.company.handler.reconnect(cls.server.port)
        cls.person.reconnect(cls.server.port)
        cls.pairs = [(cls.company, cls.person), (Company(cls.api), Person(cls.api, "李雷"))]

    def keys(self):
        """Every key of the store, opened as its README describes it: names to secret numbers."""
        crypto, found, kinds = CryptoLibrary(), {"master": self.master}, set()
        for path in (self.root / "data").rglob("key_*.key"):
            name, algorithm, pkcs8 = open_envelope(crypto, self.master, path.read_bytes())
            kinds.add(algorithm)
            for part, number in secret_numbers(pkcs8).items():
                found[f"{name}/{algorithm}/{part}"] = number
        self.assertLessEqual({"ec-p256", "ec-p384", "rsa-2048"}, kinds)
        return found

    def search(self, keys, places):
        patterns = self.root / "patterns"
        write_patterns(patterns, keys)
        done = subprocess.run([SEARCH, str(patterns), *map(str, places)], capture_output=True,
                              text=True, timeout=120)
        self.assertIn(done.returncode, (0, 1), done.stderr)  # 2: it could not look everywhere
        return done.stdout.splitlines()[:-1]

    def places(self):
        return [self.root / "data", self.root / "server.log"]

    def memories(self):
        if os.geteuid() != 0:
            print("the memory of workers is not looked at: only root may")
            return []
        return [f"pid:{pid}" for pid in self.hosted()]

    def hosted(self):
        server = self.server.process.pid
        at_work = workers(server)
        self.assertGreaterEqual(len(at_work), 1)
        return zygotes(server) + at_work

    def sign_on(self, stop, problems, pair, counter):
        company, person = pair
        with Api(self.server.port, company.api.token) as of_company, \
                Api(self.server.port, person.api.token) as of_person:
            try:
                file = of_company.upload(SMALL_PDF)["id"]
                while not stop.is_set():
                    life = Life(file)
                    while not life.done and not stop.is_set():
                        life.step(company, person, (of_company, of_person))
                        counter.release()
            except (Refused, OSError) as problem:
                problems.append(problem)
                counter.release(STEPS_MIN)

    def test_1_under_load_no_key_is_where_it_must_not_be(self):
        stop, problems, steps = threading.Event(), [], threading.Semaphore(0)
        load = [threading.Thread(target=self.sign_on, args=(stop, problems, pair, steps))
                for pair in self.pairs]
        for thread in load:
            thread.start()
        try:
            found = []
            for _ in range(LOOKS):
                for _ in range(STEPS_MIN):
                    self.assertTrue(steps.acquire(timeout=60), "the load does not go on")
                found += self.search(self.keys(), self.memories() + self.places())
        finally:
            stop.set()
            for thread in load:
                thread.join()
        self.assertEqual(problems, [])
        self.assertEqual(found, [])

    @unittest.skipIf(os.geteuid() != 0, "only root may look into workers")
    def test_2_what_starts_the_workers_takes_no_variable_and_no_file_of_the_server_along(self):
        for pid in self.hosted():
            variables = Path(f"/proc/{pid}/environ").read_bytes()
            self.assertNotIn(b"CINNABAR", variables)
            open_files = [os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir()]
            self.assertEqual([path for path in open_files if str(self.root) in path], [])

    @unittest.skipIf(os.geteuid() != 0, "the server is closed to onlookers of its own user, too")
    def test_3_the_master_key_does_not_stay_in_the_environment_of_the_server(self):
        variables = Path(f"/proc/{self.server.process.pid}/environ").read_bytes()
        self.assertNotIn(self.master.hex().encode(), variables)

    def planted(self, keys, places, kind, wanted):
        """The search finds that one, in a form of that kind, in such a place."""
        found = self.search(keys, places)
        self.assertTrue(any(kind in line and wanted in line for line in found), found[:20])

    def test_4_keys_that_were_planted_are_found(self):
        keys = self.keys()
        curve, scalar = next((name, number) for name, number in keys.items() if "scalar" in name)
        prime = next(number for name, number in keys.items() if name.endswith("/p"))

        # A row of the database: the name of a draft.
        company, person = self.pairs[1]
        file = company.api.upload(SMALL_PDF)["id"]
        body = contract_body(company, person, file, name=scalar.hex())
        company.api.post("/contracts", body)
        self.planted(keys, self.places(), curve + ":hex", ".db")

        # A line of the log: the address that was asked for.
        with self.assertRaises(Refused):
            company.api.get("/contracts/" + scalar.hex().upper())
        self.planted(keys, self.places(), curve + ":HEX", "server.log")

        # A blob, and the worker that reads the document.
        document = make_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                             b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Planted<" +
                             b"00".join([prime.hex().encode()] * 500) + b">>>"])
        file = company.api.upload(document)["id"]
        body = contract_body(company, person, file)
        company.api.post("/contracts", body)
        self.planted(keys, self.places(), "/p:hex", "cinnabar.files")
        if memories := self.memories():
            self.planted(keys, memories, "/p:", "the memory of process")
        self.planted({"master": self.master}, [self.master_file()], "master:", "planted")

    def test_5_the_search_knows_every_form(self):
        number = randomness.token_bytes(128)
        planted = self.root / "planted"
        for name, piece in forms(number)[::5]:  # across the border of what is read at once
            planted.write_bytes(bytes(4_194_304 - 20) + piece + bytes(100))
            self.assertIn(f"key:{name} in {planted}", self.search({"key": number}, [planted]))
        planted.write_bytes(bytes(100).join(piece for _, piece in forms(number)))
        self.assertEqual(set(self.search({"key": number}, [planted])),
                         {f"key:{name} in {planted}" for name, _ in forms(number)})

    def master_file(self):
        path = self.root / "planted"
        path.write_bytes(b"\0" * 1_000_003 + self.master[::-1])
        return path


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
