#!/usr/bin/env python3
"""The product with its blobs at a real S3 endpoint."""
import subprocess
import uuid

from case import CINNABAR, ProductCase, main
from product import SMALL_PDF, Server, sign
from s3_endpoint import SECRET_KEY, S3Endpoint

# Of one call to the endpoint, so that the test of an endpoint that hangs is short.
QUICK = "call_timeout_ms = 2000\n"


class S3(ProductCase):
    @classmethod
    def start(cls):
        cls.endpoint = S3Endpoint(cls.root / "endpoint")
        cls.addClassCleanup(cls.endpoint.close)
        cls.config = cls.root / "cinnabar.toml"
        cls.config.write_text(cls.endpoint.settings("prod/") + QUICK)
        return cls.serve()

    @classmethod
    def serve(cls):
        return Server(CINNABAR, cls.root / "data", "--config", str(cls.config))

    def restart(self, stop):
        stop()
        type(self).server = self.serve()
        self.company.handler.reconnect(self.server.port)
        self.person.reconnect(self.server.port)

    def doctor(self):
        return subprocess.run([CINNABAR, "doctor", "--data", str(self.root / "data"), "--config",
                               str(self.config)], capture_output=True, text=True, timeout=120)

    def completed(self):
        contract = self.filled()
        sign(self.company.api, contract, self.company.handler.signing_password)
        sign(self.person.api, contract, self.person.signing_password)
        return contract

    def document(self, contract):
        status, _, content = self.company.api.raw("GET", f"/contracts/{contract}/document")
        self.assertEqual(status, 200, content[:500])
        return content

    def test_a_signed_contract_is_the_same_after_a_stop_and_after_a_kill(self):
        contract = self.completed()
        content = self.document(contract)
        self.assertTrue(content.startswith(b"%PDF"))
        for stop in (self.server.stop, lambda: self.server.kill()):
            self.restart(stop)
            self.assertEqual(self.document(contract), content)
        self.assertEqual(self.doctor().returncode, 0)

    def test_content_lies_in_the_bucket_and_nowhere_else(self):
        self.completed()
        names = self.endpoint.names()
        self.assertGreater(len(names), 2)
        self.assertTrue(all(len(n) == 69 and n.startswith("prod/") for n in names), names)
        data = self.root / "data" / "plugins"
        staged = [p for p in (data / "cinnabar.s3").rglob("*") if p.is_file()]
        local = [p for p in (data / "cinnabar.files").rglob("*") if p.is_file()]
        self.assertEqual(staged + local, [])

    def test_while_the_endpoint_hangs_requests_are_refused_and_later_succeed(self):
        contract = self.completed()
        content = self.document(contract)
        self.endpoint.pause()
        try:
            for _ in range(2):  # what was taken hold of before, and what is new
                status, headers, problem = self.company.api.raw(
                    "POST", "/files", SMALL_PDF, {"Content-Type": "application/pdf"}, key=uuid.uuid4().hex)
                self.assertEqual((status, headers.get("Retry-After") is not None), (503, True), problem)
                self.assertNotIn(SECRET_KEY.encode(), problem)
        finally:
            self.endpoint.resume()
        self.draft()
        self.assertEqual(self.document(contract), content)

    def test_a_wrong_secret_ends_the_start_with_its_reason(self):
        wrong = self.root / "wrong.toml"
        wrong.write_text(self.endpoint.settings().replace(f'"{SECRET_KEY}"', '"not-the-secret"'))
        log = self.root / "wrong.log"
        with self.assertRaises(RuntimeError):
            Server(CINNABAR, self.root / "other", "--config", str(wrong), log=str(log))
        text = log.read_text()
        self.assertIn("SignatureDoesNotMatch", text)
        self.assertNotIn("not-the-secret", text)


if __name__ == "__main__":
    main()
