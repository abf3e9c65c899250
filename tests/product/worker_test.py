#!/usr/bin/env python3
"""Workers that are killed, stopped or eat memory while documents are uploaded: each costs one
request a clear error, and nobody else anything."""
import http.client
import json
import os
import random
import signal
import threading
import time
import zlib

from case import CINNABAR, ProductCase, main
from hosted import workers, zygotes
from product import SMALL_PDF, Api, Server, make_pdf

PLUGIN = "cinnabar.document-pdf"
DEADLINE_S = 4
CLIENTS = 4
KILLS = 12
STOPS = 3
MEMORY_MB = 64  # besides what a worker has when it is forked
PAGES = 900
SEED = int(os.environ.get("CINNABAR_SEED", str(random.SystemRandom().randrange(2**32))))


def long_pdf(pages):
    """Takes the worker a moment."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, pages + 3))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"
    return make_pdf([b"<</Type/Catalog/Pages 2 0 R>>",
                     b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, pages)] + [page] * pages)


def crowded_pdf(count):
    """A parser makes an object of each number, fifty times its size here."""
    return make_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                     b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Crowd 4 0 R>>",
                     b"[" + b"0 " * count + b"]"])


def flate_bomb(size):
    packed = zlib.compress(b" " * size, 9)
    return make_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                     b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
                     b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)])


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "R"
    except OSError:
        return False


def status_kb(pid, name):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(name))
    except (OSError, StopIteration):
        return 0


class Uploads:
    """Clients that upload good documents until they are stopped, and what they were answered."""

    def __init__(self, case, document):
        self.good, self.refused, self.broken = 0, [], []
        self.lock, self.stop = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(case, document))
                        for _ in range(CLIENTS)]

    def run(self, case, document):
        with Api(case.server.port, case.company.api.token) as api:
            while not self.stop.is_set():
                try:
                    status, _, content = api.raw("POST", "/files", document,
                                                 {"Content-Type": "application/pdf"})
                except (OSError, http.client.HTTPException) as problem:
                    with self.lock:
                        self.broken.append(problem)
                    continue
                with self.lock:
                    if status == 201:
                        self.good += 1
                    else:
                        self.refused.append((status, content))

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def wait_for(self, more):
        """Until so many more were taken."""
        wanted, until = self.good + more, time.monotonic() + 60
        while self.good < wanted:
            if time.monotonic() > until:
                raise AssertionError(f"no uploads are taken any more: {self.refused[-3:]}")
            self.stop.wait(0.01)


class Workers(ProductCase):
    @classmethod
    def start(cls):
        return Server(CINNABAR, cls.root / "data", "--set", f"plugins.worker_deadline_s={DEADLINE_S}",
                      "--set", f"plugins.worker_memory_mb={MEMORY_MB}")

    def setUp(self):
        print("seed", SEED)

    def a_worker(self, chance):
        """One that is at work, if one can be caught at it."""
        found, until = [], time.monotonic() + 1
        while not found and time.monotonic() < until:
            found = [pid for pid in workers(self.server.process.pid, PLUGIN) if is_running(pid)]
        return chance.choice(found or workers(self.server.process.pid, PLUGIN))

    def check(self, uploads, faults):
        """Each fault cost one request at most, and that one was told what happened."""
        self.assertEqual(uploads.broken, [], "connections broke")
        for status, content in uploads.refused:
            self.assertIn(status, (422, 503), content)
            self.assertIn(b'"code":"worker.', content)
        self.assertLessEqual(len(uploads.refused), faults, uploads.refused)
        self.assertIsNone(self.server.process.poll())
        self.assertTrue(self.company.api.upload(SMALL_PDF)["id"])

    def end_workers(self, how):
        chance = random.Random(SEED)
        with Uploads(self, long_pdf(PAGES)) as uploads:
            uploads.wait_for(CLIENTS)
            for _ in range(KILLS):
                os.kill(self.a_worker(chance), how)
                uploads.wait_for(CLIENTS)
        return uploads

    def test_workers_that_are_killed_from_outside_cost_nothing(self):
        """It is not the document's doing, so it is tried again with another worker; once."""
        self.check(self.end_workers(signal.SIGKILL), 1)

    def test_workers_that_crash_cost_a_request_each(self):
        uploads = self.end_workers(signal.SIGSEGV)
        self.check(uploads, KILLS)
        self.assertGreater(len(uploads.refused), 0, "none crashed at work")

    def test_a_worker_that_hangs_is_cut_off_and_others_work_on(self):
        chance = random.Random(SEED + 1)
        with Uploads(self, long_pdf(PAGES)) as uploads:
            uploads.wait_for(CLIENTS)
            for _ in range(STOPS):
                pid = self.a_worker(chance)
                os.kill(pid, signal.SIGSTOP)
                begun = time.monotonic()
                uploads.wait_for(CLIENTS)  # through the other worker
                self.assertLess(time.monotonic() - begun, DEADLINE_S + 2)
                until = time.monotonic() + DEADLINE_S + 5
                while pid in workers(self.server.process.pid, PLUGIN):
                    self.assertLess(time.monotonic(), until, "it was not cut off")
                    uploads.stop.wait(0.05)
        self.check(uploads, STOPS)

    def test_a_killed_zygote_costs_the_requests_of_its_workers_at_most(self):
        with Uploads(self, SMALL_PDF) as uploads:
            uploads.wait_for(CLIENTS)
            pid = zygotes(self.server.process.pid, PLUGIN)[0]
            os.kill(pid, signal.SIGKILL)
            uploads.wait_for(4 * CLIENTS)
        self.check(uploads, CLIENTS)

    def test_a_zygote_that_hangs_is_replaced(self):
        with Uploads(self, SMALL_PDF) as uploads:
            uploads.wait_for(CLIENTS)
            os.kill(zygotes(self.server.process.pid, PLUGIN)[0], signal.SIGSTOP)
            for pid in workers(self.server.process.pid, PLUGIN):
                os.kill(pid, signal.SIGKILL)  # so that it is asked for others
            uploads.wait_for(4 * CLIENTS)
        self.check(uploads, 2 * CLIENTS)

    def test_documents_that_eat_memory_cost_themselves_only(self):
        with Uploads(self, SMALL_PDF) as uploads:
            with Api(self.server.port, self.company.api.token) as api:
                codes = []
                for document in [crowded_pdf(3_000_000), flate_bomb(900_000_000)] * 2:
                    status, _, content = api.raw("POST", "/files", document,
                                                 {"Content-Type": "application/pdf"})
                    self.assertEqual(status, 422, content)
                    codes.append(json.loads(content)["code"])
            uploads.wait_for(CLIENTS)
        # A machine that is busy with other work meets the deadline first.
        self.assertIn("worker.memory", codes)
        self.assertLessEqual(set(codes), {"worker.memory", "document.too_complex", "worker.timeout"})
        self.check(uploads, 0)
        peak = max(status_kb(pid, "VmHWM") for pid in zygotes(self.server.process.pid) +
                   workers(self.server.process.pid))
        self.assertLess(peak, 256_000, "a worker took more than it may")


if __name__ == "__main__":
    main()
