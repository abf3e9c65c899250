"""What others need for a signature of RSA 2048 at level B-B: two libraries for Node.js in one process
each (CPU time), and two command line tools as processes (time on the clock), on documents of two
sizes. The limit beside each is that of ours: raw CMS over a digest that is given."""
import os
import random
import shutil
import statistics
import subprocess
import time
from pathlib import Path

from report import entry

SIZES = (("90KB", 90_000, 20), ("10MB", 10_000_000, 4))
PROCESS_ROUNDS = 9
SIGNATURE_FIELD = 6  # its object number
HERE = Path(__file__).resolve().parent


def document(size):
    """A page with a picture of random samples and a signature field, with a classic table."""
    picture = random.Random(size).randbytes(size - 1_000)
    objects = [
        b"<</Type /Catalog /Pages 2 0 R /AcroForm <</Fields [6 0 R] /SigFlags 1>>>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources <</XObject <</I 5 0 R>>>> /Annots [6 0 R]>>",
        b"<</Length 33>>\nstream\nq 500 0 0 500 40 200 cm /I Do Q \nendstream",
        b"<</Type /XObject /Subtype /Image /Width %d /Height 1 /BitsPerComponent 8 "
        b"/ColorSpace /DeviceGray /Length %d>>\nstream\n%s\nendstream"
        % (len(picture), len(picture), picture),
        b"<</Type /Annot /Subtype /Widget /FT /Sig /T (Seal) /F 4 /P 3 0 R /Rect [40 40 160 160]>>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True,
                          **options).stdout


def make_keys(folder):
    """A key and its certificate as PKCS#12 and as a database of NSS; both peers' own formats."""
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem",
        "-out", folder / "cert.pem", "-days", 30, "-subj", "/CN=bench")
    run("openssl", "pkcs12", "-export", "-inkey", folder / "key.pem", "-in", folder / "cert.pem",
        "-name", "bench", "-out", folder / "key.p12", "-passout", "pass:bench")
    nss = folder / "nss"
    nss.mkdir()
    run("certutil", "-N", "-d", nss, "--empty-password")
    run("pk12util", "-i", folder / "key.p12", "-d", nss, "-W", "bench")
    return nss


def clocked(command, rounds):
    """Median time of a process in microseconds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        run(*command)
        times.append((time.perf_counter() - begin) * 1e6)
    return statistics.median(times)


def libraries(folder, documents, limit):
    """The Node.js libraries. Needs Node.js 20 and its registry; what is missing is left out."""
    if shutil.which("npm") is None:
        print("Without npm the Node.js peers are left out.")
        return []
    shutil.copy(HERE / "peers" / "package.json", folder)
    run("npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", cwd=folder)
    out = []
    for peer in ("signpdf", "libpdf"):
        for name, path, rounds in documents:
            line = run("node", HERE / "peers" / "sign.mjs", peer, folder / "key.p12", rounds, path,
                       cwd=folder)
            value = float(line.split()[-1])
            out.append(entry(f"peer.{peer}.rsa_2048.{name}", value, "us", limit, value / limit))
    return out


def tools(folder, nss, documents, limit):
    """The tools sign as whole processes: starting, reading, signing, writing."""
    out = []
    for name, path, _ in documents:
        commands = {
            "pdfsig": ("pdfsig", "-nssdir", nss, "-add-signature", "-nick", "bench", path,
                       folder / "pdfsig.pdf"),
            "mutool": ("mutool", "sign", "-s", folder / "key.p12", "-P", "bench",
                       "-o", folder / "mutool.pdf", path, SIGNATURE_FIELD),
        }
        for tool, command in commands.items():
            value = clocked(command, PROCESS_ROUNDS)
            out.append(entry(f"peer.{tool}_process.rsa_2048.{name}", value, "us", limit,
                             value / limit))
    return out


def peers(root, limit):
    folder = root / "peers"
    folder.mkdir()
    nss = make_keys(folder)
    documents = []
    for name, size, rounds in SIZES:
        path = folder / f"{name}.pdf"
        path.write_bytes(document(size))
        documents.append((name, path, rounds))
    return libraries(folder, documents, limit) + tools(folder, nss, documents, limit)
