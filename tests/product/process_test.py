#!/usr/bin/env python3
"""Plugins that are programs: in Python and in Node.js they take part in a contract, and one that
misbehaves costs its own enterprise clear errors, and another one nothing."""
import http.server
import json
import shutil
import threading
import time
from pathlib import Path

from case import CINNABAR, ProductCase, main
from hosted import descendants
from product import SMALL_PDF, Api, Company, Refused, Server, contract_body

PROGRAMS = Path(__file__).resolve().parent.parent / "process"
PHRASE = "quiet rivers carry paper boats"
DEADLINE_S = 3
ANSWERED = {"crash": "worker.crashed", "exit": "worker.crashed", "garbage": "worker.crashed",
            "not json": "worker.crashed", "list": "worker.crashed", "spans": "worker.crashed",
            "negative": "worker.crashed", "strange": "worker.crashed", "half": "worker.crashed",
            "wrong id": "worker.crashed", "close": "worker.crashed",
            "loop": "worker.timeout", "flood": "worker.timeout"}


class Room(http.server.BaseHTTPRequestHandler):
    """The chat room that messages are posted to."""
    posts = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.posts.append((self.headers["Idempotency-Key"], json.loads(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


class Programs(ProductCase):
    @classmethod
    def start(cls):
        cls.root.chmod(0o755)  # programs run as another user, who must get to their folder
        shutil.copytree(PROGRAMS, cls.root / "programs")
        return Server(CINNABAR, cls.root / "data", "--set", f"plugins.folders={cls.root / 'programs'}",
                      "--set", "plugins.allow_dev=true", "--set", "plugins.worker_memory_mb=256",
                      "--set", f"plugins.worker_deadline_s={DEADLINE_S}")

    def log(self):
        return (self.root / "server.log").read_text(errors="replace")

    def switch(self, kind, name, **body):
        return self.company.api.put(f"/enterprises/{self.company.id}/plugins/{kind}/{name}", body)

    def enrol(self, name, answer, api=None):
        return (api or self.company.api).put(f"/me/credentials/{name}", {"answer": answer})

    def unruly(self, deed, api=None, **more):
        """The code that it ends in, and what it found."""
        with self.assertRaises(Refused) as refused:
            self.enrol("unruly", {"do": deed, **more}, api)
        found = refused.exception.code == "unruly.done" and refused.exception.problem["detail"]
        return refused.exception.code, json.loads(found) if found else None

    def wait_for(self, condition, what):
        until = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.05)

    def test_a_program_in_node_carries_a_signature(self):
        with self.assertRaises(Refused) as refused:
            self.enrol("passphrase", {"passphrase": "too short"})
        self.assertEqual(refused.exception.code, "passphrase.too_short")
        self.assertIn("at least 4 words", refused.exception.problem["detail"])
        self.enrol("passphrase", {"passphrase": PHRASE})
        body = contract_body(self.company, self.person, self.company.api.upload(SMALL_PDF)["id"])
        body["parties"][0]["auth_methods"] = ["passphrase"]
        contract = self.company.api.post("/contracts", body)["id"]
        self.company.api.post(f"/contracts/{contract}/send")
        self.person.api.post(f"/contracts/{contract}/fill", {"values": {"place": "上海"}})
        for phrase, taken in (("quiet rivers carry paper hats", False), (PHRASE, True)):
            begun = self.company.api.post(f"/contracts/{contract}/sign/begin", {"method": "passphrase"})
            finish = {"challenge_id": begun["challenge_id"], "answer": {"passphrase": phrase},
                      "shown_digest": begun["shown_digest"], "version": begun["version"]}
            if taken:
                self.company.api.post(f"/contracts/{contract}/sign", finish)
            else:
                with self.assertRaises(Refused):
                    self.company.api.post(f"/contracts/{contract}/sign", finish)
        self.assertIn("passphrase", str(self.acts(contract, "contract.signed")))

    def test_a_program_in_python_delivers_messages(self):
        room = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Room)
        thread = threading.Thread(target=room.serve_forever)
        thread.start()
        try:
            self.switch("notification-channel", "chat", config={
                "url": f"http://127.0.0.1:{room.server_port}/hook"})
            contract = self.filled()  # so that it is the enterprise's turn
            self.wait_for(lambda: Room.posts, "no message came")
            key, body = Room.posts[0]
            self.assertTrue(key.startswith("msg_"), key)
            self.assertTrue(body["kind"].startswith("contract."), body)
            self.assertTrue(self.state(contract))
        finally:
            self.switch("notification-channel", "chat", config={})
            room.shutdown()
            thread.join()
            room.server_close()

    def test_what_misbehaves_is_told_and_another_enterprise_notices_nothing(self):
        other, stop, trouble = Company(self.api), threading.Event(), []

        def others_work():
            with Api(self.server.port, other.api.token) as api:
                while not stop.is_set():
                    try:
                        api.post("/contracts", contract_body(other, self.person,
                                                             api.upload(SMALL_PDF)["id"]))
                    except Exception as problem:  # whatever it is, it is somebody else's fault
                        trouble.append(problem)

        threads = [threading.Thread(target=others_work) for _ in range(2)]
        for thread in threads:
            thread.start()
        try:
            for deed, code in ANSWERED.items():
                with self.subTest(deed):
                    self.assertEqual(self.unruly(deed)[0], code)
                    self.assertEqual(self.unruly("print")[0], "unruly.done")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(trouble, [])
        self.assertIn("to standard output", self.log())
        self.wait_for(lambda: "lines left out" in self.log(), "nobody counted the flood")
        self.assertLess(len(self.log()), 3_000_000)

    def test_memory_is_limited(self):
        code, _ = self.unruly("memory")
        # A busy machine meets the deadline first.
        self.assertIn(code, ("worker.memory", "worker.timeout"))
        self.assertEqual(self.unruly("print")[0], "unruly.done")

    def test_it_reaches_nothing(self):
        _, found = self.unruly("reach")
        self.assertEqual(found.pop("thread"), 0)
        for what, number in found.items():
            self.assertNotEqual(number, 0, what)
        self.assertFalse((self.root / "programs/unruly/new").exists())
        self.assertFalse(Path("/tmp/unruly").exists())

    def test_it_calls_what_it_requires_and_nothing_else(self):
        _, allowed = self.unruly("ask", interface="cinnabar.bindings/1")
        self.assertEqual(allowed["status"], "ok")
        self.assertIn("unruly", allowed["document"]["names"])
        _, forbidden = self.unruly("ask", interface="cinnabar.organisation/1")
        self.assertEqual(forbidden["document"]["code"], "plugin.call_forbidden")

    def test_who_fails_again_and_again_rests_and_leaves_no_process(self):
        company, codes = Company(self.api), []
        for _ in range(8):
            codes.append(self.unruly("crash", company.api)[0])
        self.assertEqual(codes[:5], ["worker.crashed"] * 5)
        self.assertIn("worker.resting", codes)
        self.assertEqual(self.unruly("print")[0], "unruly.done")  # for another enterprise
        self.wait_for(lambda: len(descendants(self.server.process.pid, "unruly")) <= 5,
                      "programs outlive their calls")
        _, _, page = self.api.raw("GET", "/!metrics")
        self.assertRegex(page.decode(), r'plugin_process_failures_total\{plugin="com.example.unruly"\} [1-9]')
        self.assertRegex(page.decode(), r'plugin_process_bytes\{plugin="com.example.unruly"\} [1-9]')


if __name__ == "__main__":
    main()
