"""Outside validators, run as programs, and what they say of a signed file."""
import re
import subprocess
import tempfile
from pathlib import Path


def run(arguments, **options):
    return subprocess.run([str(a) for a in arguments], capture_output=True, timeout=120, **options)


def text_of(arguments):
    return run(arguments).stdout.decode("utf-8", "replace")


def signatures_of_pdfsig(path):
    """One entry a signature: its validity line, its signer, and whether it covers the file."""
    out = []
    for block in re.split(r"^Signature #\d+:", text_of(["pdfsig", "-nocert", path]), flags=re.M)[1:]:
        out.append({
            "valid": "Signature Validation: Signature is Valid." in block,
            "signer": re.search(r"Signer full Distinguished Name: (.*)", block).group(1),
            "field": re.search(r"Signature Field Name: (.*)", block).group(1),
        })
    return out


def distinct_signatures(data):
    """(offset of Contents, ByteRange, CMS) of each signature dictionary of a file that we wrote."""
    out = []
    for match in re.finditer(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", data):
        a, b, c, d = (int(x) for x in match.groups())
        contents = data[b + 1:c - 1]
        out.append(((a, b, c, d), bytes.fromhex(contents.decode("ascii"))))
    return out


def der_only(cms):
    """The DER value without the zeros that pad its reserve."""
    size = cms[1]
    if size & 0x80:
        count = size & 0x7F
        return cms[:2 + count + int.from_bytes(cms[2:2 + count], "big")]
    return cms[:2 + size]


def check_cms(data, byte_range, cms, stamped=True):
    """Verifies one signature with openssl; returns a fault or None."""
    a, b, c, d = byte_range
    with tempfile.TemporaryDirectory() as folder:
        signature, content = Path(folder) / "cms.der", Path(folder) / "content"
        signature.write_bytes(der_only(cms))
        content.write_bytes(data[a:a + b] + data[c:c + d])
        chain = Path(folder) / "chain.pem"
        run(["openssl", "pkcs7", "-inform", "DER", "-in", signature, "-print_certs", "-out", chain])
        verified = run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", signature,
                        "-content", content, "-CAfile", chain, "-purpose", "any", "-cades",
                        "-out", "/dev/null"])
        if verified.returncode != 0:
            return "openssl cms -verify: " + verified.stderr.decode()
        printed = text_of(["openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", signature])
        if stamped and "id-smime-aa-timeStampToken" not in printed:
            return "there is no timestamp token"
        if "signingTime" in printed.split("unsignedAttrs")[0].split("signedAttrs")[-1]:
            return "there is a signing-time attribute"
    return None


def qpdf_is_clean(path):
    return run(["qpdf", "--check", path]).returncode == 0
