#!/usr/bin/env python3
"""A tenant's day is played, and every answer, every message that leaves and the log are kept. Then each
secret that was handed out (session tokens, one-time codes, keys of programs and their access tokens,
secrets of webhooks) is looked for everywhere: it stands where its owner got it, and nowhere else."""
import base64
import http.server
import json
import re
import threading
import urllib.parse
import uuid

from case import CINNABAR, ProductCase, main
from product import SMALL_PDF, Api, Company, Person, Server, contract_body, sign

CONFIG = '[log]\nlevel = "debug"\n\n[plugin."cinnabar.webhook"]\nallow_private = true\n'


class Receiver(http.server.BaseHTTPRequestHandler):
    """An enterprise's own server, which keeps what webhooks bring."""
    got = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.got.append((str(dict(self.headers)) + body.decode()))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Answer:
    def __init__(self, who, request, answer):
        self.token, (self.method, self.path, self.sent, *_), (self.status, self.headers, content) = who, request, answer
        kind = self.headers.get("Content-Type", "")
        readable = "json" in kind or kind.startswith("text/")
        self.text = str(self.headers) + (content.decode() if readable else "")

    def __str__(self):
        return f"{self.method} {self.path} -> {self.status}"


def stands_in(text, content):
    """Whether a secret is there. Figures are no texts: a size may have the digits of a code."""
    if not text.isdigit():
        return text in content
    form = re.compile(r"(?<![0-9A-Za-z])" + text + r"(?![0-9A-Za-z])")
    return any(content[max(0, found.start() - 1)] not in ":[,{ " for found in form.finditer(content))


class Secrecy(ProductCase):
    @classmethod
    def start(cls):
        config = cls.root / "cinnabar.toml"
        config.write_text(CONFIG)
        cls.log = cls.root / "server.log"
        return Server(CINNABAR, cls.root / "data", "--config", str(config))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.answers = []
        cls.api = Api(cls.server.port, witness=lambda api, request, answer: cls.answers.append(
            Answer(api.token, request, answer)))
        cls.receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=cls.receiver.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.receiver.shutdown()
        cls.receiver.server_close()
        super().tearDownClass()

    # -------------------------------------------------------------- the day

    def code_of(self, person, kind):
        """The newest code that the person got; asked for until it has arrived."""
        for _ in range(10_000):
            for message in person.api.get("/inbox")["messages"]:
                found = re.search(r"(?<!\d)\d{6}(?!\d)", message["text"])
                if found and message["kind"].startswith(kind) and found.group() not in self.codes.get(person.id, ()):
                    self.codes.setdefault(person.id, []).append(found.group())
                    return found.group()
        self.fail("no code came")

    def sign_with_code(self, person, contract):
        begun = person.api.post(f"/contracts/{contract}/sign/begin", {"method": "code"})
        code = self.code_of(person, "auth.")
        wrong = "%06d" % ((int(code) + 1) % 1_000_000)
        body = {"challenge_id": begun["challenge_id"], "answer": {"code": wrong},
                "shown_digest": begun["shown_digest"], "version": begun["version"]}
        self.assertGreaterEqual(person.api.raw("POST", f"/contracts/{contract}/sign", body)[0], 400)
        body["answer"]["code"] = code
        person.api.post(f"/contracts/{contract}/sign", body)

    def play(self):
        self.codes, companies = {}, [Company(self.api), Company(self.api, "对家")]
        person, colleague = Person(self.api, "韩梅"), Person(self.api, "李雷")
        boss = companies[0].api
        base = f"/enterprises/{companies[0].id}"
        boss.put("/webhooks/main", {"url": f"http://127.0.0.1:{self.receiver.server_port}/in"})
        boss.post(f"{base}/employees", {"name": colleague.name, "mobile": colleague.mobile,
                                        "roles": ["contract_administrator"]})
        colleague.acting_for(self.api, companies[0].id)
        key = boss.post(f"{base}/api-keys", {"name": "程序", "permissions": ["contract.view"]})
        basic = base64.b64encode(f"{key['key']['id']}:{key['secret']}".encode()).decode()
        token = self.api.call("POST", "/oauth/token", urllib.parse.urlencode({"grant_type": "client_credentials"}).encode(),
                              {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Basic " + basic})
        program = self.api.with_token(token["access_token"])
        program.get("/contracts")
        contract = None
        for _ in range(2):
            body = contract_body(companies[0], person, boss.upload(SMALL_PDF)["id"])
            for party in body["parties"]:
                party["auth_methods"] = ["password", "code"]
            contract = boss.post("/contracts", body)["id"]
            boss.post(f"/contracts/{contract}/send")
            person.api.post(f"/contracts/{contract}/fill", {"values": {"place": "杭州"}})
            sign(boss, contract, companies[0].handler.signing_password)
            self.sign_with_code(person, contract)
        everybody = [boss, companies[1].api, person.api, colleague.api, program, self.api]
        document = self.api.get("/!openapi.json")
        for path, methods in document["paths"].items():
            if "get" not in methods or methods["get"]["operationId"].startswith("system."):
                continue
            for parameter in re.findall(r"{(\w+)}", path):
                value = {"enterprise": companies[0].id, "contract": contract, "seal": companies[0].seal,
                         "number": "1", "page": "1", "name": "main", "person": person.id}.get(parameter, "x")
                path = path.replace("{%s}" % parameter, value)
            for api in everybody:
                api.raw("GET", path.removeprefix("/api/v1"))
        self.people = [companies[0].handler, companies[1].handler, person, colleague]
        return key["secret"], token["access_token"]

    # -------------------------------------------------------------- the search

    def secrets(self, key, access_token):
        """(what, its text, which answers may hold it)"""
        def made(answer, route):
            return answer.method == "POST" and answer.path == route
        yield "key of a program", key, lambda a: a.path.endswith("/api-keys")
        yield "access token", access_token, lambda a: made(a, "/oauth/token")
        for answer in self.answers:
            if made(answer, "/sessions") and answer.status == 201:
                token = json.loads(answer.text[answer.text.rindex("}{") + 1:])["token"]
                yield "session's token", token, lambda a, own=answer: a is own
            found = re.search(r"whsec_[\w+/=-]+", answer.text)
            if found and answer.method == "PUT":
                yield "secret of a webhook", found.group(), lambda a, own=answer: a is own
        for person in self.people:
            for code in self.codes.get(person.id, ()):
                yield "one-time code", code, lambda a, own=person: a.path == "/inbox" and a.token == own.api.token
        for person in self.people:
            for what, text in (("password", person.password), ("signing password", person.signing_password)):
                yield what, text, lambda a: False

    def test_a_secret_is_where_its_owner_got_it_and_nowhere_else(self):
        key, access_token = self.play()
        for _ in range(10_000):
            if any("contract.completed" in one for one in Receiver.got):
                break
            self.api.get("/clock")
        log, found, looked = self.log.read_text(errors="replace"), [], 0
        log = re.sub(r'"(us|at|time|port|pid)":"?[\d.]+"?', "", log)
        places = [(str(a), a.text, a) for a in self.answers] + [("the log", log, None)]
        places += [("a webhook", text, None) for text in Receiver.got]
        self.assertTrue(Receiver.got)
        kinds = set()
        for what, text, may in self.secrets(key, access_token):
            kinds.add(what)
            for place, content, answer in places:
                looked += 1
                if stands_in(text, content) and not (answer and may(answer)):
                    found.append(f"{what} in {place}")
        print(f"{len(self.answers)} answers, {len(Receiver.got)} webhooks, {len(log)} bytes of log: {looked} looks", flush=True)
        self.assertEqual(kinds, {"key of a program", "access token", "session's token", "secret of a webhook",
                                 "one-time code", "password", "signing password"})
        self.assertEqual(found, [])

    def test_the_search_finds_what_is_planted(self):
        token = uuid.uuid4().hex
        self.assertTrue(stands_in(token, f'{{"a":"{token}"}}'))
        self.assertTrue(stands_in("482913", '{"text":"验证码482913，五分钟内有效"}'))
        self.assertTrue(stands_in("482913", '{"code":"482913"}'))
        self.assertFalse(stands_in("482913", '{"size":482913,"id":"con_482913A"}'))


if __name__ == "__main__":
    main()
