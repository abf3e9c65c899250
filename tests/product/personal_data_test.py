#!/usr/bin/env python3
"""Personal data at rest: sealed in the database, absent from the log, exported to whom it is of, erased
so that proofs stay valid and nothing of it can be found any more."""
import io
import json
import subprocess
import urllib.parse
import zipfile

from case import CINNABAR, ProductCase, main
from product import SMALL_PDF, Api, Company, Person, Refused, Server, contract_body, sign

OPERATOR = '[access]\noperators = ["{person}"]\n'


class PersonalData(ProductCase):
    def signed_with(self, person):
        boss = self.company.api
        contract = boss.post("/contracts", contract_body(self.company, person, boss.upload(SMALL_PDF)["id"]))["id"]
        boss.post(f"/contracts/{contract}/send")
        person.api.post(f"/contracts/{contract}/fill", {"values": {"place": "杭州"}})
        sign(boss, contract, self.company.handler.signing_password)
        sign(person.api, contract, person.signing_password)
        return contract

    def database(self):
        """Every byte of it: the file, and what is written beside it."""
        folder = self.root / "data" / "plugins" / "cinnabar.sqlite"
        return b"".join(file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file())

    def log(self):
        return (self.root / "server.log").read_bytes()

    def test_people_lie_sealed_and_no_log_names_them(self):
        person = Person(self.api, "欧阳漱玉")
        staff = Person(self.api, "慕容听雪")
        self.company.api.post(f"/enterprises/{self.company.id}/employees", {"name": staff.name, "mobile": staff.mobile})
        found = self.company.api.get(f"/enterprises/{self.company.id}/employees?name=" + urllib.parse.quote("听雪"))["employees"]
        self.assertEqual([e["person"]["mobile"] for e in found], [staff.mobile])
        for text in (person.name, person.mobile, staff.name, staff.mobile):
            self.assertNotIn(text.encode(), self.database())
            self.assertNotIn(text.encode(), self.log())

    def test_one_sees_what_is_kept(self):
        person = Person(self.api, "司徒观澜")
        contract = self.signed_with(person)
        data = person.api.get("/me/data")["data"]
        self.assertEqual(data["organisation"]["name"], person.name)
        self.assertEqual(data["organisation"]["mobile"], person.mobile)
        self.assertIn(contract, [c["id"] for c in data["contract"]["contracts"]])
        self.assertTrue(data["contract"]["traces"])
        self.assertNotIn(contract, json.dumps(self.person.api.get("/me/data")))

    def test_erasing_leaves_the_proof(self):
        person = Person(self.api, "诸葛望舒")
        contract = self.signed_with(person)
        draft = self.company.api.post("/contracts", contract_body(
            self.company, person, self.company.api.upload(SMALL_PDF)["id"]))["id"]
        self.company.api.post(f"/contracts/{draft}/send")
        with self.assertRaises(Refused) as refused:
            person.api.call("POST", "/me/erasure", {"confirm": "erase"})
        self.assertIn(draft, refused.exception.problem["detail"])
        self.company.api.post(f"/contracts/{draft}/revoke", {"reason": "双方协商不再签署"})
        with self.assertRaises(Refused) as refused:
            person.api.call("POST", "/me/erasure", {"confirm": "yes"})
        self.assertEqual(refused.exception.code, "personal.not_confirmed")
        person.api.call("POST", "/me/erasure", {"confirm": "erase"})
        self.assertEqual(person.api.raw("GET", "/me")[0], 401)
        self.assertEqual(self.api.raw("POST", "/sessions", {"mobile": person.mobile, "password": person.password})[0], 401)
        # The number is free for somebody else, who sees nothing of it.
        again = self.api.post("/people", {"name": "新人", "mobile": person.mobile, "password": "correct-horse"})
        self.assertNotEqual(again["id"], person.id)
        bundle = self.company.api.get(f"/contracts/{contract}/evidence.zip")
        evidence = json.loads(zipfile.ZipFile(io.BytesIO(bundle)).read("evidence.json"))
        self.assertEqual([p["name"] for p in evidence["parties"] if p["person"] == person.id], [""])
        self.assertNotIn(person.mobile, json.dumps(evidence))
        file = self.root / "evidence.zip"
        file.write_bytes(bundle)
        checked = subprocess.run([CINNABAR, "evidence", "check", str(file)], capture_output=True, text=True, timeout=120)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        document = self.root / "contract.pdf"
        document.write_bytes(self.company.api.get(f"/contracts/{contract}/document"))
        seen = subprocess.run(["pdfsig", "-nocert", str(document)], capture_output=True, text=True, timeout=120).stdout
        self.assertEqual(seen.count("Signature is Valid."), seen.count("Signature #"), seen)
        self.assertTrue(self.server.doctor()["ok"])

    def test_keys_are_wrapped_anew(self):
        people = [Person(self.api, f"人{i}") for i in range(3)]
        operator = people[0]
        type(self).server.stop()
        config = self.root / "operators.toml"
        config.write_text(OPERATOR.format(person=operator.id))
        type(self).server = Server(CINNABAR, self.root / "data", "--config", str(config))
        type(self).api = Api(self.server.port)
        for person in [*people, self.person, self.company.handler]:
            person.reconnect(self.server.port)
        keys = (self.root / "data" / "plugins" / "cinnabar.personal-data" / "personal.key").read_text()
        self.assertGreaterEqual(operator.api.post("/personal-keys/rotation")["left"], 3)
        for _ in range(10_000):
            if operator.api.get("/personal-keys/rotation")["left"] == 0:
                break
        self.assertEqual(operator.api.get("/personal-keys/rotation")["left"], 0)
        after = (self.root / "data" / "plugins" / "cinnabar.personal-data" / "personal.key").read_text()
        self.assertNotEqual(keys.splitlines()[0], after.splitlines()[0])
        for person in people:
            self.assertEqual(person.api.get("/me")["person"]["name"], person.name)


if __name__ == "__main__":
    main()
