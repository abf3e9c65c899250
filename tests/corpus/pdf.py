"""Writes PDF files revision by revision, and signs them with the openssl command."""
import hashlib
import re
import subprocess
import tempfile
import zlib
from pathlib import Path

RESERVED = 6000  # bytes of Contents


def stream(data, entries=b""):
    return b"<< /Length %d %s>>\nstream\n" % (len(data), entries) + data + b"\nendstream"


def run(*arguments, data=None):
    done = subprocess.run([str(a) for a in arguments], input=data, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{arguments}: {done.stderr.decode()}")
    return done.stdout


class Keys:
    """An authority, signers and a timestamp authority, made anew for each run."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="corpus-keys-"))
        self.make("ca", "/CN=Corpus CA", None, ["-newkey", "rsa:2048"])
        usage = "keyUsage=critical,digitalSignature,nonRepudiation\nbasicConstraints=CA:FALSE\n"
        self.make("rsa", "/CN=Corpus Signer", usage, ["-newkey", "rsa:2048"])
        self.make("ec", "/CN=Corpus Signer EC", usage,
                  ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
        serial = run("openssl", "x509", "-in", self.path("rsa.crt"), "-noout", "-serial")
        self.make("twin", "/CN=Twin", usage, ["-newkey", "ec", "-pkeyopt",
                                              "ec_paramgen_curve:P-256"],
                  ["-set_serial", "0x" + serial.decode().strip().split("=")[1]])
        stamping = "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"
        self.make("tsa", "/CN=Corpus TSA", stamping, ["-newkey", "rsa:2048"])
        (self.path("serial")).write_text("01")
        self.path("ts.cnf").write_text(
            f"[tsa]\ndefault_tsa=t\n[t]\nserial={self.path('serial')}\ncrypto_device=builtin\n"
            f"signer_cert={self.path('tsa.crt')}\ncerts={self.path('ca.crt')}\n"
            f"signer_key={self.path('tsa.key')}\nsigner_digest=sha256\ndefault_policy=1.2.3\n"
            "digests=sha256\ness_cert_id_alg=sha256\n")

    def path(self, name):
        return self.folder / name

    def make(self, name, subject, extensions, key, serial=("-CAcreateserial",)):
        key = ["-nodes", "-keyout", self.path(name + ".key"), *key]
        if extensions is None:
            run("openssl", "req", "-x509", *key, "-days", 3000, "-subj", subject,
                "-out", self.path(name + ".crt"))
            return
        run("openssl", "req", *key, "-subj", subject, "-out", self.path("csr"))
        self.path("ext").write_text(extensions)
        run("openssl", "x509", "-req", "-in", self.path("csr"), "-CA", self.path("ca.crt"),
            "-CAkey", self.path("ca.key"), *serial, "-days", 2900,
            "-extfile", self.path("ext"), "-out", self.path(name + ".crt"))

    def der(self, name):
        return run("openssl", "x509", "-in", self.path(name + ".crt"), "-outform", "DER")

    def cms(self, content, options=(), signer="rsa"):
        return run("openssl", "cms", "-sign", "-binary", "-outform", "DER", "-signer",
                   self.path(signer + ".crt"), "-inkey", self.path(signer + ".key"),
                   "-certfile", self.path("ca.crt"), *options, data=content)

    def cades(self, content, signer="rsa"):
        return self.cms(content, ["-cades", "-md", "sha256", "-nosmimecap"], signer)

    def timestamp(self, content):
        query = run("openssl", "ts", "-query", "-digest", hashlib.sha256(content).hexdigest(),
                    "-sha256", "-cert")
        self.path("query").write_bytes(query)
        return run("openssl", "ts", "-reply", "-config", self.path("ts.cnf"), "-queryfile",
                   self.path("query"), "-token_out")

    def raw_rsa_sha1(self, content):
        signature = run("openssl", "dgst", "-sha1", "-sign", self.path("rsa.key"), data=content)
        return b"\x04\x82" + len(signature).to_bytes(2, "big") + signature


class Doc:
    """A file so far: what its last section says, and the bodies of its objects."""

    def __init__(self, head=b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"):
        self.data = head
        self.base = 0  # what offsets count from
        self.objects = {}
        self.previous = None
        self.size = 1
        self.trailer = b"/Root 1 0 R /Info 6 0 R"

    def copy(self):
        out = Doc(self.data)
        out.base, out.previous, out.size, out.trailer = (self.base, self.previous, self.size,
                                                         self.trailer)
        out.objects = dict(self.objects)
        return out

    def new(self, count=1):
        number = self.size
        self.size += count
        return number

    def write(self, objects, xref="table", free=(), generations=None, extra=b"", previous="chain",
              eol=b"\n", unlisted=None, end=b"%%EOF\n", first=None, root=None, size=None):
        """Appends a revision with these objects (number -> body)."""
        generations = generations or {}
        out, offsets = self.data, {}
        if self.data and not self.data.endswith((b"\n", b"\r")):
            out += eol
        for number, body in {**objects, **(unlisted or {})}.items():
            if number in objects:
                offsets[number] = len(out) - self.base
            out += b"%d %d obj" % (number, generations.get(number, 0)) + eol + body + eol
            out += b"endobj" + eol
            self.objects[number] = body
        self.size = max([self.size, *(n + 1 for n in objects)])
        chain = self.previous if previous == "chain" else previous
        entries = {n: b"%010d %05d n" % (o, generations.get(n, 0)) for n, o in offsets.items()}
        entries.update({n: b"%010d %05d f" % (0, 1) for n in free})
        trailer = root or self.trailer
        if chain is not None:
            trailer += b" /Prev %d" % chain
        else:
            entries[0] = b"%010d %05d f" % (0, 65535)
        trailer += b" /Size %d " % (size or self.size) + extra
        start = len(out) - self.base
        if xref == "table":
            out += self._table(entries, trailer, eol, first)
        else:
            out += self._stream(offsets, free, trailer, start, chain is None)
        out += b"startxref" + eol + b"%d" % start + eol + end
        self.data, self.previous = out, start
        return self

    def _table(self, entries, trailer, eol, first):
        out = b"xref" + eol
        numbers = sorted(entries)
        tail = b"\r\n" if eol == b"\r\n" else b" " + eol
        while numbers:
            count = 1
            while count < len(numbers) and numbers[count] == numbers[0] + count:
                count += 1
            begin = numbers[0] if first is None else first
            out += b"%d %d" % (begin, count) + eol
            out += b"".join(entries[n] + tail for n in numbers[:count])
            numbers = numbers[count:]
        return out + b"trailer" + eol + b"<< " + trailer + b">>" + eol

    def _stream(self, offsets, free, trailer, start, whole):
        number = self.new()
        rows = {n: b"\1" + o.to_bytes(4, "big") + b"\0" for n, o in offsets.items()}
        rows.update({n: b"\0\0\0\0\0\1" for n in free})
        rows[number] = b"\1" + start.to_bytes(4, "big") + b"\0"
        if whole:
            rows[0] = b"\0\0\0\0\0\xff"
        index = b" ".join(b"%d 1" % n for n in sorted(rows))
        body = zlib.compress(b"".join(rows[n] for n in sorted(rows)))
        trailer = re.sub(rb"/Size \d+", b"/Size %d" % self.size, trailer)
        entries = b"/Type /XRef /W [1 4 1] /Index [%s] /Filter /FlateDecode " % index + trailer
        return b"%d 0 obj\n" % number + stream(body, entries) + b"\nendobj\n"


def signature(sub_filter=b"ETSI.CAdES.detached", extra=b"", kind=b"Sig", reserved=RESERVED):
    return (b"<< /Type /" + kind + b" /Filter /Adobe.PPKLite /SubFilter /" + sub_filter + b" " +
            extra + b" /ByteRange [0 ********** ********** **********] /Contents <" +
            b"0" * (2 * reserved) + b"> >>")


def fill_signature(doc, make, until=None):
    """Fills in the ByteRange and Contents of the newest signature."""
    data = doc.data
    at = data.rfind(b"[0 **********")
    opened = data.find(b"/Contents <", at) + 10
    closed = data.find(b">", opened) + 1
    end = len(data) if until is None else until
    numbers = b"%010d %010d %010d" % (opened, closed, end - closed)
    data = data[:at + 3] + numbers + data[at + 3 + len(numbers):]
    value = make(data[:opened] + data[closed:end])
    doc.data = data[:opened + 1] + value.hex().encode() + data[opened + 1 + 2 * len(value):]
    return doc
