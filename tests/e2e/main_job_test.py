#!/usr/bin/env python3
"""Plays the main job over documents of many programs and lets outside validators judge.

Usage: main_job_test.py CINNABAR MAKE_DOCUMENTS [test names]
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import pixels
import validators
from validators import run, text_of

CINNABAR = sys.argv[1]
MAKE_DOCUMENTS = sys.argv[2]
SEAL_MM = 42
FILLED = ["朱砂合字〔2026〕第 118 号", "上海市徐汇区漕溪北路 88 号，𠮷野龘"]


def squeezed(text):
    return "".join(text.split())


class MainJob(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        cls.inputs = cls.root / "inputs"
        cls.inputs.mkdir()
        subprocess.run([MAKE_DOCUMENTS, cls.inputs], check=True)
        cls.write_office_and_browser_documents()
        cls.server = subprocess.Popen(
            [CINNABAR, "serve", "--demo", "--port", "0", "--data", cls.root / "data"],
            stdout=subprocess.PIPE, text=True)
        line = cls.server.stdout.readline()
        while line and "ready at " not in line:
            line = cls.server.stdout.readline()
        cls.address = line.strip().split("ready at ")[1]

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(30)
        cls.server.stdout.close()
        cls.folder.cleanup()

    @classmethod
    def write_office_and_browser_documents(cls):
        text = cls.root / "page.html"
        text.write_text('<meta charset="utf-8"><h1>采购合同</h1>' + "<p>甲方与乙方订立本合同。</p>" * 80)
        # Each program gets a home of its own, so that no user's settings interfere.
        home = dict(os.environ, HOME=str(cls.root))
        subprocess.run(["soffice", "--headless", "--convert-to", "pdf:writer_web_pdf_Export", "--outdir",
                        cls.root / "office", text], env=home, capture_output=True, timeout=120, check=True)
        (cls.root / "office" / "page.pdf").rename(cls.inputs / "libreoffice.pdf")
        subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        f"--user-data-dir={cls.root}/browser", "--no-pdf-header-footer",
                        f"--print-to-pdf={cls.inputs}/chromium.pdf", text],
                       env=home, capture_output=True, timeout=120, check=True)

    def play(self, name):
        out = self.root / "out" / name
        done = run([CINNABAR, "demo", "--pdf", self.inputs / name, "--out", out, "--server", self.address])
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return out

    def check_signatures(self, path):
        found = validators.signatures_of_pdfsig(path)
        self.assertTrue(found and all(s["valid"] for s in found), found)
        self.assertGreaterEqual(len({s["signer"] for s in found}), 3, found)
        data = path.read_bytes()
        signatures = validators.distinct_signatures(data)
        self.assertGreaterEqual(len(signatures), 3)
        for byte_range, cms in signatures:
            self.assertIsNone(validators.check_cms(data, byte_range, cms))
        self.assertTrue(validators.qpdf_is_clean(path), text_of(["qpdf", "--check", path]))

    def check_verdicts(self, path):
        report = json.loads(text_of([CINNABAR, "verify", path, "--json"]))
        self.assertEqual(report["verdict"], "not-tampered", report)
        self.assertGreaterEqual(len(report["signatures"]), 3)
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 1
        changed = self.root / "changed.pdf"
        changed.write_bytes(data)
        report = json.loads(text_of([CINNABAR, "verify", changed, "--json"]))
        self.assertIn(report["verdict"], ("tampered", "damaged"), report)

    def check_seal(self, path, evidence):
        for p in evidence["placements"]:
            if p["kind"] != "enterprise_seal":
                continue
            page = pixels.render(path, p["page"])
            error = pixels.centre_error(page, p["rect"])
            self.assertIsNotNone(error, "there is no red where the seal was put")
            self.assertLessEqual(max(error), 1.0, f"the seal is off by {error} pixels")
            box = pixels.red_box(page, p["rect"])
            side = SEAL_MM / 25.4 * pixels.DPI
            self.assertAlmostEqual(box[2] - box[0], side, delta=3)
            self.assertAlmostEqual(box[3] - box[1], side, delta=3)

    def check_page_seal(self, path, evidence):
        groups = {}
        for p in evidence["placements"]:
            if p["kind"] == "page_seal":
                groups.setdefault(p["slice_group"], []).append(p)
        for group in groups.values():
            if len(group) > 6:
                continue  # the narrow slices of long documents are looked at by area below
            parts = []
            for p in sorted(group, key=lambda p: p["slice_index"]):
                part, _, _ = pixels.area(pixels.render(path, p["page"]), p["rect"], margin=0)
                parts.append(part)
            whole = pixels.joined(parts)
            box = pixels.redness(whole).getbbox()
            self.assertIsNotNone(box, "the page seal's slices hold no red")
            side = SEAL_MM / 25.4 * pixels.DPI
            self.assertAlmostEqual(box[2] - box[0], side, delta=2 + 2 * len(group))
            self.assertAlmostEqual(box[3] - box[1], side, delta=3)

    def check_everything(self, name):
        out = self.play(name)
        path = out / "contract.pdf"
        evidence = json.loads((out / "evidence.json").read_text())
        self.check_signatures(path)
        self.check_verdicts(path)
        text = squeezed(text_of(["pdftotext", "-f", "1", "-l", "1", path, "-"]))
        for value in FILLED:
            self.assertIn(squeezed(value), text)
        self.check_seal(path, evidence)
        self.check_page_seal(path, evidence)
        images = [text_of(["pdfimages", "-list", p]).count("\n") for p in (path, self.inputs / name)]
        self.assertEqual(images[0], images[1], "signing added an image")
        self.assertTrue((out / "timeline.txt").read_text().strip())
        self.assertEqual(run([CINNABAR, "evidence", "check", out / "evidence.zip"]).returncode, 0)


def make(name):
    return lambda self: self.check_everything(name)


for document in ["cairo-1.4", "cairo-1.5", "scan", "pages-300", "linearised", "object-streams",
                 "version-1.6", "version-1.7", "version-2.0", "rotated-90", "rotated-180", "rotated-270",
                 "mixed-rotation", "offset-crop-box", "libreoffice", "chromium"]:
    setattr(MainJob, "test_" + document.replace("-", "_").replace(".", "_"), make(document + ".pdf"))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:])
