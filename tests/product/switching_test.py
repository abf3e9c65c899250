#!/usr/bin/env python3
"""Capabilities are switched for one enterprise while the server runs."""
from case import ProductCase, main
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


if __name__ == "__main__":
    main()
