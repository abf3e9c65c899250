#!/usr/bin/env python3
"""The authorities from outside: what they publish and answer, checked by the tool `openssl`, and
what happens to a certificate when its seal is disabled."""
import base64
import hashlib
import json
import socket
import subprocess
import time
from urllib.parse import quote

from case import CINNABAR, ProductCase, main
from product import Server, sign

CONFIG = """
[plugin."cinnabar.builtin-ca"]
public_url = "{url}"
enterprise_hours = 1
signer_algorithm = "rsa-2048"
"""
OCSP = "application/ocsp-request"
STAMP = "application/timestamp-query"


class Tools:
    """What both classes ask of the tool and of the server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url = f"http://127.0.0.1:{cls.server.port}/pki/"
        for name in ("root", "issuing"):
            (cls.root / f"{name}.der").write_bytes(cls.fetch(f"{name}.cer", "application/pkix-cert"))
            cls.run_tool("x509", "-inform", "DER", "-in", f"{name}.der", "-out", f"{name}.pem")

    @classmethod
    def run_tool(cls, *arguments, good=True):
        """What `openssl` prints; it must succeed, or fail when good is False."""
        done = subprocess.run(["openssl", *arguments], cwd=cls.root, capture_output=True, text=True,
                              timeout=60)
        text = done.stdout + done.stderr
        if good is not None and (done.returncode == 0) != good:
            raise AssertionError(f"openssl {' '.join(arguments)}: {done.returncode}\n{text}")
        return text

    @classmethod
    def fetch(cls, name, kind):
        status, headers, content = cls.api.raw("GET", "/!pki/" + name)
        assert (status, headers["Content-Type"]) == (200, kind), (name, status, headers)
        return content

    def ask(self, path, content, kind):
        status, headers, answer = self.api.raw("POST", "/!pki/" + path, content, {"Content-Type": kind})
        return status, headers.get("Content-Type"), answer

    def certificate(self, seal):
        """The certificate of a seal as a PEM file; its name."""
        digest = self.company.api.get(f"/seals/{seal}")["certificate_sha256"]
        for file in (self.root / "data").rglob("issued/*/*.cer"):
            if hashlib.sha256(file.read_bytes()).hexdigest() == digest:
                self.run_tool("x509", "-inform", "DER", "-in", str(file), "-out", f"{seal}.pem")
                return f"{seal}.pem"
        raise AssertionError(f"no certificate {digest}")

    def status(self, certificate, *options):
        """What the responder says of a certificate, and that the answer is rightly signed."""
        text = self.run_tool("ocsp", "-issuer", "issuing.pem", "-cert", certificate, "-url",
                             self.url + "ocsp", "-CAfile", "root.pem", *options)
        self.assertIn("Response verify OK", text)
        self.assertNotIn("WARNING", text)
        return text.split(f"{certificate}: ")[1].split("\n")[0]

    def fetch_lists(self):
        for name in ("root", "issuing"):
            (self.root / f"{name}.crl").write_bytes(self.fetch(f"{name}.crl", "application/pkix-crl"))
            text = self.run_tool("crl", "-inform", "DER", "-in", f"{name}.crl", "-CAfile", f"{name}.pem",
                                 "-out", f"{name}-crl.pem", "-text")
            self.assertIn("verify OK", text)

    def verify(self, certificate, good=True):
        self.fetch_lists()
        return self.run_tool("verify", "-x509_strict", "-crl_check_all", "-CAfile", "root.pem",
                             "-untrusted", "issuing.pem", "-CRLfile", "root-crl.pem", "-CRLfile",
                             "issuing-crl.pem", certificate, good=good)


class Pki(Tools, ProductCase):
    def test_chains_and_lists_are_accepted(self):
        self.verify(self.certificate(self.company.seal))

    def test_lists_and_certificates_are_not_sent_twice(self):
        for name in ("root.cer", "issuing.crl"):
            _, headers, _ = self.api.raw("GET", "/!pki/" + name)
            status, _, content = self.api.raw("GET", "/!pki/" + name, headers={"If-None-Match": headers["ETag"]})
            self.assertEqual((status, content), (304, b""))

    def test_the_responder_answers_the_tool(self):
        certificate = self.certificate(self.company.seal)
        self.assertEqual(self.status(certificate), "good")
        self.assertEqual(self.status(certificate, "-no_nonce"), "good")

    def test_the_responder_answers_get_requests(self):
        # Serials are looked for whose requests have in base64 what a path gives a meaning to.
        wanted = {"/", "//", "+"}
        for serial in [0x7FFFFFFFFF, *range(1, 400)]:
            self.run_tool("ocsp", "-issuer", "issuing.pem", "-serial", str(serial), "-no_nonce",
                          "-reqout", "request.der")
            text = base64.b64encode((self.root / "request.der").read_bytes()).decode()
            found = {part for part in wanted if part in text}
            wanted -= found
            for path in (text, quote(text, safe="")) if found else ():
                answer = self.fetch("ocsp/" + path, "application/ocsp-response")
                (self.root / "response.der").write_bytes(answer)
                said = self.run_tool("ocsp", "-respin", "response.der", "-issuer", "issuing.pem", "-CAfile",
                                     "root.pem", "-serial", str(serial), "-no_nonce")
                self.assertIn(f"{serial}: unknown", said)
            if not wanted:
                break
        self.assertEqual(wanted, set())

    def test_encoded_slashes_stand_in_no_other_path(self):
        for path in ("pki%2Fissuing.cer", "pki%2Focsp/AAAA", "pki/issuing.cer%2F", "pki/ocsp/AA%2F..%2F..%2Fx",
                     "api/v1%2Fme"):
            status, _, answer = self.api.raw("GET", "/!" + path)
            self.assertEqual((status, json.loads(answer)["code"]), (400, "http.target_malformed"), path)
            self.api.close()

    def test_nonsense_gets_the_protocols_own_answer(self):
        # SEQUENCE { ENUMERATED 1 }: malformedRequest.
        self.assertEqual(self.ask("ocsp", b"nonsense", OCSP), (200, "application/ocsp-response", b"0\x03\n\x01\x01"))
        status, kind, answer = self.ask("tsa", b"nonsense", STAMP)
        self.assertEqual((status, kind), (200, "application/timestamp-reply"))
        (self.root / "reply.tsr").write_bytes(answer)
        said = self.run_tool("ts", "-reply", "-in", "reply.tsr", "-text", good=None)
        self.assertIn("the data submitted has the wrong format", said)

    def test_bodies_have_bounds_and_types(self):
        self.assertEqual(self.ask("ocsp", b"x" * 20_000, OCSP)[0], 413)
        self.api.close()
        self.assertEqual(self.ask("tsa", b"x" * 20_000, STAMP)[0], 413)
        self.api.close()
        self.assertEqual(self.ask("ocsp", b"x", "application/json")[0], 415)
        self.api.close()
        self.assertEqual(self.ask("ocsp", b"", OCSP)[0], 422)
        self.api.close()
        self.assertEqual(self.api.raw("GET", "/!pki/other.crl")[0], 404)

    def test_the_timestamp_authority_answers_the_tool(self):
        (self.root / "data.txt").write_text("what is stamped")
        for digest in ("-sha256", "-sha384", "-sha512"):
            self.run_tool("ts", "-query", "-data", "data.txt", digest, "-cert", "-out", "query.tsq")
            status, kind, answer = self.ask("tsa", (self.root / "query.tsq").read_bytes(), STAMP)
            self.assertEqual((status, kind), (200, "application/timestamp-reply"))
            (self.root / "reply.tsr").write_bytes(answer)
            self.run_tool("ts", "-verify", "-queryfile", "query.tsq", "-in", "reply.tsr", "-CAfile", "root.pem")
        self.run_tool("ts", "-query", "-data", "data.txt", "-sha1", "-out", "query.tsq")
        _, _, answer = self.ask("tsa", (self.root / "query.tsq").read_bytes(), STAMP)
        (self.root / "reply.tsr").write_bytes(answer)
        self.assertIn("unrecognized or unsupported algorithm",
                      self.run_tool("ts", "-reply", "-in", "reply.tsr", "-text", good=None))

    def test_disabling_a_seal_revokes_its_certificate_and_leaves_what_it_signed(self):
        seal = self.company.api.post("/seals", {"type": "round", "name": "测试专用章"})["id"]
        certificate = self.certificate(seal)
        self.assertEqual(self.status(certificate), "good")
        # Signed with it: the only enabled one that is named.
        contract = self.filled()
        sign(self.company.api, contract, self.company.handler.signing_password)
        sign(self.person.api, contract, self.person.signing_password)
        used = self.company.seal
        used_certificate = self.certificate(used)
        self.company.api.post(f"/seals/{used}/disable")
        self.company.api.post(f"/seals/{seal}/disable")
        self.wait_until_revoked(used_certificate)
        self.wait_until_revoked(certificate)
        self.assertIn("certificate revoked", self.verify(used_certificate, good=False))
        self.assertIn("Cessation Of Operation", self.run_tool("crl", "-in", "issuing-crl.pem", "-noout", "-text"))
        _, _, document = self.company.api.raw("GET", f"/contracts/{contract}/document")
        (self.root / "signed.pdf").write_bytes(document)
        done = subprocess.run([CINNABAR, "verify", "--json", str(self.root / "signed.pdf")],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(json.loads(done.stdout)["verdict"], "not-tampered", done.stdout + done.stderr)
        # Enabled again it has another certificate with its next use.
        self.company.api.post(f"/seals/{used}/enable")
        again = self.filled()
        sign(self.company.api, again, self.company.handler.signing_password)
        self.assertEqual(self.status(self.certificate(used)), "good")

    def wait_until_revoked(self, certificate):
        end = time.monotonic() + 30
        while self.status(certificate) != "revoked":
            self.assertLess(time.monotonic(), end, "the certificate was not revoked")
            time.sleep(0.1)


class PublicAddress(Tools, ProductCase):
    """Certificates that name where their status is found, and live an hour."""

    @classmethod
    def start(cls):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        config = cls.root / "cinnabar.toml"
        config.write_text(CONFIG.format(url=f"http://127.0.0.1:{port}"))
        return Server(CINNABAR, cls.root / "data", "--config", str(config), "--port", str(port))

    def test_the_tool_finds_the_lists_by_the_certificates_alone(self):
        certificate = self.certificate(self.company.seal)
        # The tool wants the root's own list too, and a root names no place.
        self.fetch_lists()
        self.run_tool("verify", "-x509_strict", "-crl_check_all", "-crl_download", "-CAfile", "root.pem",
                      "-CRLfile", "root-crl.pem", "-untrusted", "issuing.pem", certificate)
        text = self.run_tool("x509", "-in", certificate, "-noout", "-text")
        for name in ("issuing.crl", "ocsp", "issuing.cer"):
            self.assertIn(f"URI:{self.url}{name}\n", text)
        self.assertIn("Public-Key: (2048 bit)", text)

    def test_a_short_lived_certificate_signs_and_ends_within_the_hour(self):
        contract = self.filled()
        sign(self.company.api, contract, self.company.handler.signing_password)
        certificate = self.certificate(self.company.seal)
        self.run_tool("x509", "-in", certificate, "-noout", "-checkend", "3000")
        self.run_tool("x509", "-in", certificate, "-noout", "-checkend", "3601", good=False)


if __name__ == "__main__":
    main()
