"""Outside authorities for tests: a certificate authority with EST, OCSP and lists, and a timestamp
authority. All that they say is made by the tool `openssl`; only the HTTP around it is here."""
import base64
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SETTINGS = """
[ ca ]
default_ca = issuing
[ issuing ]
dir = .
database = ./index.txt
new_certs_dir = ./certs
certificate = ./issuing.pem
private_key = ./issuing.key
serial = ./serial
crlnumber = ./crlnumber
default_md = sha256
default_days = 30
default_crl_days = 2
policy = any
unique_subject = no
x509_extensions = signer
copy_extensions = none
[ root ]
database = ./root-index.txt
certificate = ./root.pem
private_key = ./root.key
crlnumber = ./root-crlnumber
default_md = sha384
default_crl_days = 2
[ any ]
countryName = optional
organizationName = optional
commonName = supplied
serialNumber = optional
[ authority ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ issuing_authority ]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = URI:{url}/root.crl
[ signer ]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
extendedKeyUsage = emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = OCSP;URI:{url}/ocsp
crlDistributionPoints = URI:{url}/issuing.crl
[ stamping ]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
authorityInfoAccess = OCSP;URI:{url}/ocsp
crlDistributionPoints = URI:{url}/issuing.crl
[ responder ]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = yes
authorityKeyIdentifier = keyid
[ server ]
subjectAltName = IP:127.0.0.1
extendedKeyUsage = serverAuth
[ tsa ]
serial = ./tsa-serial
signer_cert = ./tsa.pem
certs = ./issuing.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ req ]
distinguished_name = name
[ name ]
"""


class Authorities:
    """On free ports of this machine, at `url` and, under TLS, at `secure_url`. `trouble` makes it behave badly: "slow", "garbage", "huge",
    "refuse", "other" (answers another question). `user`: basic authentication is asked for."""

    def __init__(self, folder, user=None):
        self.folder, self.user, self.trouble = folder, user, None
        self.asked = []
        self.lock = threading.Lock()
        folder.mkdir()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.answer(self, b"")

            def do_POST(self):
                outer.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_):
                pass

        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
        plain, secure = self.servers
        self.url = f"http://127.0.0.1:{plain.server_port}"
        self.secure_url = f"https://127.0.0.1:{secure.server_port}"
        self.make()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server-chain.pem", folder / "server.key")
        secure.socket = context.wrap_socket(secure.socket, server_side=True)
        for server in self.servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def close(self):
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def tool(self, *arguments, data=None):
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, input=data, capture_output=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {' '.join(arguments)}:\n{done.stdout.decode()}{done.stderr.decode()}")
        return done.stdout

    def make(self):
        (self.folder / "certs").mkdir()
        (self.folder / "settings").write_text(SETTINGS.replace("{url}", self.url))
        for name in ("index.txt", "root-index.txt"):
            (self.folder / name).write_text("")
        for name in ("serial", "crlnumber", "root-crlnumber", "tsa-serial"):
            (self.folder / name).write_text("1000\n")
        for name in ("root", "issuing", "tsa", "responder", "server"):
            self.tool("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
            self.tool("req", "-new", "-config", "settings", "-key", f"{name}.key", "-subj", f"/CN=Outside {name}",
                      "-out", f"{name}.csr")
        self.tool("x509", "-req", "-in", "root.csr", "-signkey", "root.key", "-days", "3000", "-extfile", "settings",
                  "-extensions", "authority", "-out", "root.pem")
        self.tool("x509", "-req", "-in", "issuing.csr", "-CA", "root.pem", "-CAkey", "root.key", "-days", "2000",
                  "-CAcreateserial", "-extfile", "settings", "-extensions", "issuing_authority", "-out", "issuing.pem")
        self.issue("tsa", "stamping")
        self.issue("responder", "responder")
        self.issue("server", "server")
        chain = (self.folder / "issuing.pem").read_text() + (self.folder / "root.pem").read_text()
        (self.folder / "chain.pem").write_text(chain)
        (self.folder / "server-chain.pem").write_text((self.folder / "server.pem").read_text() + chain)

    def issue(self, name, profile, *options):
        self.tool("ca", "-batch", "-config", "settings", "-notext", "-in", f"{name}.csr", "-extensions", profile,
                  "-out", f"{name}.pem", *options)

    def revoke(self, certificate):
        with self.lock:
            self.tool("ca", "-config", "settings", "-revoke", certificate, "-crl_reason", "superseded")

    def answer(self, request, body):
        self.asked.append(request.path)
        trouble = self.trouble
        if trouble == "slow":
            time.sleep(5)
        if trouble == "refuse":
            return self.send(request, 500, "text/plain", b"no")
        if trouble == "garbage":
            return self.send(request, 200, "application/octet-stream", b"\x30\x82nonsense")
        if trouble == "huge":
            return self.send(request, 200, "application/octet-stream", b"0" * 40_000_000)
        if self.user and request.path.startswith(("/tsa", "/est")):
            expected = "Basic " + base64.b64encode(self.user.encode()).decode()
            if request.headers.get("Authorization") != expected:
                return self.send(request, 401, "text/plain", b"who are you?")
        with self.lock:
            kind, content = self.content(request.path, body)
        self.send(request, 200 if kind else 404, kind or "text/plain", content)

    def content(self, path, body):
        if path == "/tsa":
            return "application/timestamp-reply", self.stamp(body)
        if path == "/ocsp":
            (self.folder / "ocsp-request").write_bytes(body)
            self.tool("ocsp", "-index", "index.txt", "-CA", "issuing.pem", "-rsigner", "responder.pem", "-rkey",
                      "responder.key", "-reqin", "ocsp-request", "-respout", "ocsp-response", "-ndays", "1")
            return "application/ocsp-response", (self.folder / "ocsp-response").read_bytes()
        if path in ("/root.crl", "/issuing.crl"):
            name = path[1:-4]
            self.tool("ca", "-config", "settings", "-name", name, "-gencrl", "-out", f"{name}-crl.pem")
            return "application/pkix-crl", self.tool("crl", "-in", f"{name}-crl.pem", "-outform", "DER")
        if path == "/est/simpleenroll":
            return "application/pkcs7-mime", self.enroll(body)
        return None, b""

    def stamp(self, query):
        if self.trouble == "other":
            self.tool("ts", "-query", "-digest", "ab" * 32, "-sha256", "-cert", "-out", "query")
        else:
            (self.folder / "query").write_bytes(query)
        self.tool("ts", "-reply", "-config", "settings", "-section", "tsa", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def enroll(self, body):
        (self.folder / "enroll.csr").write_bytes(base64.b64decode(body))
        self.tool("req", "-inform", "DER", "-in", "enroll.csr", "-verify", "-noout", "-config", "settings")
        self.tool("ca", "-batch", "-config", "settings", "-utf8", "-notext", "-in", "enroll.csr", "-inform", "DER",
                  "-out", "enrolled.pem")
        return base64.encodebytes(
            self.tool("crl2pkcs7", "-nocrl", "-certfile", "enrolled.pem", "-outform", "DER"))

    @staticmethod
    def send(request, status, kind, content):
        try:
            request.send_response(status)
            request.send_header("Content-Type", kind)
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)
        except OSError:
            pass  # who asked has gone
