#!/usr/bin/env python3
"""POST /verifications: anybody may ask, nothing is kept, and what is wrong is said early."""
import http.client
import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from case import CINNABAR, ProductCase, main
from product import SMALL_PDF, Api, Server

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "corpus"))
from documents import base_objects, sign  # noqa: E402
from pdf import Doc, Keys  # noqa: E402

PDF = {"Content-Type": "application/pdf"}


class Verifications(ProductCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signed = sign(Doc().write(base_objects()), Keys()).data

    def ask(self, content, headers=None):
        status, answer_headers, body = self.api.raw(
            "POST", "/verifications", content, {**PDF, **(headers or {})})
        return status, answer_headers, json.loads(body)

    def blobs(self):
        return sorted(p.name for p in (self.root / "data").rglob("*")
                      if p.is_file() and len(p.name) >= 60)

    def problem(self, answer, status, code):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual(answer[1]["Content-Type"], "application/problem+json")
        self.assertEqual(answer[2]["code"], code)

    def test_a_signed_file_is_not_tampered_and_what_was_added_shows(self):
        before = self.blobs()
        status, headers, report = self.ask(self.signed)
        self.assertEqual(status, 200, report)
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual(report["verdict"], "not-tampered")
        self.assertTrue(report["signatures"][0]["intact"])
        changed = bytearray(self.signed)
        changed[self.signed.index(b"Pay 100")] ^= 1
        self.assertEqual(self.ask(bytes(changed))[2]["verdict"], "tampered")
        self.assertEqual(self.ask(SMALL_PDF)[2]["verdict"], "no-signature")
        self.assertEqual(self.ask(b"%PDF-1.7 and nothing else")[2]["verdict"], "damaged")
        self.assertEqual(self.blobs(), before)

    def test_our_own_contract_is_trusted_by_our_own_server(self):
        contract = self.filled()
        document = self.company.api.raw("GET", f"/contracts/{contract}/document")[2]
        report = self.ask(document)[2]
        self.assertEqual(report["verdict"], "not-tampered", report)
        self.assertEqual(report["signatures"][0]["trust"]["code"], "trusted", report)

    def test_every_code_comes_with_words_in_both_languages(self):
        report = self.ask(self.signed)[2]
        self.assertTrue(report["texts"])
        for text in report["texts"]:
            self.assertTrue(text["en"] and text["zh"], text)

    def test_the_command_says_the_same(self):
        file = self.root / "signed.pdf"
        file.write_bytes(self.signed)
        done = subprocess.run([CINNABAR, "verify", "--json", file], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        ours, theirs = json.loads(done.stdout), self.ask(self.signed)[2]
        self.assertEqual(ours["verdict"], theirs["verdict"])
        self.assertEqual(ours["signatures"][0]["signer"], theirs["signatures"][0]["signer"])

    def test_problems_speak_the_language_that_was_asked_for(self):
        english = self.ask(self.signed, {"Content-Type": "image/png"})
        chinese = self.ask(self.signed, {"Content-Type": "image/png", "Accept-Language": "zh-CN"})
        self.problem(english, 415, "request.type_unsupported")
        self.problem(chinese, 415, "request.type_unsupported")
        self.assertNotEqual(english[2]["detail"], chinese[2]["detail"])

    def test_an_empty_body_is_refused(self):
        self.problem(self.ask(b""), 422, "request.upload_empty")

    def test_600_megabytes_are_refused_before_they_are_sent(self):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as connection:
            connection.sendall(b"POST /api/v1/verifications HTTP/1.1\r\nHost: x\r\n"
                               b"Content-Type: application/pdf\r\nContent-Length: 600000000\r\n\r\n%PDF")
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            self.assertEqual(answer.status, 413)
            self.assertEqual(json.loads(answer.read())["status"], 413)


class Limited(ProductCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        cls.server = Server(CINNABAR, cls.root / "data", "--set",
                            "limits.open_requests_per_minute=5")
        cls.api = Api(cls.server.port)

    def test_one_address_may_ask_only_so_often(self):
        statuses = [self.api.raw("POST", "/verifications", SMALL_PDF, PDF)[0] for _ in range(8)]
        self.assertEqual(statuses[:5], [200] * 5)
        self.assertIn(429, statuses[5:])

    def test_a_command_that_is_switched_off_starts_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([Path(CINNABAR).resolve(), "demo", "--help"], cwd=folder,
                                  env={"CINNABAR_PLUGINS_DISABLED": "cinnabar.demo"},
                                  capture_output=True, timeout=30)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(b"could not be loaded", done.stderr)
            self.assertEqual(list(Path(folder).iterdir()), [])


if __name__ == "__main__":
    main()
