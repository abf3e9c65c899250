"""Starts the product and talks to it over HTTP, for tests that look at it from outside."""
import http.client
import json
import os
import random
import select
import signal
import subprocess
import threading
import uuid


class Refused(Exception):
    """An answer that is not 2xx: its status and its problem document."""

    def __init__(self, method, path, status, problem):
        super().__init__(f"{method} {path}: {status} {problem}")
        self.status = status
        self.problem = problem
        self.code = problem.get("code", "")


class Server:
    """A `cinnabar serve` on a free port. Its log is server.log beside the data, unless given."""

    def __init__(self, cinnabar, data, *arguments, demo=True, environment=None, log=None):
        self.cinnabar, self.data = str(cinnabar), str(data)
        self.log = open(log or os.path.join(os.path.dirname(self.data), "server.log"), "ab")
        command = [self.cinnabar, "serve", "--port", "0", "--data", self.data, *arguments]
        self.process = subprocess.Popen(command + (["--demo"] if demo else []), text=True,
                                        stdout=subprocess.PIPE, stderr=self.log,
                                        env=dict(os.environ, **(environment or {})))
        line = self.process.stdout.readline()
        while line and "ready at " not in line:
            line = self.process.stdout.readline()
        if not line:
            self.close()
            with open(self.log.name, errors="replace") as log:
                raise RuntimeError("the server did not start:\n" + log.read()[-3000:])
        self.address = line.strip().split("ready at ")[1]
        self.port = int(self.address.rsplit(":", 1)[1])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.close()

    def stop(self):
        self.process.terminate()
        self.close()
        return self.process.returncode

    def close(self):
        self.process.wait(60)
        self.process.stdout.close()
        self.log.close()

    def doctor(self):
        done = subprocess.run([self.cinnabar, "doctor", "--json", "--data", self.data],
                              capture_output=True, text=True, timeout=120)
        return json.loads(done.stdout)


class Api:
    """One client: a connection of its own, and a session when it has one.

    A witness is called as witness(api, request, (status, headers, content)) with each answer.
    """

    def __init__(self, port, token="", timeout=60, witness=None):
        self.port, self.token, self.timeout, self.witness = port, token, timeout, witness
        self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        self.close()

    def close(self):
        """Gives its connection up; the next call opens another."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def with_token(self, token):
        return Api(self.port, token, self.timeout, self.witness)

    def raw(self, method, path, body=None, headers=None, key=None):
        """(status, headers, bytes). A broken connection is an OSError or HTTPException."""
        if self.connection is not None and self.connection.sock is not None:
            # A server ends connections that nobody used for a while.
            if select.select([self.connection.sock], [], [], 0)[0]:
                self.close()
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        all_headers = {"Accept-Language": "en"}
        if self.token:
            all_headers["Authorization"] = "Bearer " + self.token
        if key:
            all_headers["Idempotency-Key"] = key
        content = body
        if isinstance(body, (dict, list)):
            content = json.dumps(body)
            all_headers["Content-Type"] = "application/json"
        all_headers.update(headers or {})
        try:
            target = path if path.startswith("/!") else "/api/v1" + path
            self.connection.request(method, target.replace("/!", "/"), body=content, headers=all_headers)
            response = self.connection.getresponse()
            answer = response.status, dict(response.getheaders()), response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if self.witness:
            self.witness(self, (method, path, body, headers, key), answer)
        return answer

    def call(self, method, path, body=None, headers=None, key=None):
        """The JSON of a 2xx answer; Refused otherwise."""
        status, _, content = self.raw(method, path, body, headers, key)
        value = json.loads(content) if content[:1] in (b"{", b"[") else content
        if not 200 <= status < 300:
            raise Refused(method, path, status, value if isinstance(value, dict) else {})
        return value

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None, key=None):
        return self.call("POST", path, {} if body is None else body, key=key or uuid.uuid4().hex)

    def put(self, path, body, key=None):
        return self.call("PUT", path, body, key=key or uuid.uuid4().hex)

    def upload(self, content, kind="application/pdf", key=None):
        return self.call("POST", "/files", content, {"Content-Type": kind}, key=key or uuid.uuid4().hex)


CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code():
    """A unified social credit code with a right check character (GB 32100)."""
    code = "91310000MA" + "".join(random.choice("0123456789") for _ in range(7))
    total = sum(CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code))
    return code + CREDIT_ALPHABET[(31 - total % 31) % 31]


class Person:
    """A registered person with a signing password, signed in."""

    def __init__(self, api, name):
        self.name = name
        self.mobile = "13" + "".join(random.choice("0123456789") for _ in range(9))
        self.password = "pass-" + uuid.uuid4().hex[:12]
        self.signing_password = "".join(random.choice("0123456789") for _ in range(6))
        self.id = api.post("/people", {"name": name, "mobile": self.mobile, "password": self.password})["id"]
        self.api = api.with_token(self.sign_in(api))
        self.api.put("/me/credentials/password", {"answer": {"password": self.signing_password}})

    def sign_in(self, api, acting_for=None):
        body = {"mobile": self.mobile, "password": self.password}
        if acting_for:
            body["acting_for"] = acting_for
        return api.call("POST", "/sessions", body)["token"]

    def acting_for(self, api, enterprise):
        self.api = api.with_token(self.sign_in(api, enterprise))
        return self.api

    def reconnect(self, port):
        self.api = Api(port, self.api.token, self.api.timeout, self.api.witness)


class Company:
    """An enterprise with a round seal and its handler."""

    def __init__(self, api, name="云杉贸易有限公司", handler="周宁"):
        self.name = name + uuid.uuid4().hex[:6]
        self.handler = Person(api, handler)
        self.id = self.handler.api.post("/enterprises", {"name": self.name, "credit_code": credit_code()})["id"]
        self.handler.acting_for(api, self.id)
        self.seal = self.handler.api.post("/seals", {"type": "round", "name": "合同专用章"})["id"]

    @property
    def api(self):
        return self.handler.api


def contract_body(company, person, file, name="测试合同"):
    """A sequential contract: the company seals, then the person signs."""
    def rect(x, y, width, height):
        return {"x": x * 1000, "y": y * 1000, "width": width * 1000, "height": height * 1000}
    return {
        "name": name, "order": "sequential", "files": [file],
        "parties": [
            {"id": "company", "kind": "enterprise", "name": company.handler.name,
             "mobile": company.handler.mobile, "enterprise_name": company.name, "position": 1,
             "auth_methods": ["password"]},
            {"id": "person", "kind": "person", "name": person.name, "mobile": person.mobile,
             "position": 2, "auth_methods": ["password"]},
        ],
        "controls": [
            {"id": "place", "party": "person", "kind": "text", "page": 1, "rect": rect(60, 60, 300, 20),
             "label": "地点", "required": True},
            {"id": "seal", "party": "company", "kind": "enterprise_seal", "page": 1,
             "rect": rect(60, 600, 121, 121)},
            {"id": "signature", "party": "person", "kind": "personal_signature", "page": 1,
             "rect": rect(380, 620, 90, 60)},
        ],
    }


def sign_body(api, contract, password):
    """Begins to sign with the signing password; the body that finishes it."""
    begun = api.post(f"/contracts/{contract}/sign/begin", {"method": "password"})
    return {"challenge_id": begun["challenge_id"], "answer": {"password": password},
            "shown_digest": begun["shown_digest"], "version": begun["version"]}


def sign(api, contract, password, key=None):
    return api.post(f"/contracts/{contract}/sign", sign_body(api, contract, password), key=key)


def in_parallel(count, work):
    """Runs work(index) on so many threads at once; their results or exceptions, in order."""
    results = [None] * count
    barrier = threading.Barrier(count)

    def run(index):
        barrier.wait()
        try:
            results[index] = work(index)
        except Exception as error:  # the caller judges
            results[index] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def make_pdf(objects):
    """A PDF of the given object bodies, numbered from 1; the first is the catalog."""
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table +
            b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out)))


SMALL_PDF = make_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                      b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"])
