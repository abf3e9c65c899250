#!/usr/bin/env python3
"""A partner's signing authentication method, built outside of the tree, carries a signature."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "lib"))
from product import (SMALL_PDF, Api, Company, Person, Refused, Server,  # noqa: E402
                     contract_body)

CINNABAR, PLUGINS = sys.argv[1:3]
PIN = "739251"


class PartnerSigning(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = Server(CINNABAR, pathlib.Path(cls.folder.name) / "data",
                            "--set", "plugins.folders=" + PLUGINS,
                            "--set", "plugins.allow_dev=true")
        api = Api(cls.server.port)
        cls.company, cls.person = Company(api), Person(api, "李雪")
        cls.company.api.put("/me/credentials/pin", {"answer": {"pin": PIN}})

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.folder.cleanup()

    def switch(self, **body):
        return self.company.api.put(f"/enterprises/{self.company.id}/plugins/auth-method/pin", body)

    def ready_to_sign(self):
        """A contract that the company's handler signs by PIN."""
        body = contract_body(self.company, self.person,
                             self.company.api.upload(SMALL_PDF)["id"])
        body["parties"][0]["auth_methods"] = ["pin"]
        contract = self.company.api.post("/contracts", body)["id"]
        self.company.api.post(f"/contracts/{contract}/send")
        self.person.api.post(f"/contracts/{contract}/fill", {"values": {"place": "上海"}})
        return contract

    def begin(self, contract):
        return self.company.api.post(f"/contracts/{contract}/sign/begin", {"method": "pin"})

    def finish(self, contract, begun, pin):
        return self.company.api.post(f"/contracts/{contract}/sign", {
            "challenge_id": begun["challenge_id"], "answer": {"pin": pin},
            "shown_digest": begun["shown_digest"], "version": begun["version"]})

    def test_its_own_error_texts_and_the_enterprises_configuration_reach_the_client(self):
        self.switch(config={"digits_min": 8})
        with self.assertRaises(Refused) as refused:
            self.company.api.put("/me/credentials/pin",
                                 {"answer": {"pin": "73925"}, "current": {"pin": PIN}})
        self.assertEqual(refused.exception.code, "pin.too_short")
        self.assertIn("8 to 12 digits", refused.exception.problem["detail"])
        self.switch(config={})

    def test_a_wrong_configuration_is_refused_with_its_place(self):
        for config, place in (({"digits_min": 3}, "/config/digits_min"),
                              ({"digit_min": 6}, "/config/digit_min")):
            with self.assertRaises(Refused) as refused:
                self.switch(config=config)
            self.assertEqual(refused.exception.code, "plugin.config_invalid")
            self.assertEqual(refused.exception.problem["pointer"], place)

    def test_it_carries_a_signature(self):
        contract = self.ready_to_sign()
        with self.assertRaises(Refused):
            self.finish(contract, self.begin(contract), "739252")
        self.finish(contract, self.begin(contract), PIN)
        evidence = self.company.api.get(f"/contracts/{contract}/evidence")
        signed = [act for act in evidence["acts"] if act["type"] == "contract.signed"]
        self.assertEqual(len(signed), 1)
        self.assertIn("pin", str(signed[0]))

    def test_switched_off_it_is_refused_from_the_next_request_on(self):
        contract = self.ready_to_sign()
        self.switch(enabled=False)
        with self.assertRaises(Refused):
            self.begin(contract)
        self.switch(enabled=True)
        self.finish(contract, self.begin(contract), PIN)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]], verbosity=2)
