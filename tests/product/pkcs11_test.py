#!/usr/bin/env python3
"""Keys in a PKCS #11 token (SoftHSM): with one setting the whole flow uses it, and no private key
is anywhere else."""
import os
import shutil
import subprocess
import sys
from pathlib import Path

from case import CINNABAR, ProductCase, main
from product import Refused, Server, sign
from storage import database_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
import validators  # noqa: E402

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "40718253"

CONFIG = """
[log]
level = "debug"

[plugin."cinnabar.pkcs11-keys"]
module = "{module}"
token_label = "cinnabar test"
pin_file = "{pin_file}"

[plugin."cinnabar.builtin-ca"]
key_store = "pkcs11"

[plugin."cinnabar.transparency-log"]
key_store = "pkcs11"
"""


class Pkcs11(ProductCase):
    @classmethod
    def start(cls):
        tokens = cls.root / "softhsm"
        tokens.mkdir()
        conf = cls.root / "softhsm2.conf"
        conf.write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n")
        cls.environment = {"SOFTHSM2_CONF": str(conf)}
        subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", "cinnabar test",
                        "--so-pin", "12345678", "--pin", PIN],
                       env=dict(os.environ, **cls.environment), check=True, capture_output=True)
        cls.write("pin", PIN)
        return cls.serve()

    @classmethod
    def write(cls, name, text):
        path = cls.root / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return path

    @classmethod
    def serve(cls, pin_file="pin"):
        text = CONFIG.format(module=MODULE, pin_file=cls.root / pin_file)
        path = cls.write("cinnabar.toml", text)
        return Server(CINNABAR, cls.root / "data", "--config", str(path), environment=cls.environment)

    def restart(self, **settings):
        self.server.stop()
        type(self).server = self.serve(**settings)
        self.company.handler.reconnect(self.server.port)
        self.person.reconnect(self.server.port)

    def sign_both(self, contract):
        sign(self.company.api, contract, self.company.handler.signing_password)
        sign(self.person.api, contract, self.person.signing_password)

    def check_document(self, contract):
        path = self.root / "signed.pdf"
        path.write_bytes(self.company.api.get(f"/contracts/{contract}/document"))
        found = validators.signatures_of_pdfsig(path)
        self.assertGreaterEqual(len(found), 3, "the platform, the company, the person")
        self.assertTrue(all(signature["valid"] for signature in found), found)
        self.assertTrue(validators.qpdf_is_clean(path))
        data = path.read_bytes()
        for byte_range, cms in validators.distinct_signatures(data):
            self.assertIsNone(validators.check_cms(data, byte_range, cms))

    def stores_of_seals(self):
        return database_of(self.root / "data").rows("SELECT DISTINCT key_store FROM seal_credential")

    def log(self):
        return (self.root / "server.log").read_text(errors="replace")

    def test_a_contract_is_signed_with_keys_of_the_token_only(self):
        contract = self.filled()
        self.sign_both(contract)
        self.assertEqual(self.state(contract), "completed")
        self.check_document(contract)

        data = self.root / "data"
        self.assertEqual(list(data.rglob("key_*")), [], "a private key lies in a file")
        self.assertEqual(self.stores_of_seals(), [("pkcs11",)])
        for name in ("authority.json", "credential.json"):
            self.assertIn('"pkcs11"', next(data.rglob(name)).read_text(), name)
        for path in data.rglob("*"):
            if path.is_file():
                self.assertNotIn(PIN.encode(), path.read_bytes(), path)
        self.assertNotIn(PIN, self.log())

    def test_the_keys_are_there_after_a_restart(self):
        contract = self.filled()
        sign(self.company.api, contract, self.company.handler.signing_password)
        self.restart()
        sign(self.person.api, contract, self.person.signing_password)
        self.check_document(contract)

    def test_a_wrong_pin_is_an_error_that_says_so_and_costs_the_token_one_try(self):
        contract = self.filled()
        self.write("wrong-pin", "99999999")
        self.restart(pin_file="wrong-pin")
        try:
            for _ in range(3):
                with self.assertRaises(Refused) as refused:
                    sign(self.company.api, contract, self.company.handler.signing_password)
                self.assertEqual(refused.exception.status, 503, refused.exception)
            self.assertIn("key.pin_wrong", self.log())
            self.assertNotIn("99999999", self.log())
        finally:
            self.restart()
        self.sign_both(contract)
        self.check_document(contract)


if __name__ == "__main__":
    if not shutil.which("softhsm2-util"):
        sys.exit("softhsm2-util is not there; .ci/packages test installs it")
    main()
