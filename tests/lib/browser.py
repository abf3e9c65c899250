"""Chromium driven by its WebDriver (W3C WebDriver, WebAuthn's part of it included), with nothing but the
standard library."""
import http.client
import json
import os
import re
import subprocess
import tempfile


class Browser:
    """A headless Chromium with one page; ends with the `with` block."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True,
                                       env=dict(os.environ, HOME=self.folder.name))
        self.port = None
        for line in self.driver.stdout:
            if found := re.search(r"started successfully on port (\d+)", line):
                self.port = int(found.group(1))
                break
        arguments = ["--headless=new", "--disable-gpu", f"--user-data-dir={self.folder.name}/profile"]
        if os.getuid() == 0:
            arguments.append("--no-sandbox")
        self.session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"args": arguments},
            "timeouts": {"script": 60_000}}}})["sessionId"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.in_session("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(30)
            self.driver.stdout.close()
            self.folder.cleanup()

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, None if body is None else json.dumps(body),
                           {"Content-Type": "application/json"})
        response = connection.getresponse()
        value = json.loads(response.read())["value"]
        connection.close()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {value.get('error')}: {value.get('message', '')[:500]}")
        return value

    def in_session(self, method, path, body=None):
        return self.call(method, f"/session/{self.session}{path}", body)

    def open(self, address):
        self.in_session("POST", "/url", {"url": address})

    def run(self, script, *arguments):
        """What the body of an asynchronous function returns; an exception in it is raised here."""
        wrapped = ("const done = arguments[arguments.length - 1];"
                   f"(async (...a) => {{ {script} }})(...arguments).then(v => done({{value: v}}),"
                   "e => done({fault: e.name + ': ' + e.message}));")
        answer = self.in_session("POST", "/execute/async", {"script": wrapped, "args": list(arguments)})
        if "fault" in answer:
            raise RuntimeError(answer["fault"])
        return answer.get("value")

    # Authenticators (WebAuthn section 11).

    def add_authenticator(self, verified=True):
        return self.in_session("POST", "/webauthn/authenticator", {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserConsenting": True, "isUserVerified": verified})

    def set_verified(self, authenticator, verified):
        self.in_session("POST", f"/webauthn/authenticator/{authenticator}/uv", {"isUserVerified": verified})
