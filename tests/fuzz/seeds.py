#!/usr/bin/env python3
"""Makes inputs for the fuzz targets to begin with: seeds.py FOLDER writes FOLDER/TARGET/NAME.

The documents of tests/corpus with little room for signatures, so that mutations seldom land in
padding; small documents that hold what those do not; signatures over what the target covers.
"""
import io
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "corpus"))
import pdf  # noqa: E402

ROOM = 2_400  # bytes of Contents
DETACHED, PKCS7, SHA1_FORM, BARE, STAMP, DATE = range(6)  # the forms of cms.cpp
COVERED = b"covered text"  # what cms.cpp says is signed


PLACES, SECTION = (9, 54, 105, 166), 243  # what xref.cpp puts before a section


def tlv(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    head = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 255])
    return bytes([tag]) + head + body


def split(der):
    """The values that follow each other in the content of a constructed value."""
    out = []
    while der:
        at, size = 2, der[1]
        if size >= 128:
            at = 2 + (size & 127)
            size = int.from_bytes(der[2:at], "big")
        out.append(der[:at + size])
        der = der[at + size:]
    return out


def content(der):
    return der[2 + (der[1] & 127 if der[1] >= 128 else 0):]


def oid(text):
    numbers = [int(part) for part in text.split(".")]
    out = bytes([numbers[0] * 40 + numbers[1]])
    for number in numbers[2:]:
        digits = [number & 127]
        while number := number >> 7:
            digits.insert(0, number & 127 | 128)
        out += bytes(digits)
    return tlv(6, out)


def with_signer(cms, change):
    """A CMS object with its SignerInfo, a list of values, changed."""
    kind, wrapped = split(content(cms))
    data = split(content(content(wrapped)))
    data[-1] = tlv(0x31, tlv(0x30, *change(split(content(content(data[-1]))))))
    return tlv(0x30, kind, tlv(0xA0, tlv(0x30, *data)))


def with_timestamp(keys, cms):
    def add(signer):
        token = keys.timestamp(content(signer[-1]))
        attribute = tlv(0x30, oid("1.2.840.113549.1.9.16.2.14"), tlv(0x31, token))
        return [*signer, tlv(0xA1, attribute)]
    return with_signer(cms, add)


def with_attribute(keys, cms, kind, value):
    """One more signed attribute, or another one in its place; signed again."""
    def add(signer):
        at = next(i for i, part in enumerate(signer) if part[0] == 0xA0)
        attributes = [one for one in split(content(signer[at]))
                      if not content(one).startswith(oid(kind))]
        attributes = sorted([*attributes, tlv(0x30, oid(kind), tlv(0x31, value))])
        signer[at] = tlv(0xA0, *attributes)
        signer[-1] = tlv(4, pdf.run("openssl", "dgst", "-sha256", "-sign", keys.path("rsa.key"),
                                    data=tlv(0x31, *attributes)))
        return signer
    return with_signer(cms, add)


def with_archive(keys, cms, crl, ocsp, cut=0):
    """Adobe's revocation archive as a signed attribute; it may end before its last item does."""
    ocsp = ocsp[:len(ocsp) - cut]
    archive = tlv(0x30, tlv(0xA0, tlv(0x30, crl)), tlv(0xA1, tlv(0x30, ocsp)))
    return with_attribute(keys, cms, "1.2.840.113583.1.1.8", archive)


def with_short_name(keys, cms, cut=0):
    """signing-certificate-v2 that ends with the certificate's hash, or with half of it."""
    name = tlv(4, pdf.hashlib.sha256(keys.der("rsa")).digest()[:32 - cut])
    for _ in range(3):
        name = tlv(0x30, name)
    return with_attribute(keys, cms, "1.2.840.113549.1.9.16.2.47", name)


def revocation(keys):
    """A CRL that has the EC signer, an OCSP response for the RSA one, and one for the EC one."""
    index = keys.path("index.txt")
    lines = []
    for name in ("rsa", "ec", "tsa"):
        serial = pdf.run("openssl", "x509", "-in", keys.path(name + ".crt"), "-noout", "-serial")
        end = "341231235959Z"
        state = f"R\t{end}\t270101000000Z" if name == "ec" else f"V\t{end}\t"
        lines.append(f"{state}\t{serial.decode().strip().split('=')[1]}\tunknown\t/CN={name}\n")
    index.write_text("".join(lines))
    keys.path("ca.cnf").write_text(f"[ca]\ndefault_ca=c\n[c]\ndatabase={index}\n"
                                   "default_md=sha256\ndefault_crl_days=2900\n")
    crl = pdf.run("openssl", "ca", "-gencrl", "-config", keys.path("ca.cnf"), "-keyfile",
                  keys.path("ca.key"), "-cert", keys.path("ca.crt"))
    crl = pdf.run("openssl", "crl", "-outform", "DER", data=crl)
    responses = []
    for name in ("rsa", "ec"):
        pdf.run("openssl", "ocsp", "-index", index, "-CA", keys.path("ca.crt"), "-rsigner",
                keys.path("ca.crt"), "-rkey", keys.path("ca.key"), "-issuer", keys.path("ca.crt"),
                "-cert", keys.path(name + ".crt"), "-respout", keys.path("ocsp"), "-noverify",
                "-ndays", 2900)
        responses.append(keys.path("ocsp").read_bytes())
    return crl, *responses


def cms_seeds(keys):
    crl, ocsp, ocsp_ec = revocation(keys)
    cades = keys.cades(COVERED)
    pss = ["-keyopt", "rsa_padding_mode:pss", "-md", "sha256"]
    out = {
        "cades": (DETACHED, cades),
        "cades_short": (DETACHED, with_short_name(keys, cades)),
        "cades_half": (DETACHED, with_short_name(keys, cades, 12)),
        "archive_cut": (PKCS7, with_archive(keys, cades, crl, ocsp, 100)),
        "cades_padded": (DETACHED, cades + bytes(40)),
        "cades_ec": (DETACHED, keys.cades(COVERED, "ec")),
        "timestamped": (DETACHED, with_timestamp(keys, cades)),
        "archive": (PKCS7, with_archive(keys, keys.cms(COVERED), crl, ocsp)),
        "archive_revoked": (PKCS7, with_archive(keys, cades, crl, ocsp_ec)),
        "plain": (PKCS7, keys.cms(COVERED)),
        "sha1": (PKCS7, keys.cms(COVERED, ["-cades", "-md", "sha1"])),
        "pss": (PKCS7, keys.cms(COVERED, pss)),
        "no_attributes": (PKCS7, keys.cms(COVERED, ["-noattr"])),
        "enclosed": (PKCS7, keys.cms(COVERED, ["-nodetach"])),
        "no_certificates": (PKCS7, keys.cms(COVERED, ["-nocerts"])),
        "key_identifier": (PKCS7, keys.cms(COVERED, ["-keyid"])),
        "stamp": (STAMP, keys.timestamp(COVERED)),
        "bare": (BARE, keys.raw_rsa_sha1(COVERED)),
        "bare_certificate": (BARE, keys.der("rsa")),
        "data": (PKCS7, pdf.run("openssl", "cms", "-data_create", "-outform", "DER",
                                data=COVERED)),
        "digest_form": (SHA1_FORM, keys.cms(pdf.hashlib.sha1(COVERED).digest(), ["-nodetach"])),
    }
    dates = (b"D:20240131120000+08'00'", b"D:2024", b"D:20241301999999Z", b"20240131120000-05'30",
             b"D:20240131120000123456", b"D:202", b"now")
    out.update({f"date_{at}": (DATE, text) for at, text in enumerate(dates)})
    return {name: bytes([form]) + der for name, (form, der) in out.items()}, \
        (keys.der("ca") + keys.der("tsa") + keys.der("ec") + crl + ocsp)


FIELDS = {
    1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R 6 0 R 9 0 R] >> >>",
    2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 +9.5 -.5] /Contents 4 0 R >>",
    4: b"<< /Length 10 0 R >>\nstream\nq Q\nendstream",
    5: b"<< /FT /Tx /T <FEFF4F60D83DDE00D83D> /V (a\\(b\\)\\n\\r\\t\\b\\f\\101\\7\\\nx\rz(i)) >>",
    6: b"<< /T (p#) /FT /Sig /Kids [7 0 R << /T (d) /Parent 6 0 R >> 8 0 R] /V 11 0 R >>",
    7: b"<< /Parent 6 0 R /T (\xef\xbb\xbfk) /#4eame#2 true /A [null false 12 0 R] % note\n>>",
    8: b"<< /Parent 6 0 R /T <FEFF0041D83D> /Kids [] >>",
    9: b"<< /T <feff00e920ac> /FT /Btn /V /Off >>",
    10: b"3",
    11: b"<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>",
    12: b"12 0 R",
    13: b"<< /Length 13 0 R >>\nstream\nitself\nendstream",
    14: b"<< /Length 99 >>\nstream\r\nwrong\r\nendstream",
    15: b"[99999999999999999 -9223372036854775807 1.5e 0]".replace(b"e", b""),
    16: b"[" * 99 + b"]" * 99,
    17: b"<< /A 1 /A << /B 2 /B 3 >> >>",
}


def fields():
    return pdf.Doc().write(FIELDS)


def encrypted(folder, plain):
    """One file by each encryption, opened by the empty password."""
    source = folder / "plain.pdf"
    source.write_bytes(plain)
    ways = {"rc4_40": ["40", "--"], "rc4_128": ["128", "--use-aes=n", "--"],
            "aes_128": ["128", "--use-aes=y", "--"], "aes_256": ["256", "--"],
            "aes_256_old": ["256", "--force-R5", "--"],
            "metadata": ["128", "--use-aes=y", "--cleartext-metadata", "--"]}
    for name, way in ways.items():
        for streams in ("disable", "generate"):
            target = folder / "encrypted.pdf"
            pdf.run("qpdf", "--warning-exit-0", "--allow-weak-crypto", "--static-id",
                    "--static-aes-iv", f"--object-streams={streams}", "--encrypt", "", "owner",
                    *way, source, target)
            data = target.read_bytes()
            yield f"{name}_{streams}", data
            if name == "aes_256" and streams == "disable":
                # GCM comes with revision 7 (ISO/TS 32003), whose key is made as that of 6.
                for before, after in ((b"/AESV3", b"/AESV4"), (b"/R 6", b"/R 7"), (b"/V 5", b"/V 6")):
                    data = data.replace(before, after)
                yield "aes_gcm", data


def dictionaries(files):
    """The /Encrypt dictionary of each encrypted file, and some blocks of data behind it."""
    for name, data in files.items():
        for part in data.split(b"endobj"):
            if b"/Filter /Standard" in part:
                dictionary = part[part.index(b"<<", part.rindex(b" obj")):]
                yield name, dictionary + bytes(range(64))


def object_streams():
    """/N, /First in two bytes, members, flag, predictor, columns, colours; then the data."""
    members = [b"<</Fields[6 0 R 7 0 R]>>", b"<</T(a)/FT/Tx/V 8 0 R/Kids[9 0 R]>>",
               b"<</FT/Sig/T(s)/V<</Type/Sig/Contents<00>/ByteRange[0 1 2 3]>>>>", b"(v)",
               b"<</T<FEFFD83DDE00>/Parent 6 0 R>>", b"10 0 R", b"[1 2.5 true null/N]"]
    head, body = b"", b""
    for at, member in enumerate(members):
        head += b"%d %d " % (5 + at, len(body))
        body += member + b" "
    count = len(members)
    for name, flag, predictor, columns in (("plain", 1, 0, 0), ("packed", 0, 0, 0),
                                           ("png", 0, 4, 9)):
        data = head + body
        if columns:
            data += b" " * (-len(data) % columns)
            data = b"".join(b"\0" + data[i:i + columns] for i in range(0, len(data), columns))
        yield f"members_{name}", bytes([count, len(head) & 255, len(head) >> 8, count,
                                        flag, predictor, columns, 1]) + data


def sections():
    rows = b"\0\0\0\xff" + b"".join(b"\1" + place.to_bytes(2, "big") + b"\0"
                                   for place in PLACES) + b"\2\0\4\0\1" + SECTION.to_bytes(2, "big") + b"\0"
    yield "rows", b"S" + bytes([1, 2, 1, 0, 7, 0, 4, 1]) + rows
    wide = b"".join(b"\2" + rows[i:i + 4] for i in range(0, len(rows), 4))
    yield "rows_png", b"S" + bytes([1, 2, 1, 0, 7, 4, 4, 1]) + wide
    for filter_type in range(5):
        data = b"".join(bytes([filter_type]) + bytes(range(i, i + 6)) for i in range(4))
        yield f"decode_{filter_type}", b"D" + bytes([7, 3, 2, 4]) + bytes(4) + data
    yield "decode_much", b"D" + bytes([0, 0, 0, 4]) + bytes(4) + bytes(60)
    yield "zeros_some", b"B\x01"
    yield "zeros_many", b"B\x03"
    # Where a section begins, and where the objects before it stand, xref.cpp says.
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(
        b"%010d 00000 n \n" % place for place in PLACES)
    yield "table", table + b"trailer\n<</Size 5/Root 1 0 R>>"
    yield "circle", table + b"trailer\n<</Size 5/Root 1 0 R/Prev %d>>" % SECTION


def documents(keys, folder):
    """The generated corpus, by name, with little room for signatures."""
    pdf.signature.__defaults__ = (*pdf.signature.__defaults__[:-1], ROOM)
    import generate
    generate.Keys = lambda: keys
    sys.argv = ["generate.py", str(folder)]
    generate.main()
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.pdf"))}


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbooks():
    """What xlsx.cpp takes: a part behind its number, a whole file behind a 5."""
    cells = ("<row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1'><v>1.38E+10</v></c></row>"
             "<row r='3'><c t='inlineStr'><is><r><t>a</t></r><rPh><t>b</t></rPh></is></c>"
             "<c t='b'><v>1</v></c><c t='str'><v>_x000D_&amp;</v></c><c t='e'><v>#N/A</v></c></row>")
    parts = {
        "xl/worksheets/sheet1.xml": f"<worksheet xmlns='{SHEET}'><sheetData>{cells}</sheetData>"
                                    "<mergeCells><mergeCell ref='A1:B1'/></mergeCells></worksheet>",
        "xl/sharedStrings.xml": f"<sst xmlns='{SHEET}'><si><r><t>a</t></r><r><t>b</t></r></si></sst>",
        "xl/workbook.xml": f"<workbook xmlns='{SHEET}' xmlns:r='{KINDS}'><sheets><sheet name='h' "
                           "state='hidden' r:id='rId3'/><sheet name='s' r:id='rId1'/></sheets>"
                           "</workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{RELATED}'><Relationship Id='rId1' "
                                      f"Type='{KINDS}/worksheet' Target='/xl/worksheets/sheet1.xml'/>"
                                      f"<Relationship Id='rId2' Type='{KINDS}/sharedStrings' Target="
                                      "'../xl/sharedStrings.xml'/></Relationships>",
        "_rels/.rels": f"<Relationships xmlns='{RELATED}'><Relationship Id='rId1' Type="
                       f"'{KINDS}/officeDocument' Target='xl/workbook.xml'/></Relationships>"}
    for number, part in enumerate(parts.values()):
        yield f"part-{number}", bytes([number]) + part.encode()
    yield "formula", b"\0" + parts["xl/worksheets/sheet1.xml"].replace(
        "<v>0</v>", "<f>1</f>").encode()
    yield "doctype", b"\1<!DOCTYPE a [<!ENTITY b 'c'>]><sst>&b;</sst>"
    for name, method in (("stored", zipfile.ZIP_STORED), ("deflated", zipfile.ZIP_DEFLATED)):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", method) as archive:
            for part, text in parts.items():
                archive.writestr(zipfile.ZipInfo(part), text, method)
        yield name, b"\5" + file.getvalue()


def main():
    out = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as made:
        made = Path(made)
        keys = pdf.Keys()
        contents, trust = cms_seeds(keys)
        plain = fields().data
        files = {"fields": plain, **dict(encrypted(made, pdf.Doc().write(
            {n: body for n, body in FIELDS.items() if n < 12}).data))}
        corpus = documents(keys, made / "corpus")
        seeds = {
            "cms": contents,
            "xref": dict(sections()),
            "reader": {**files, **corpus},
            "members": dict(object_streams()),
            "crypt": dict(dictionaries(files)),
            "verify": {**files, **{name: data + b"\n%TRUST\n" + trust
                                   if name.startswith("valid-store") else data
                                   for name, data in corpus.items()}},
            "engine": {**files, **corpus},
            "xlsx": dict(workbooks()),
        }
    for target, some in seeds.items():
        (out / target).mkdir(parents=True, exist_ok=True)
        for name, data in some.items():
            (out / target / name).write_bytes(data)


if __name__ == "__main__":
    main()
