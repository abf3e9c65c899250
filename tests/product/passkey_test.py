#!/usr/bin/env python3
"""Passkeys in a real browser: Chromium registers one with a virtual authenticator and signs a contract
with it. What is bent, replayed, asked by another site, for another document or by somebody who was not
verified is refused."""
import base64
import hashlib
import json

from case import ProductCase, main
from browser import Browser
from product import SMALL_PDF, Person, Refused, contract_body, sign

CREATE = """
const bytes = t => Uint8Array.from(atob(t.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
const text = b => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=/g, '');
const o = a[0];
o.challenge = bytes(o.challenge); o.user.id = bytes(o.user.id);
o.excludeCredentials = o.excludeCredentials.map(c => ({...c, id: bytes(c.id)}));
const c = await navigator.credentials.create({publicKey: o});
return {client_data: text(c.response.clientDataJSON), attestation: text(c.response.attestationObject), id: c.id};
"""
GET = """
const bytes = t => Uint8Array.from(atob(t.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
const text = b => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=/g, '');
const o = a[0];
o.challenge = bytes(o.challenge);
o.allowCredentials = o.allowCredentials.map(c => ({...c, id: bytes(c.id)}));
if (a[1]) o.userVerification = a[1];
const c = await navigator.credentials.get({publicKey: o});
return {credential_id: c.id, client_data: text(c.response.clientDataJSON),
        authenticator_data: text(c.response.authenticatorData), signature: text(c.response.signature)};
"""


def unpacked(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def packed(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class Passkeys(ProductCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.browser = Browser()
        cls.open()
        cls.authenticator = cls.browser.add_authenticator()

    def setUp(self):
        """Somebody new each time: wrong answers are counted over all contracts of a person."""
        self.signer = Person(self.api, "苏锦年")
        self.register(self.signer)

    @classmethod
    def tearDownClass(cls):
        cls.browser.__exit__()
        super().tearDownClass()

    @classmethod
    def open(cls, host="localhost"):
        cls.browser.open(f"http://{host}:{cls.server.port}/docs")

    @classmethod
    def begin(cls, person):
        return person.api.call("POST", "/me/credentials/passkey/enrolments")

    @classmethod
    def register(cls, person, name="这台电脑", **changes):
        begun = cls.begin(person)
        made = cls.browser.run(CREATE, begun["prompt"]["public_key"])
        answer = {"name": name, "client_data": made["client_data"], "attestation": made["attestation"]}
        answer.update(changes)
        person.api.put("/me/credentials/passkey", {"answer": answer, "enrolment": begun["enrolment"],
                                                   "current": {"password": person.signing_password}})
        return made

    def contract(self, methods=("password", "passkey")):
        boss = self.company.api
        body = contract_body(self.company, self.signer, boss.upload(SMALL_PDF)["id"])
        body["parties"][1]["auth_methods"] = list(methods)
        contract = boss.post("/contracts", body)["id"]
        boss.post(f"/contracts/{contract}/send")
        self.signer.api.post(f"/contracts/{contract}/fill", {"values": {"place": "杭州"}})
        sign(boss, contract, self.company.handler.signing_password)
        return contract

    def asked(self, contract):
        return self.signer.api.post(f"/contracts/{contract}/sign/begin", {"method": "passkey"})

    def agree(self, begun, verification=None):
        return self.browser.run(GET, begun["prompt"]["public_key"], verification)

    def answer(self, contract, begun, answer, **changes):
        body = {"challenge_id": begun["challenge_id"], "answer": answer,
                "shown_digest": begun["shown_digest"], "version": begun["version"]}
        body.update(changes)
        return self.signer.api.post(f"/contracts/{contract}/sign", body)

    def refused(self, contract, begun, answer, **changes):
        with self.assertRaises(Refused) as refused:
            self.answer(contract, begun, answer, **changes)
        self.assertIn(refused.exception.status, (403, 409, 422), refused.exception.problem)
        return refused.exception

    # -------------------------------------------------------------- what works

    def test_a_contract_is_signed_with_a_passkey(self):
        contract = self.contract()
        begun = self.asked(contract)
        agreed = self.agree(begun)
        self.answer(contract, begun, agreed)
        self.assertEqual(self.state(contract), "completed")
        evidence = self.company.api.get(f"/contracts/{contract}/evidence")
        used = [s for s in evidence["signatures"] if s["method"] == "passkey"]
        self.assertEqual(len(used), 1)
        proof = used[0]["evidence"]
        # Anybody can see from the evidence alone that this key agreed to this document.
        client = json.loads(unpacked(proof["client_data"]))
        record = "\n".join(["cinnabar.passkey/1", self.signer.id, "", contract, begun["shown_digest"], proof["nonce"]])
        self.assertEqual(unpacked(client["challenge"]), hashlib.sha256(record.encode()).digest())
        self.assertEqual(proof["signature"], agreed["signature"])

    def test_passkeys_are_listed_and_taken_away(self):
        person = Person(self.api, "顾清让")
        self.register(person, "第一把")
        self.browser.in_session("DELETE", f"/webauthn/authenticator/{self.authenticator}")
        type(self).authenticator = self.browser.add_authenticator()
        self.register(person, "第二把")
        kept = person.api.get("/me/credentials/passkey")["kept"]
        self.assertEqual([k["name"] for k in kept], ["第一把", "第二把"])
        person.api.put("/me/credentials/passkey", {"answer": {"remove": kept[0]["id"]},
                                                   "current": {"password": person.signing_password}})
        self.assertEqual([k["name"] for k in person.api.get("/me/credentials/passkey")["kept"]], ["第二把"])

    def test_it_may_not_be_the_only_way(self):
        boss = self.company.api
        body = contract_body(self.company, self.signer, boss.upload(SMALL_PDF)["id"])
        body["parties"][1]["auth_methods"] = ["passkey"]
        with self.assertRaises(Refused) as refused:
            boss.post("/contracts", body)
        self.assertEqual(refused.exception.code, "contract.methods_on_device")
        self.assertEqual(refused.exception.problem["pointer"], "/parties/1/auth_methods")

    # -------------------------------------------------------------- what is refused

    def test_registering_takes_the_signing_password_and_our_page(self):
        person = Person(self.api, "陆知远")
        begun = self.begin(person)
        made = self.browser.run(CREATE, begun["prompt"]["public_key"])
        answer = {"name": "x", "client_data": made["client_data"], "attestation": made["attestation"]}

        def put(answer, enrolment, password):
            person.api.put("/me/credentials/passkey", {"answer": answer, "enrolment": enrolment,
                                                       **({"current": {"password": password}} if password else {})})
        for password, code in ((None, "organisation.current_required"), ("000000", "organisation.current_refused")):
            with self.assertRaises(Refused) as refused:
                put(answer, begun["enrolment"], password)
            self.assertEqual(refused.exception.code, code)
        other = self.begin(person)  # another question
        with self.assertRaises(Refused) as refused:
            put(answer, other["enrolment"], person.signing_password)
        self.assertEqual(refused.exception.code, "auth.enrolment_refused")
        bent = bytearray(unpacked(made["attestation"]))
        bent[60] ^= 1
        with self.assertRaises(Refused):
            put({**answer, "attestation": packed(bytes(bent))}, begun["enrolment"], person.signing_password)
        put(answer, begun["enrolment"], person.signing_password)
        with self.assertRaises(Refused):  # once
            put(answer, begun["enrolment"], person.signing_password)

    def test_no_bit_may_differ(self):
        contract = self.contract()
        for part, at in (("signature", -1), ("signature", 10), ("authenticator_data", 0), ("authenticator_data", 32),
                         ("authenticator_data", 36), ("client_data", 40)):
            begun = self.asked(contract)
            agreed = self.agree(begun)
            bent = bytearray(unpacked(agreed[part]))
            bent[at] ^= 1
            self.refused(contract, begun, {**agreed, part: packed(bytes(bent))})
        self.assertEqual(self.acts(contract, "contract.signed")[1:], [])

    def test_an_answer_is_good_once_and_for_one_document(self):
        first, second = self.contract(), self.contract()
        begun, other = self.asked(first), self.asked(second)
        agreed = self.agree(begun)
        self.refused(second, other, agreed)  # for another document
        self.refused(first, begun, agreed, shown_digest=other["shown_digest"])
        begun = self.asked(first)
        agreed = self.agree(begun)
        self.answer(first, begun, agreed)
        again = self.asked(second)
        self.refused(second, again, agreed)  # replayed
        self.assertEqual(self.state(second), "signing")

    def test_another_site_asks_in_vain(self):
        contract = self.contract()
        begun = self.asked(contract)
        agreed = self.agree(begun)
        for origin in ("https://evil.example", "http://localhost.evil.example", f"https://localhost:{self.server.port}"):
            client = json.loads(unpacked(agreed["client_data"]))
            client["origin"] = origin
            self.refused(contract, begun, {**agreed, "client_data": packed(json.dumps(client).encode())})
            begun = self.asked(contract)
            agreed = self.agree(begun)
        # A page of another origin cannot even ask for a key of ours.
        self.open("127.0.0.1")
        try:
            with self.assertRaises(RuntimeError):
                self.agree(begun)
        finally:
            self.open()

    def test_who_was_not_verified_does_not_sign(self):
        contract = self.contract()
        self.browser.set_verified(self.authenticator, False)
        try:
            begun = self.asked(contract)
            with self.assertRaises(RuntimeError):
                self.agree(begun)  # the browser keeps to what is required
            agreed = self.agree(begun, "discouraged")  # a page that asks for less
            self.refused(contract, begun, agreed)
        finally:
            self.browser.set_verified(self.authenticator, True)
        begun = self.asked(contract)
        self.answer(contract, begun, self.agree(begun))
        self.assertEqual(self.state(contract), "completed")


if __name__ == "__main__":
    main()
