"""What the product tests share: one server for a class of tests, and a contract to play with."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from product import SMALL_PDF, Api, Company, Person, Server, contract_body  # noqa: E402

CINNABAR = sys.argv[1] if len(sys.argv) > 1 else ""


class ProductCase(unittest.TestCase):
    """Its server, an enterprise and a person; `self.api` is a client without a session."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        cls.server = cls.start()
        cls.api = Api(cls.server.port)
        cls.company = Company(cls.api)
        cls.person = Person(cls.api, "韩梅")

    @classmethod
    def start(cls):
        """The server; a test that wants another one says so here."""
        return Server(CINNABAR, cls.root / "data")

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()

    def draft(self, **changes):
        file = self.company.api.upload(SMALL_PDF)["id"]
        body = contract_body(self.company, self.person, file)
        body.update(changes)
        return self.company.api.post("/contracts", body)["id"]

    def sent(self):
        contract = self.draft()
        self.company.api.post(f"/contracts/{contract}/send")
        return contract

    def filled(self):
        contract = self.sent()
        self.person.api.post(f"/contracts/{contract}/fill", {"values": {"place": "杭州"}})
        return contract

    def state(self, contract):
        return self.company.api.get(f"/contracts/{contract}")["state"]

    def acts(self, contract, kind):
        evidence = self.company.api.get(f"/contracts/{contract}/evidence")
        self.assertTrue(evidence["intact"])
        return [act for act in evidence["acts"] if act["type"] == kind]


def main():
    unittest.main(argv=[sys.argv[0]] + sys.argv[2:])
