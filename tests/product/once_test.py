#!/usr/bin/env python3
"""One effect, however often and by how many at once a request is made."""
import uuid

from case import ProductCase, main
from product import Api, Refused, in_parallel, sign, sign_body


class Once(ProductCase):
    def test_the_same_signing_request_by_ten_clients_signs_once(self):
        contract = self.filled()
        body = sign_body(self.company.api, contract, self.company.handler.signing_password)
        key = uuid.uuid4().hex

        def work(_):
            client = Api(self.server.port, self.company.api.token)
            return client.call("POST", f"/contracts/{contract}/sign", body, key=key)

        results = in_parallel(10, work)
        self.assertEqual([r for r in results if isinstance(r, Exception)], [])
        self.assertEqual(len(self.acts(contract, "contract.signed")), 1)

    def test_ten_clients_with_keys_of_their_own_sign_once(self):
        contract = self.filled()
        body = sign_body(self.company.api, contract, self.company.handler.signing_password)

        def work(_):
            client = Api(self.server.port, self.company.api.token)
            return client.call("POST", f"/contracts/{contract}/sign", body, key=uuid.uuid4().hex)

        results = in_parallel(10, work)
        won = [r for r in results if not isinstance(r, Exception)]
        lost = [r for r in results if isinstance(r, Exception)]
        self.assertEqual(len(won), 1, results)
        self.assertTrue(all(isinstance(r, Refused) and r.status in (409, 422) for r in lost), lost)
        self.assertEqual(len(self.acts(contract, "contract.signed")), 1)

    def test_a_repeated_request_is_answered_as_the_first_was(self):
        contract = self.filled()
        body = sign_body(self.company.api, contract, self.company.handler.signing_password)
        key = uuid.uuid4().hex
        first = self.company.api.raw("POST", f"/contracts/{contract}/sign", body, key=key)
        second = self.company.api.raw("POST", f"/contracts/{contract}/sign", body, key=key)
        self.assertEqual((first[0], first[2]), (second[0], second[2]))
        self.assertEqual(second[1].get("Idempotency-Replayed"), "true")
        self.assertEqual(len(self.acts(contract, "contract.signed")), 1)

    def test_a_stale_version_changes_nothing(self):
        contract = self.filled()
        body = sign_body(self.company.api, contract, self.company.handler.signing_password)
        body["version"] -= 1
        with self.assertRaises(Refused) as refused:
            self.company.api.post(f"/contracts/{contract}/sign", body)
        self.assertEqual(refused.exception.status, 409)
        self.assertEqual(self.acts(contract, "contract.signed"), [])
        self.assertEqual(self.state(contract), "signing")

    def test_a_key_used_for_another_request_is_refused(self):
        key = uuid.uuid4().hex
        contract = self.draft()
        self.company.api.post(f"/contracts/{contract}/send", key=key)
        other = self.draft()
        status, _, _ = self.company.api.raw(
            "POST", "/contracts", {"name": "another", "files": [], "parties": [], "controls": []}, key=key)
        self.assertGreaterEqual(status, 400)
        self.assertEqual(self.state(other), "draft")

    def test_sending_twice_at_once_sends_once(self):
        contract = self.draft()

        def work(_):
            return Api(self.server.port, self.company.api.token).post(f"/contracts/{contract}/send")

        results = in_parallel(6, work)
        self.assertEqual(sum(not isinstance(r, Exception) for r in results), 1, results)
        self.assertEqual(len(self.acts(contract, "contract.sent")), 1)

    def test_a_whole_life_ends_completed(self):
        contract = self.filled()
        sign(self.company.api, contract, self.company.handler.signing_password)
        sign(self.person.api, contract, self.person.signing_password)
        self.assertEqual(self.state(contract), "completed")
        self.assertEqual(len(self.acts(contract, "contract.signed")), 2)


if __name__ == "__main__":
    main()
