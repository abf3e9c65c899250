#!/usr/bin/env python3
"""Contracts at every PAdES level over HTTP: five parties, twelve areas, page seals over 200 pages.
Outside validators and `cinnabar verify` judge the files.

Usage: levels_test.py CINNABAR [test names]
"""
import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
import validators  # noqa: E402
from product import Api, Company, Person, Server, make_pdf, sign  # noqa: E402

CINNABAR = sys.argv[1] if len(sys.argv) > 1 else ""
PAGES = 200
ACTS = 8  # certification, two enterprises with a seal and a handler's signature, three persons


def pages(count):
    kids = b" ".join(b"%d 0 R" % (3 + i) for i in range(count))
    return make_pdf([b"<</Type/Catalog/Pages 2 0 R>>",
                     b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)] +
                    [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"] * count)


def rect(x, y, width, height):
    return {"x": x * 1000, "y": y * 1000, "width": width * 1000, "height": height * 1000}


class Levels(unittest.TestCase):
    def play(self, level, folder):
        """A completed contract at that level; the file."""
        settings = folder / "cinnabar.toml"
        settings.write_text(f'[plugin."cinnabar.contract"]\nsignature_level = "{level}"\n')
        self.server = Server(CINNABAR, folder / "data", "--config", settings)
        self.addCleanup(self.server.stop)
        api = Api(self.server.port, timeout=120)
        companies = [Company(api, "云杉贸易有限公司"), Company(api, "白桦物流有限公司", "吴敏")]
        people = [Person(api, name) for name in ("韩梅", "李雷", "赵青")]
        parties, controls = [], []
        for i, company in enumerate(companies):
            parties.append({"id": f"c{i}", "kind": "enterprise", "name": company.handler.name,
                            "mobile": company.handler.mobile, "enterprise_name": company.name,
                            "position": i + 1, "auth_methods": ["password"]})
            controls += [
                {"id": f"c{i}seal", "party": f"c{i}", "kind": "enterprise_seal", "page": 1,
                 "rect": rect(60 + 250 * i, 600, 121, 121)},
                {"id": f"c{i}sign", "party": f"c{i}", "kind": "personal_signature", "page": 2,
                 "rect": rect(60 + 250 * i, 600, 90, 60)},
                {"id": f"c{i}date", "party": f"c{i}", "kind": "sign_date", "page": 2,
                 "rect": rect(60 + 250 * i, 700, 120, 20)}]
        controls.append({"id": "paging", "party": "c0", "kind": "page_seal"})
        for i, person in enumerate(people):
            parties.append({"id": f"p{i}", "kind": "person", "name": person.name,
                            "mobile": person.mobile, "position": i + 3,
                            "auth_methods": ["password"]})
            controls.append({"id": f"p{i}sign", "party": f"p{i}", "kind": "personal_signature",
                             "page": 3 + i, "rect": rect(380, 620, 90, 60)})
        controls += [{"id": f"p0more{i}", "party": "p0", "kind": "personal_signature",
                      "page": 100 + i, "rect": rect(100, 620, 90, 60)} for i in range(2)]
        self.assertEqual(len(controls), 12)
        owner = companies[0].api
        file = owner.upload(pages(PAGES))["id"]
        contract = owner.post("/contracts", {"name": "多方合同", "order": "sequential",
                                             "files": [file], "parties": parties,
                                             "controls": controls})["id"]
        owner.post(f"/contracts/{contract}/send")
        for who in [company.handler for company in companies] + people:
            answer = sign(who.api, contract, who.signing_password)
        self.assertEqual(answer["state"], "completed")
        status, _, content = owner.raw("GET", f"/contracts/{contract}/document")
        self.assertEqual(status, 200)
        path = folder / "contract.pdf"
        path.write_bytes(content)
        return path

    def check_validators(self, path, level):
        self.assertEqual(validators.run(["qpdf", "--check", path]).returncode, 0)
        data = path.read_bytes()
        stamps = 0
        for byte_range, cms in validators.distinct_signatures(data):
            before = data.rfind(b"/SubFilter", 0, byte_range[1])
            if data[before:before + 40].startswith(b"/SubFilter /ETSI.RFC3161"):
                stamps += 1
            else:
                fault = validators.check_cms(data, byte_range, cms, stamped=level != "B-B")
                self.assertIsNone(fault)
        self.assertEqual(stamps, ACTS if level == "B-LTA" else 0)
        self.assertEqual(len(validators.distinct_signatures(data)) - stamps, ACTS)
        blocks = re.split(r"^Signature #\d+:", validators.text_of(["pdfsig", "-nocert", path]),
                          flags=re.M)[1:]
        # It does not know document timestamps.
        signed = [block for block in blocks
                  if "not signed" not in block and "Name: archive_timestamp" not in block]
        self.assertGreaterEqual(len(signed), PAGES + 11)
        for block in signed:
            self.assertIn("Signature Validation: Signature is Valid.", block)
        mutool = validators.run(["mutool", "sign", "-v", path])
        said = (mutool.stdout + mutool.stderr).decode("utf-8", "replace")
        self.assertEqual(mutool.returncode, 0, said[-2000:])
        # That it does not know our root is no fault of the file.
        for fault in ("Digest error", "invalidated", "\nerror:"):
            self.assertNotIn(fault, said, "mutool found a fault")
        valid = said.count("The signature is valid") + said.count("unchanged since signing")
        self.assertEqual(valid, len(signed))
        self.assertEqual(b"/Type /DSS /Certs" in data, level in ("B-LT", "B-LTA"))

    def check_level(self, level):
        with tempfile.TemporaryDirectory() as folder:
            path = self.play(level, Path(folder))
            self.check_validators(path, level)
            done = subprocess.run([CINNABAR, "verify", path, "--json"], capture_output=True,
                                  text=True, timeout=120)
            report = json.loads(done.stdout)
            self.assertEqual(report["verdict"], "not-tampered", str(report)[:3000])

    def test_b_b(self):
        self.check_level("B-B")

    def test_b_t(self):
        self.check_level("B-T")

    def test_b_lt(self):
        self.check_level("B-LT")

    def test_b_lta(self):
        self.check_level("B-LTA")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[2:])
