#!/usr/bin/env python3
"""Outside authorities by configuration: certificates by EST, timestamps by RFC 3161, all made by the
tool `openssl`; signing with them from upload to verification, and what is said when they fail."""
import subprocess
import time

from case import CINNABAR, ProductCase, main
from authorities import Authorities
from product import Refused, Server, sign, sign_body

CONFIG = """
[plugins]
disabled = ["cinnabar.builtin-ca", "cinnabar.builtin-tsa"]

[plugin."cinnabar.contract"]
signature_level = "B-LT"

[plugin."cinnabar.est"]
url = "{secure_url}/est"
tls_ca_file = "{folder}/root.pem"
user = "cinnabar"
password = "right"
chain_file = "{folder}/chain.pem"

[plugin."cinnabar.rfc3161"]
url = "{secure_url}/tsa"
tls_ca_file = "{folder}/root.pem"
user = "cinnabar"
password = "right"
ca_file = "{folder}/chain.pem"
timeout_ms = 1500
"""


class OutsideAuthorities(ProductCase):
    @classmethod
    def start(cls):
        cls.outside = Authorities(cls.root / "outside", user="cinnabar:right")
        config = cls.root / "cinnabar.toml"
        config.write_text(CONFIG.format(secure_url=cls.outside.secure_url, folder=cls.outside.folder))
        config.chmod(0o600)
        options = ["--data", str(cls.root / "data"), "--config", str(config)]
        for command in (["migrate"], ["plugin", "enable", "cinnabar.est"],
                        ["plugin", "enable", "cinnabar.rfc3161"]):
            subprocess.run([CINNABAR, *command, *options], check=True, capture_output=True, timeout=120)
        return Server(CINNABAR, cls.root / "data", "--config", str(config))

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.outside.close()

    def setUp(self):
        self.outside.trouble = None

    def test_a_contract_is_signed_and_stamped_by_outside_authorities(self):
        contract = self.filled()
        sign(self.company.api, contract, self.company.handler.signing_password)
        sign(self.person.api, contract, self.person.signing_password)
        self.assertEqual(self.state(contract), "completed")
        path = self.root / "signed.pdf"
        path.write_bytes(self.company.api.get(f"/contracts/{contract}/document"))
        done = subprocess.run([CINNABAR, "verify", str(path)], capture_output=True, text=True, timeout=120)
        self.assertIn("not-tampered", done.stdout, done.stderr)
        self.assertEqual(done.stdout.count("timestamped"), 3, "the platform, the company, the person")
        said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, timeout=60).stdout
        self.assertEqual(said.count("Signature is Valid"), 3, said)
        index = (self.outside.folder / "index.txt").read_text()
        self.assertIn(self.company.seal.replace("_", "-"), index, "the certificate is of the outside authority")
        self.assertLessEqual({"/tsa", "/est/simpleenroll", "/ocsp", "/root.crl"}, set(self.outside.asked))
        for part in (b"/DSS", b"/OCSPs", b"/CRLs"):
            self.assertIn(part, path.read_bytes(), "the proof is in the document")

    def test_what_the_timestamp_authority_does_wrong_is_said_and_signs_nothing(self):
        contract = self.filled()
        for trouble, code in (("slow", "timestamp.unreachable"), ("refuse", "timestamp.unreachable"),
                              ("huge", "timestamp.unreachable"), ("garbage", "timestamp.invalid"),
                              ("other", "timestamp.invalid")):
            self.outside.trouble = trouble
            began = time.monotonic()
            with self.assertRaises(Refused) as refused:
                sign(self.company.api, contract, self.company.handler.signing_password)
            self.assertEqual((refused.exception.code, refused.exception.status),
                             ("signature.level_unreachable", 503), trouble)
            self.assertIn(code, refused.exception.problem["detail"], trouble)
            self.assertIn(code, (self.root / "server.log").read_text(), "the operator learns the reason")
            self.assertLess(time.monotonic() - began, 4, trouble)
            self.assertEqual(self.acts(contract, "contract.signed"), [])
        self.outside.trouble = None
        sign(self.company.api, contract, self.company.handler.signing_password)
        self.assertEqual(len(self.acts(contract, "contract.signed")), 1)

    def test_what_the_certificate_authority_does_wrong_is_said(self):
        for number, (trouble, code) in enumerate((("refuse", "certificate.unreachable"),
                                                  ("garbage", "certificate.invalid"))):
            self.outside.trouble = trouble
            with self.assertRaises(Refused) as refused:
                self.company.api.post("/seals", {"type": "round", "name": f"专用章{number}"})
            self.assertEqual((refused.exception.code, refused.exception.status), (code, 503))

    def test_what_was_revoked_there_signs_nothing(self):
        seal = self.company.api.post("/seals", {"type": "round", "name": "已吊销专用章"})["id"]
        contract = self.filled()
        self.outside.revoke(self.record_of(seal))
        with self.assertRaises(Refused) as refused:
            body = sign_body(self.company.api, contract, self.company.handler.signing_password)
            body["marks"] = [{"control": "seal", "seal": seal}]
            self.company.api.post(f"/contracts/{contract}/sign", body)
        self.assertEqual(refused.exception.code, "signature.certificate_revoked")
        self.assertEqual(self.acts(contract, "contract.signed"), [])

    def record_of(self, seal):
        """The file of a seal's certificate at the authority."""
        for line in (self.outside.folder / "index.txt").read_text().splitlines():
            if seal.replace("_", "-") in line:
                return "certs/" + line.split("\t")[3] + ".pem"
        raise AssertionError(f"no certificate of {seal}")

    def test_an_outside_authority_publishes_by_itself(self):
        status, _, content = self.api.raw("GET", "/!pki/issuing.crl")
        self.assertEqual(status, 404)
        self.assertIn(b"certificate.not_published", content)
        status, _, certificate = self.api.raw("GET", "/!pki/root.cer")
        self.assertEqual((status, certificate[:1]), (200, b"0"))


if __name__ == "__main__":
    main()
