#!/usr/bin/env python3
"""Capabilities are switched for one enterprise while the server runs."""
import os
import subprocess

from case import CINNABAR, ProductCase, main
from product import Company, Refused, sign_body


class Switching(ProductCase):
    def switch(self, company, on):
        company.api.put(f"/enterprises/{company.id}/plugins/seal-type/round", {"enabled": on})

    def new_seal(self, company, name):
        return company.api.post("/seals", {"type": "round", "name": name})

    def test_a_seal_type_is_refused_for_one_enterprise_and_kept_for_others(self):
        other = Company(self.api)
        self.switch(self.company, False)
        with self.assertRaises(Refused) as refused:
            self.new_seal(self.company, "财务专用章")
        self.assertIn(refused.exception.status, (403, 404, 409, 422))
        self.new_seal(other, "财务专用章")
        self.switch(self.company, True)
        self.new_seal(self.company, "财务专用章")

    def test_a_seal_of_a_switched_off_type_does_not_sign(self):
        contract = self.filled()
        self.switch(self.company, False)
        try:
            with self.assertRaises(Refused):
                body = sign_body(self.company.api, contract, self.company.handler.signing_password)
                self.company.api.post(f"/contracts/{contract}/sign", body)
        finally:
            self.switch(self.company, True)
        self.assertEqual(self.acts(contract, "contract.signed"), [])
        body = sign_body(self.company.api, contract, self.company.handler.signing_password)
        self.company.api.post(f"/contracts/{contract}/sign", body)
        self.assertEqual(len(self.acts(contract, "contract.signed")), 1)

    def test_only_an_administrator_switches(self):
        with self.assertRaises(Refused) as refused:
            self.person.api.put(f"/enterprises/{self.company.id}/plugins/seal-type/round", {"enabled": False})
        self.assertIn(refused.exception.status, (403, 404))

    def configure(self, settings, *arguments):
        """By the command line: what it printed, and its exit code."""
        file = self.root / "settings.json"
        file.write_text(settings)
        environment = {"CINNABAR_URL": f"http://127.0.0.1:{self.server.port}",
                       "CINNABAR_TOKEN": self.company.api.token}
        done = subprocess.run([CINNABAR, "plugin", "configure", "cinnabar.webhook", str(file), *arguments],
                              capture_output=True, text=True, timeout=60, env=dict(os.environ, **environment))
        return done.stdout + done.stderr, done.returncode

    def settings(self, company):
        return [plugin.get("config") or {} for plugin in company.api.get(f"/enterprises/{company.id}/plugins")["plugins"]
                if plugin["plugin"] == "cinnabar.webhook"]

    def test_an_enterprise_configures_a_plugin_for_itself(self):
        other = Company(self.api)
        before, mine = self.settings(other), ("--enterprise", self.company.id)
        self.assertEqual(self.configure('{"timeout_ms": 900}', *mine), ("cinnabar.webhook is configured.\n", 0))
        self.assertEqual([config.get("timeout_ms") for config in self.settings(self.company)], [900, 900])
        self.assertEqual(self.settings(other), before)
        for settings, where, reason in (('{"timeout_ms": 1}', mine, "/timeout_ms"), ('{"timeouts": 1}', mine, "timeouts"),
                                        ("[]", mine, "holds no JSON object"),
                                        ("{}", ("--enterprise", other.id), ""), ("{}", (), "")):
            said, code = self.configure(settings, *where)
            self.assertNotEqual(code, 0, said)
            self.assertIn(reason, said)
        self.assertEqual([config.get("timeout_ms") for config in self.settings(self.company)], [900, 900])
        self.configure("{}", *mine)
        self.assertEqual(self.settings(self.company), before)


if __name__ == "__main__":
    main()
