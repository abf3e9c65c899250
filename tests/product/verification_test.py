#!/usr/bin/env python3
"""Real names, faces and the verification of enterprises in all its branches, over HTTP with the clock moved
where links and delays are in the way. The providers are the sandboxes, steered as their READMEs say."""
import random
import re

from case import CINNABAR, ProductCase, main
from product import Api, Person, Refused, Server, credit_code

PNG = b"\x89PNG\r\n\x1a\n" + b"licence" * 100
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


NUMBERS = iter(random.sample(range(1000), 1000))  # each once: a document stands for one account


def resident_id(born="19900307"):
    head = "110101" + born + "%03d" % next(NUMBERS)
    return head + "10X98765432"[sum(int(c) * w for c, w in zip(head, WEIGHTS)) % 11]


class Verification(ProductCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = Person(cls.api, "运维")
        cls.server.stop()
        config = cls.root / "operators.toml"
        config.write_text(f'[access]\noperators = ["{cls.operator.id}"]\n')
        cls.server = Server(CINNABAR, cls.root / "data", "--config", str(config))
        cls.api = Api(cls.server.port)
        for person in (cls.operator, cls.person, cls.company.handler):
            person.reconnect(cls.server.port)

    # -------------------------------------------------------------- helpers

    def someone(self, name, ending="5555"):
        """Somebody whose number the sandbox knows by its end."""
        person = Person.__new__(Person)
        person.name, person.password = name, "correct-horse"
        person.mobile = "13" + "".join(random.choice("0123456789") for _ in range(5)) + ending
        person.id = self.api.post("/people", {"name": name, "mobile": person.mobile, "password": person.password})["id"]
        person.api = self.api.with_token(person.sign_in(self.api))
        return person

    def real(self, name, ending="5555"):
        person = self.someone(name, ending)
        person.api.post("/me/identity", {"name": name, "document": "resident_id", "number": resident_id()})
        return person

    def show_face(self, person, purpose, subject):
        check = person.api.post("/me/face-checks", {"purpose": purpose, "subject": subject})["id"]
        return person.api.post(f"/me/face-checks/{check}/finish")

    def enterprise(self, person):
        name, code = "验证公司" + "".join(random.choice("甲乙丙丁戊己庚辛") for _ in range(6)), credit_code()
        enterprise = person.api.post("/enterprises", {"name": name, "credit_code": code})["id"]
        return enterprise, {"kind": "enterprise", "name": name, "credit_code": code, "address": "杭州市西湖区"}

    def proof(self, person, enterprise, content=PNG, kind="image/png"):
        return person.api.call("POST", f"/enterprises/{enterprise}/verification/proofs", content, {"Content-Type": kind})["file"]

    def submit(self, person, enterprise, fields, representative, **changes):
        body = {**fields, "legal_representative": representative, "licence": self.proof(person, enterprise), **changes}
        return person.api.put(f"/enterprises/{enterprise}/verification", body)

    def step(self, person, enterprise, rest, body=None):
        return person.api.post(f"/enterprises/{enterprise}/verification{rest}", body)

    def code(self, call, *arguments, **more):
        with self.assertRaises(Refused) as refused:
            call(*arguments, **more)
        return refused.exception.code

    def review(self, enterprise, approved, reason="材料不清晰"):
        waiting = [r for r in self.operator.api.get("/enterprise-reviews")["reviews"] if r["enterprise"] == enterprise]
        self.assertEqual(len(waiting), 1)
        path = f"/enterprise-reviews/{waiting[0]['id']}"
        self.assertEqual(self.operator.api.call("GET", path + "/files/1")[:4], PNG[:4])
        self.operator.api.post(path + ("/approve" if approved else "/reject"), {} if approved else {"reason": reason})
        self.assertEqual(self.code(self.operator.api.post, path + "/approve", {}), "verification.decided")

    def stage(self, person, enterprise):
        return person.api.get(f"/enterprises/{enterprise}/verification")["stage"]

    def advance(self, hours):
        self.operator.api.post("/clock/advance", {"seconds": int(hours * 3600)})

    def message(self, person, part):
        for _ in range(10_000):
            for message in person.api.get("/inbox")["messages"]:
                if part in message["kind"]:
                    return message
        self.fail(f"no message {part}")

    # -------------------------------------------------------------- people

    def test_real_names_by_what_the_register_says(self):
        person = self.someone("李真实")
        body = {"name": person.name, "document": "resident_id", "number": resident_id()}
        self.assertFalse(person.api.get("/me/identity")["verified"])
        self.assertEqual(self.code(person.api.post, "/me/identity", {**body, "number": "110101199003070717"}),
                         "identity.document_invalid")
        self.assertEqual(self.code(person.api.post, "/me/identity", {**body, "number": resident_id("20150101")}),
                         "identity.age_unfit")
        self.assertEqual(self.code(person.api.post, "/me/identity", {**body, "number": resident_id("19400101")}),
                         "identity.age_unfit")
        self.assertEqual(self.code(person.api.post, "/me/identity", {**body, "name": "别人"}), "identity.name_differs")
        self.assertEqual(self.code(person.api.post, "/me/identity", {**body, "document": "taiwan_permit", "number": "12345678"}),
                         "identity.document_not_taken")
        view = person.api.post("/me/identity", body)
        self.assertTrue(view["verified"])
        self.assertNotIn(body["number"], str(person.api.get("/me/identity")))
        twin = self.someone("李真实")
        self.assertEqual(self.code(twin.api.post, "/me/identity", body), "identity.number_taken")
        for ending, code in (("0001", "identity.refused"), ("0002", "identity.refused"), ("0003", "identity.unknown")):
            other = self.someone("王某", ending)
            self.assertEqual(self.code(other.api.post, "/me/identity", {**body, "name": "王某", "number": resident_id()}), code)
            self.assertFalse(other.api.get("/me/identity")["verified"])

    # -------------------------------------------------------------- enterprises

    def test_the_legal_representative_by_face(self):
        boss = self.real("张法人")
        enterprise, fields = self.enterprise(boss)
        self.assertEqual(self.submit(boss, enterprise, fields, "张法人")["stage"], "authorising")
        face = "/authorisation/face"
        self.assertEqual(self.code(self.step, boss, enterprise, face), "verification.face_first")
        self.show_face(boss, "enterprise.cancel", enterprise)  # for something else
        self.assertEqual(self.code(self.step, boss, enterprise, face), "verification.face_first")
        self.show_face(boss, "enterprise.authorise", enterprise)
        self.assertEqual(self.step(boss, enterprise, face)["stage"], "verified")
        self.assertEqual(sorted(boss.api.get(f"/enterprises/{enterprise}")["roles"]),
                         ["legal_representative", "super_administrator"])
        self.assertEqual(self.code(self.step, boss, enterprise, face), "verification.face_first")  # once

    def test_who_is_not_the_legal_representative_cannot_say_so(self):
        boss = self.real("钱经办")
        enterprise, fields = self.enterprise(boss)
        self.submit(boss, enterprise, fields, "孙法人")
        self.show_face(boss, "enterprise.authorise", enterprise)
        self.assertEqual(self.code(self.step, boss, enterprise, "/authorisation/face"), "verification.not_legal_representative")
        other = self.someone("周换脸", "0004")
        other.api.post("/me/identity", {"name": other.name, "document": "resident_id", "number": resident_id()})
        self.assertEqual(self.code(self.show_face, other, "enterprise.authorise", enterprise), "identity.face_refused")

    def test_by_invitation_good_for_a_day(self):
        boss, legal, stranger = self.real("吴经办"), self.real("郑法人"), self.real("郑法人")
        enterprise, fields = self.enterprise(boss)
        self.submit(boss, enterprise, fields, "郑法人")
        who = {"name": legal.name, "mobile": legal.mobile}
        invite = "/authorisation/invitation"
        self.assertEqual(self.code(self.step, boss, enterprise, invite, {**who, "name": "别人"}), "verification.not_legal_representative")

        def token():
            text = self.message(legal, "verification.invitation")["text"]
            return re.search(r"[0-9a-f]{64}", text).group()
        self.step(boss, enterprise, invite, who)
        first = token()
        self.assertEqual(self.code(stranger.api.post, "/enterprise-invitations", {"token": first}), "verification.invitation_unknown")
        self.advance(25)
        self.show_face(legal, "enterprise.authorise", enterprise)
        self.assertEqual(self.code(legal.api.post, "/enterprise-invitations", {"token": first}), "verification.invitation_unknown")
        self.step(boss, enterprise, invite, who)
        for _ in range(10_000):
            second = token()
            if second != first:
                break
        self.show_face(legal, "enterprise.authorise", enterprise)
        self.assertEqual(legal.api.post("/enterprise-invitations", {"token": second})["stage"], "verified")
        self.assertEqual(self.code(legal.api.post, "/enterprise-invitations", {"token": second}), "verification.invitation_unknown")
        self.assertEqual(legal.api.get(f"/enterprises/{enterprise}")["roles"], ["legal_representative"])
        self.assertEqual(boss.api.get(f"/enterprises/{enterprise}")["roles"], ["super_administrator"])
        self.message(boss, "verification.verified")

    def test_by_letter_and_payment(self):
        boss = self.real("冯经办")
        enterprise, fields = self.enterprise(boss)
        self.submit(boss, enterprise, fields, "陈法人")
        letter = "/authorisation/letter"
        self.assertEqual(self.code(self.step, boss, enterprise, letter, {"files": ["prf_nothing"]}), "verification.file_unknown")
        self.step(boss, enterprise, letter, {"files": [self.proof(boss, enterprise)]})
        self.review(enterprise, False)
        self.assertIn("材料不清晰", self.message(boss, "verification.rejected")["text"])
        self.assertEqual(boss.api.get(f"/enterprises/{enterprise}/verification")["reason"], "材料不清晰")
        self.step(boss, enterprise, letter, {"files": [self.proof(boss, enterprise)]})
        self.review(enterprise, True)
        self.assertEqual(self.stage(boss, enterprise), "paying")
        bank = {"account": "6222020200001234", "bank": "工商银行"}  # 34 mod 30 + 1: five fen
        self.assertEqual(self.code(self.step, boss, enterprise, "/payment/amount", {"amount_fen": 5}), "verification.no_payment")
        self.step(boss, enterprise, "/payment", bank)
        for _ in range(2):
            self.assertEqual(self.code(self.step, boss, enterprise, "/payment/amount", {"amount_fen": 6}), "verification.amount_wrong")
        self.assertEqual(self.step(boss, enterprise, "/payment/amount", {"amount_fen": 5})["stage"], "verified")

    def test_payments_are_counted(self):
        boss = self.real("褚经办")
        enterprise, fields = self.enterprise(boss)
        self.submit(boss, enterprise, fields, "卫法人")
        self.step(boss, enterprise, "/authorisation/letter", {"files": [self.proof(boss, enterprise)]})
        self.review(enterprise, True)
        bank = {"account": "6222020200001234", "bank": "工商银行"}
        for payment in range(3):
            self.step(boss, enterprise, "/payment", bank)
            for _ in range(3):
                self.assertEqual(self.code(self.step, boss, enterprise, "/payment/amount", {"amount_fen": 6}), "verification.amount_wrong")
            self.assertIn(self.code(self.step, boss, enterprise, "/payment/amount", {"amount_fen": 5}), ("verification.no_payment",))
        self.assertEqual(self.stage(boss, enterprise), "authorising")  # another way has to be taken
        self.assertEqual(self.code(self.step, boss, enterprise, "/payment", bank), "verification.stage_unfit")

    def test_other_organisations_by_a_letter_alone(self):
        boss = self.real("蒋经办")
        enterprise, fields = self.enterprise(boss)
        self.submit(boss, enterprise, fields, "沈负责人", kind="government")
        self.show_face(boss, "enterprise.authorise", enterprise)
        for rest, body in (("/authorisation/face", None), ("/authorisation/invitation", {"name": "沈负责人", "mobile": boss.mobile})):
            self.assertEqual(self.code(self.step, boss, enterprise, rest, body), "verification.letter_only")
        self.step(boss, enterprise, "/authorisation/letter", {"files": [self.proof(boss, enterprise)]})
        self.review(enterprise, True)
        self.assertEqual(self.stage(boss, enterprise), "verified")

    def test_what_the_register_does_not_know_is_proven(self):
        boss = self.real("韩法人")
        enterprise, fields = self.enterprise(boss)
        view = self.submit(boss, enterprise, fields, "韩法人", address="新设企业，未收录")
        self.assertEqual(view["stage"], "inclusion")
        for approved in (False, True):
            self.step(boss, enterprise, "/inclusion", {"files": [self.proof(boss, enterprise)]})
            self.review(enterprise, approved)
            self.assertEqual(self.stage(boss, enterprise), "authorising" if approved else "inclusion")
        self.show_face(boss, "enterprise.authorise", enterprise)
        self.assertEqual(self.step(boss, enterprise, "/authorisation/face")["stage"], "verified")

    def test_other_ways_and_no_answers(self):
        boss = self.real("杨法人")
        enterprise, fields = self.enterprise(boss)
        self.assertEqual(self.code(self.submit, boss, enterprise, fields, "杨法人", name="别的公司"), "verification.differs")
        self.assertEqual(self.code(self.submit, boss, enterprise, fields, "杨法人", address="地址不符"), "verification.refused")
        self.assertEqual(self.code(self.submit, boss, enterprise, fields, "杨法人", address="查询超时"), "verification.no_answer")
        for way in ("merchant", "cloud"):
            self.assertEqual(self.code(self.submit, boss, enterprise, fields, "杨法人", way=way, account="none"), "verification.refused")
        self.assertEqual(self.submit(boss, enterprise, fields, "杨法人", way="merchant", account="ok-123")["stage"], "authorising")
        self.assertEqual(self.code(self.submit, boss, enterprise, fields, "杨法人"), "verification.stage_unfit")
        self.assertEqual(self.code(self.proof, boss, enterprise, b"MZ\x90\x00" + bytes(200)), "verification.file_unfit")
        stranger = self.real("路人")
        self.assertEqual(self.code(self.proof, stranger, enterprise), "object.not_found")

    def test_the_administrator_changes_by_the_legal_representative(self):
        boss = self.real("秦法人")
        enterprise, fields = self.enterprise(boss)
        self.submit(boss, enterprise, fields, "秦法人")
        self.show_face(boss, "enterprise.authorise", enterprise)
        self.step(boss, enterprise, "/authorisation/face")
        heir, unknown = self.real("尤接任"), self.someone("许未实名")
        base = f"/enterprises/{enterprise}"
        for one in (heir, unknown):
            boss.api.post(f"{base}/employees", {"name": one.name, "mobile": one.mobile})
        change = f"{base}/super-administrator"
        self.show_face(boss, "enterprise.change_administrator", enterprise)
        self.assertEqual(self.code(boss.api.put, change, {"person": unknown.id}), "verification.not_real_name")
        self.assertEqual(self.code(heir.api.put, change, {"person": heir.id}), "verification.not_legal_representative")
        boss.api.call("PUT", change, {"person": heir.id})
        self.assertEqual(boss.api.get(base)["roles"], ["legal_representative"])
        self.assertEqual(heir.api.get(base)["roles"], ["super_administrator"])

    def test_an_account_ends_in_two_days_unless_revoked(self):
        boss = self.real("何法人")
        enterprise, fields = self.enterprise(boss)
        self.submit(boss, enterprise, fields, "何法人")
        self.show_face(boss, "enterprise.authorise", enterprise)
        self.step(boss, enterprise, "/authorisation/face")
        base = f"/enterprises/{enterprise}"
        cancel = f"{base}/cancellation"
        self.assertEqual(self.code(boss.api.post, cancel), "verification.face_first")
        self.show_face(boss, "enterprise.cancel", enterprise)
        boss.api.post(cancel)
        self.assertEqual(self.code(boss.api.post, cancel), "verification.ending")
        self.advance(47)
        boss.api.call("DELETE", cancel)
        self.advance(2)
        self.assertEqual(boss.api.raw("GET", base)[0], 200)
        self.show_face(boss, "enterprise.cancel", enterprise)
        boss.api.post(cancel)
        self.advance(49)
        for _ in range(10_000):
            if boss.api.raw("GET", base)[0] == 404:
                break
        self.assertEqual(boss.api.raw("GET", base)[0], 404)


if __name__ == "__main__":
    main()
