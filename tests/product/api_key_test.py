#!/usr/bin/env python3
"""Programs call with keys: signed requests (RFC 9421) and access tokens (RFC 6749), and browsers with
a cookie. The signatures are made by Python's own HMAC and by openssl, not by the server's code."""
import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import time
import urllib.parse
import uuid
from pathlib import Path

from case import CINNABAR, ProductCase, main
from product import SMALL_PDF, Api, Company, Person, Refused, Server, in_parallel
from storage import database_of

ROOT = Path(__file__).resolve().parent.parent.parent
WIDE = ["contract.initiate", "contract.view"]


def mac_by_openssl(secret, text):
    done = subprocess.run(["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt",
                           "hexkey:" + secret.encode().hex(), "-binary"],
                          input=text.encode(), capture_output=True, check=True)
    return done.stdout


def mac_by_python(secret, text):
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()


class Program:
    """Signs its requests with a key."""

    def __init__(self, port, issued, mac=mac_by_python):
        self.api, self.authority = Api(port), f"127.0.0.1:{port}"
        self.key, self.secret, self.mac = issued["key"]["id"], issued["secret"], mac

    def headers(self, method, path, body, created=None, **more):
        values = {"@method": method, "@target-uri": f"http://{self.authority}/api/v1{path}"}
        headers = {}
        if body is not None:
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            headers["Content-Digest"] = values["content-digest"] = f"sha-256=:{digest}:"
            headers["Content-Type"] = values["content-type"] = more.get("kind", "application/json")
        if more.get("idempotency"):
            headers["Idempotency-Key"] = values["idempotency-key"] = more["idempotency"]
        covered = " ".join(f'"{name}"' for name in values)
        created = int(time.time()) if created is None else created
        parameters = f'({covered});created={created};keyid="{self.key}";nonce="{uuid.uuid4().hex}"'
        base = "".join(f'"{name}": {value}\n' for name, value in values.items())
        mac = self.mac(self.secret, base + f'"@signature-params": {parameters}')
        headers["Signature-Input"] = "sig1=" + parameters
        headers["Signature"] = f"sig1=:{base64.b64encode(mac).decode()}:"
        return headers

    def call(self, method, path, body=None, **more):
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        return self.api.call(method, path, content, self.headers(method, path, content, **more))


class ApiKeys(ProductCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = f"/enterprises/{cls.company.id}/api-keys"

    def issue(self, permissions=None, **more):
        body = {"name": "ERP", "permissions": permissions or WIDE, **more}
        return self.company.api.post(self.keys, body)

    def program(self, *arguments, mac=mac_by_python, **more):
        return Program(self.server.port, self.issue(*arguments, **more), mac)

    def refused(self, code, status, work, *arguments, **more):
        with self.assertRaises(Refused) as refused:
            work(*arguments, **more)
        self.assertEqual((refused.exception.code, refused.exception.status), (code, status))
        return refused.exception.problem

    def test_openssl_and_python_sign_what_the_server_takes(self):
        for mac in (mac_by_openssl, mac_by_python):
            program = self.program(mac=mac)
            self.assertIn("contracts", program.call("GET", "/contracts?limit=1"))
            file = program.call("POST", "/files", SMALL_PDF, kind="application/pdf",
                                idempotency=uuid.uuid4().hex)
            self.assertTrue(file["id"])

    def test_the_readmes_example_is_taken(self):
        issued = self.issue()
        readme = (ROOT / "plugins/domain/api-keys/README.md").read_text()
        example = re.search(r"```sh\n(.*?)```", readme, re.S).group(1).replace("8080", str(self.server.port))
        done = subprocess.run(["bash", "-c", example], capture_output=True, text=True, check=True, env={
            **os.environ, "KEY": issued["key"]["id"], "SECRET": issued["secret"]})
        self.assertIn("contracts", json.loads(done.stdout), done.stdout)

    def test_every_call_is_attributable_to_the_key(self):
        program = self.program()
        program.call("POST", "/files", SMALL_PDF, kind="application/pdf", idempotency=uuid.uuid4().hex)
        rows = database_of(self.root / "data").rows(
            f"SELECT person, owner, action FROM kernel_audit WHERE api_key = '{program.key}'")
        self.assertIn([self.company.handler.id, self.company.id, "file.upload"], [list(row) for row in rows])

    def test_another_body_is_refused_for_json_and_for_uploads(self):
        program = self.program()
        for body, kind, path in ((b'{"name": "x"}', "application/json", "/contracts"),
                                 (SMALL_PDF, "application/pdf", "/files"),
                                 (SMALL_PDF + b"\n" * 100_000, "application/pdf", "/files")):
            headers = program.headers("POST", path, body, kind=kind)
            self.refused("api_key.digest_wrong", 401, program.api.call, "POST", path,
                         body[:-1] + b" ", headers)

    def test_a_body_that_was_not_signed_is_refused(self):
        program = self.program()
        headers = program.headers("POST", "/contracts", None)
        headers["Content-Type"] = "application/json"
        self.refused("api_key.signature_malformed", 401, program.api.call, "POST", "/contracts",
                     b'{"name": "x"}', headers)

    def test_old_and_future_signatures_are_refused(self):
        program = self.program()
        for skew in (-301, 310):
            self.refused("api_key.signature_old", 401, program.call, "GET", "/contracts",
                         created=int(time.time()) + skew)

    def test_a_signature_changes_something_once(self):
        program = self.program()
        headers = program.headers("POST", "/files", SMALL_PDF, kind="application/pdf")
        self.assertTrue(program.api.call("POST", "/files", SMALL_PDF, headers)["id"])
        self.refused("api_key.signature_used", 401, program.api.call, "POST", "/files", SMALL_PDF, headers)
        key = uuid.uuid4().hex
        first, second = (program.call("POST", "/files", SMALL_PDF, kind="application/pdf", idempotency=key)
                         for _ in range(2))
        self.assertEqual(first["id"], second["id"], "signed anew, one effect")

    def test_of_copies_at_once_one_has_an_effect(self):
        program = self.program()
        headers = program.headers("POST", "/files", SMALL_PDF, kind="application/pdf")
        results = in_parallel(6, lambda _: Api(self.server.port).call("POST", "/files", SMALL_PDF, headers))
        refused = [one.code for one in results if isinstance(one, Refused)]
        self.assertEqual(len(refused), 5, results)
        self.assertLessEqual(set(refused), {"api_key.signature_used", "conflict"})

    def test_a_signature_is_for_one_address_and_method(self):
        program = self.program()
        headers = program.headers("GET", "/contracts", None)
        self.refused("api_key.invalid", 401, program.api.call, "GET", "/contracts?limit=5", None, headers)
        self.refused("api_key.invalid", 401, program.api.call, "GET", "/seals", None, headers)

    def test_a_revoked_key_ends_at_once(self):
        program = self.program()
        token = self.token(program)["access_token"]
        program.call("GET", "/contracts")
        self.company.api.call("DELETE", f"{self.keys}/{program.key}")
        self.refused("api_key.invalid", 401, program.call, "GET", "/contracts")
        self.refused("auth.session_invalid", 401, self.api.with_token(token).get, "/contracts")
        states = {key["id"]: key["state"] for key in self.company.api.get(self.keys)["keys"]}
        self.assertEqual(states[program.key], "revoked")

    def test_a_rotated_key_has_two_secrets_for_a_while(self):
        program = self.program()
        for hours, still in ((24, True), (0, False)):
            later = Program(self.server.port, self.company.api.post(
                f"{self.keys}/{program.key}/rotate", {"keep_hours": hours}))
            later.call("GET", "/contracts")
            if still:
                program.call("GET", "/contracts")
            else:
                self.refused("api_key.invalid", 401, program.call, "GET", "/contracts")

    def test_a_key_is_for_its_enterprise_and_its_permissions(self):
        program = self.program(["contract.view"])
        program.call("GET", "/contracts")
        self.refused("auth.key_limited", 403, program.call, "POST", "/files", SMALL_PDF,
                     kind="application/pdf")
        self.refused("auth.key_limited", 403, program.call, "GET", "/me")
        self.refused("auth.key_limited", 403, program.call, "GET", self.keys)
        other = Company(self.api)
        self.refused("auth.key_limited", 403, program.call, "GET", f"/enterprises/{other.id}/employees")
        self.refused("auth.key_limited", 403, program.call, "GET", f"/enterprises/{other.id}")

    def test_only_who_may_manage_keys_sees_them(self):
        stranger = Person(self.api, "路人")
        self.refused("object.not_found", 404, stranger.api.get, self.keys)
        self.refused("api_key.permission_unknown", 422, self.issue, ["api_key.manage"])

    def test_a_key_is_taken_from_its_addresses_only(self):
        self.program(addresses=["127.0.0.0/8"]).call("GET", "/contracts")
        self.refused("api_key.address_refused", 403,
                     self.program(addresses=["192.0.2.0/24"]).call, "GET", "/contracts")

    def token(self, program, basic=False, **form):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        form = {"grant_type": "client_credentials", **form}
        if basic:
            pair = base64.b64encode(f"{program.key}:{program.secret}".encode()).decode()
            headers["Authorization"] = "Basic " + pair
        else:
            form = {"client_id": program.key, "client_secret": program.secret, **form}
        return self.api.call("POST", "/oauth/token", urllib.parse.urlencode(form).encode(), headers)

    def test_client_credentials_give_a_token_of_their_scope(self):
        program = self.program()
        for basic in (False, True):
            token = self.token(program, basic, scope="contract.view")
            self.assertEqual((token["token_type"], token["scope"]), ("Bearer", "contract.view"))
            api = self.api.with_token(token["access_token"])
            self.assertIn("contracts", api.get("/contracts"))
            self.refused("auth.key_limited", 403, api.upload, SMALL_PDF)
        problem = self.refused("api_key.client_invalid", 401, self.token, program, client_secret="x" * 43)
        self.assertEqual(problem["error"], "invalid_client")
        problem = self.refused("api_key.grant_unsupported", 400, self.token, program, grant_type="password")
        self.assertEqual(problem["error"], "unsupported_grant_type")
        problem = self.refused("api_key.scope_invalid", 400, self.token, program, scope="seal.make")
        self.assertEqual(problem["error"], "invalid_scope")

    def test_secrets_are_not_in_the_database(self):
        program = self.program()
        token = self.token(program)["access_token"]
        for file in (self.root / "data").rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                self.assertNotIn(program.secret.encode(), content, file)
                self.assertNotIn(token.encode(), content, file)


class Browsers(ProductCase):
    ORIGIN = "https://app.example.com"

    @classmethod
    def start(cls):
        config = cls.root / "cinnabar.toml"
        config.write_text(f'[access]\norigins = ["{cls.ORIGIN}"]\n')
        return Server(CINNABAR, cls.root / "data", "--config", str(config))

    def test_listed_origins_may_read_answers_and_no_others(self):
        for origin, right in ((self.ORIGIN, True), ("https://evil.test", False), ("null", False)):
            for path, body in (("/me", None), ("/sessions", {"mobile": 1}), ("/nothing", None),
                               ("/files", b"x" * 200_000)):
                method = "GET" if body is None else "POST"
                headers = self.api.raw(method, path, body, {"Origin": origin})[1]
                self.assertEqual(headers.get("Access-Control-Allow-Origin"), origin if right else None, path)
                self.assertNotIn("Access-Control-Allow-Credentials", headers)
            status, headers, _ = self.api.raw("OPTIONS", "/contracts", None, {
                "Origin": origin, "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization, idempotency-key"})
            self.assertEqual(status, 204)
            self.assertEqual("POST" in headers.get("Access-Control-Allow-Methods", ""), right)
            self.assertEqual("Idempotency-Key" in headers.get("Access-Control-Allow-Headers", ""), right)

    def test_what_did_not_change_is_not_sent_again(self):
        status, headers, content = self.api.raw("GET", "/!openapi.json")
        self.assertEqual(status, 200)
        tag = headers["ETag"]
        for given, expected in ((tag, 304), ("W/" + tag, 304), ('"x", ' + tag, 304), ("*", 304), ('"x"', 200)):
            status, headers, content = self.api.raw("GET", "/!openapi.json", None, {"If-None-Match": given})
            self.assertEqual((status, headers["ETag"]), (expected, tag))
            self.assertEqual(content == b"", expected == 304)

    def cookie(self):
        person = self.person
        status, headers, content = self.api.raw(
            "POST", "/sessions", {"mobile": person.mobile, "password": person.password, "cookie": True})
        self.assertEqual(status, 201)
        self.assertEqual(json.loads(content)["token"], "", "scripts are not given the token")
        self.assertIn("HttpOnly; SameSite=Strict", headers["Set-Cookie"])
        return headers["Set-Cookie"].split(";")[0], headers["X-CSRF-Token"]

    def test_a_cookie_reads_and_changes_with_its_proof_only(self):
        cookie, proof = self.cookie()
        status, headers, _ = self.api.raw("GET", "/me", headers={"Cookie": cookie})
        self.assertEqual((status, headers["X-CSRF-Token"]), (200, proof))
        site = {"Sec-Fetch-Site": "same-origin", "Origin": f"http://127.0.0.1:{self.server.port}"}
        for more, right in (({}, False), ({"X-CSRF-Token": "0" * 64}, False),
                            ({"X-CSRF-Token": proof, "Sec-Fetch-Site": "cross-site"}, False),
                            ({"X-CSRF-Token": proof, "Origin": "https://evil.test"}, False),
                            ({"X-CSRF-Token": proof, **site}, True)):
            status, _, content = self.api.raw("DELETE", "/sessions/current", None, {"Cookie": cookie, **more})
            self.assertEqual(status == 204, right, (more, content))
        self.assertEqual(self.api.raw("GET", "/me", headers={"Cookie": cookie})[0], 401)


if __name__ == "__main__":
    main()
