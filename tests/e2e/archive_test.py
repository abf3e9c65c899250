#!/usr/bin/env python3
"""Archive timestamps of a running server: an outside timestamp authority, whose certificate ends
within the minute, stamps a contract; the job renews it in time, through crashes, and only once.

Usage: archive_test.py CINNABAR
"""
import datetime
import json
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
import validators  # noqa: E402
from authorities import Authorities  # noqa: E402
from product import SMALL_PDF, Api, Company, Person, Server, contract_body, sign  # noqa: E402
from storage import database_of  # noqa: E402

CINNABAR = sys.argv[1] if len(sys.argv) > 1 else ""
LIFE_S = 40  # of the certificate: a renewal is due when a third of it is left
DAY_S = 86_400

CONFIG = """
[plugins]
disabled = ["cinnabar.builtin-tsa"]

[plugin."cinnabar.contract"]
signature_level = "B-LTA"

[plugin."cinnabar.rfc3161"]
url = "{outside.url}/tsa"
ca_file = "{outside.folder}/chain.pem"
"""


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def time_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class ArchiveRenewal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.outside = Authorities(self.root / "outside")
        self.addCleanup(self.outside.close)
        config = self.root / "cinnabar.toml"
        config.write_text(CONFIG.format(outside=self.outside))
        self.options = ["--config", str(config)]
        for command in (["migrate"], ["plugin", "enable", "cinnabar.rfc3161"]):
            subprocess.run([CINNABAR, *command, "--data", self.root / "data", *self.options], check=True,
                           capture_output=True, timeout=120)
        self.start()
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.kill())
        self.company = Company(Api(self.server.port))
        self.person = Person(Api(self.server.port), "韩梅")

    def start(self):
        self.server = Server(CINNABAR, self.root / "data", *self.options)
        if hasattr(self, "person"):
            self.company.handler.reconnect(self.server.port)
            self.person.reconnect(self.server.port)

    def crash(self):
        self.server.kill()
        self.start()

    def stamping_certificate_lives(self, seconds):
        with self.outside.lock:
            end = (now() + datetime.timedelta(seconds=seconds)).strftime("%Y%m%d%H%M%SZ")
            self.outside.issue("tsa", "stamping", "-enddate", end)

    def completed(self):
        """A contract whose newest timestamp is of a certificate that ends soon."""
        file = self.company.api.upload(SMALL_PDF)["id"]
        contract = self.company.api.post("/contracts", contract_body(self.company, self.person, file))["id"]
        self.company.api.post(f"/contracts/{contract}/send")
        self.person.api.post(f"/contracts/{contract}/fill", {"values": {"place": "杭州"}})
        sign(self.company.api, contract, self.company.handler.signing_password)
        self.stamping_certificate_lives(LIFE_S)
        answer = sign(self.person.api, contract, self.person.signing_password)
        self.assertEqual((answer["state"], answer["level"]), ("completed", "B-LTA"))
        self.stamping_certificate_lives(30 * DAY_S)
        return contract

    def archive(self, contract):
        archive, = self.company.api.get(f"/contracts/{contract}/evidence")["archives"]
        return archive

    def document(self, contract):
        return self.company.api.raw("GET", f"/contracts/{contract}/document")[2]

    def renewals(self, contract):
        acts = self.company.api.get(f"/contracts/{contract}/evidence")["acts"]
        return [act["data"] for act in acts if act["type"] == "contract.archived"]

    def job_runs_at(self):
        """When the archive's job comes again, by the business clock."""
        rows = database_of(self.root / "data").rows(
            "SELECT run_at FROM kernel_job WHERE kind = 'archive' AND state = 'waiting'")
        return [int(run_at) for run_at, in rows]

    def until(self, what, condition):
        end = time.monotonic() + LIFE_S + 60
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.2)

    def check_document(self, path):
        data = path.read_bytes()
        self.assertTrue(validators.qpdf_is_clean(path))
        blocks = validators.text_of(["pdfsig", "-nocert", path]).split("\nSignature #")
        # It does not know document timestamps.
        signed = [block for block in blocks[1:]
                  if "not signed" not in block and "Name: archive_timestamp" not in block]
        self.assertGreaterEqual(len(signed), 3)
        for block in signed:
            self.assertIn("Signature Validation: Signature is Valid.", block)
        kinds = [data[data.rfind(b"/SubFilter", 0, span[1]):][:40].split(b"/ETSI.")[1][:7]
                 for span, _ in validators.distinct_signatures(data)]
        self.assertEqual((kinds.count(b"CAdES.d"), kinds.count(b"RFC3161")), (3, 4))
        report = json.loads(validators.text_of([CINNABAR, "verify", path, "--json"]))
        self.assertEqual(report["verdict"], "not-tampered", report)

    def test_a_completed_contract_is_renewed_once_and_stays_valid(self):
        contract = self.completed()
        before, first = self.document(contract), self.archive(contract)
        self.assertEqual(first["renewals"], 0)
        self.assertLess(time_of(first["renewal_due"]), time_of(first["ends"]))
        self.crash()  # the job outlives it
        self.until("the timestamp is not renewed", lambda: self.archive(contract)["renewals"] > 0)
        second = self.archive(contract)
        self.assertLess(time_of(second["timestamp"]), time_of(first["ends"]), "renewed in time")
        self.assertGreater(time_of(second["ends"]), now() + datetime.timedelta(days=29))
        after = self.document(contract)
        self.assertTrue(after.startswith(before) and len(after) > len(before))
        renewal, = self.renewals(contract)
        self.assertEqual(renewal["timestamp"], second["timestamp"])

        # Neither a crash nor a job that comes early by the business clock renews it again.
        self.crash()
        waiting = self.job_runs_at()
        self.assertEqual(len(waiting), 1)
        self.person.api.post("/clock/advance", {"seconds": 21 * DAY_S})
        self.until("the job does not come again", lambda: self.job_runs_at() and self.job_runs_at() > waiting)
        self.assertEqual(self.document(contract), after)
        self.assertEqual(len(self.renewals(contract)), 1)

        # The certificate of the first timestamp has ended: the second one proves it.
        self.until("the first certificate does not end", lambda: now() > time_of(first["ends"]))
        path = self.root / "contract.pdf"
        path.write_bytes(after)
        self.check_document(path)
        bundle = self.root / "evidence.zip"
        bundle.write_bytes(self.company.api.raw("GET", f"/contracts/{contract}/evidence.zip")[2])
        done = validators.run([CINNABAR, "evidence", "check", bundle])
        self.assertEqual(done.returncode, 0, done.stdout.decode())
        self.assertEqual(self.server.stop(), 0)
        found = {check["name"]: check for check in self.server.doctor()["checks"]}
        self.assertTrue(found["contracts.archive"]["ok"], found["contracts.archive"])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[2:])
