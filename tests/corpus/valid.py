"""Files that are what was signed: none of them is tampered."""
import hashlib
import re
import shutil
import zlib

from covering import valid_coverings
from documents import (XMP, add_store, base, base_objects, fieldmdp, sign, sign_new, text_look,
                       with_entry)
from filling import valid_fillings
from pdf import Doc, run, stream


def filled(doc, text=b"200", shown=None, **options):
    """The text field with another value and look."""
    doc = doc.copy()
    look = doc.new()
    field = doc.objects[10].replace(b"/V (100)", b"/V (" + text + b")")
    field = field.replace(b"/N 13 0 R", b"/N %d 0 R" % look)
    return doc.write({10: field, look: text_look(shown or text)}, **options)


def tagged(doc, field):
    """The structure elements that an accessible new field brings."""
    element = doc.new()
    return {
        element: b"<< /Type /StructElem /S /Form /P 16 0 R /K [<< /Type /OBJR /Obj %d 0 R "
                 b"/Pg 3 0 R >>] >>" % field,
        16: doc.objects[16].replace(b"/K []", b"/K [%d 0 R]" % element),
        17: b"<< /Nums [0 [16 0 R] 1 %d 0 R] >>" % element,
        15: doc.objects[15].replace(b"NextKey 1", b"NextKey 2"),
    }


def hybrid(keys):
    """Object 14 is known to the stream that /XRefStm names alone."""
    objects = base_objects()
    spare = objects.pop(14)
    doc = Doc()
    place = len(doc.data)
    doc.data += b"14 0 obj\n" + spare + b"\nendobj\n"
    at = len(doc.data)
    rows = b"\1" + place.to_bytes(3, "big") + b"\0"
    entries = b"/Type /XRef /W [1 3 1] /Index [14 1] /Size 21 "
    doc.data += b"20 0 obj\n" + stream(rows, entries) + b"\nendobj\n"
    doc.size = 21
    doc.write(objects, extra=b"/XRefStm %d " % at)
    doc.objects[14] = spare
    return sign(doc, keys)


def with_object_streams(keys):
    """The spare object lives in an object stream."""
    body = b"14 0 (spare)"
    doc = base()
    number = doc.new()
    packed = stream(zlib.compress(body), b"/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode ")
    doc.write({number: packed}, xref="stream")
    return sign(doc, keys, xref="stream")


def junk_before(keys):
    doc = Doc(b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.7\n")
    doc.base = doc.data.index(b"%PDF")
    doc.write(base_objects())
    return sign(doc, keys)


def sha1_forms(keys):
    digest = lambda content: keys.cms(hashlib.sha1(content).digest(), ["-nodetach", "-md", "sha1"])
    yield "adbe_pkcs7_sha1", sign(base(), keys, sub_filter=b"adbe.pkcs7.sha1", make=digest)
    certificate = b"/Cert <" + keys.der("rsa").hex().encode() + b">"
    yield "adbe_x509_rsa_sha1", sign(base(), keys, sub_filter=b"adbe.x509.rsa_sha1",
                                     make=keys.raw_rsa_sha1, extra=certificate)


def indefinite(der):
    """The outer SEQUENCE with an indefinite length (BER)."""
    return b"\x30\x80" + der[4:] + b"\0\0"


def forms_of_signatures(keys):
    detached = b"adbe.pkcs7.detached"
    yield "adbe_detached", sign(base(), keys, sub_filter=detached,
                                make=lambda c: keys.cms(c, ["-md", "sha256"]))
    yield "without_attributes", sign(base(), keys, sub_filter=detached,
                                     make=lambda c: keys.cms(c, ["-noattr", "-md", "sha256"]))
    yield "indefinite_length", sign(base(), keys, sub_filter=detached, make=lambda c: indefinite(
        keys.cms(c, ["-md", "sha256"])))
    pss = ["-md", "sha256", "-keyopt", "rsa_padding_mode:pss"]
    yield "rsa_pss", sign(base(), keys, sub_filter=detached, make=lambda c: keys.cms(c, pss))
    yield "ecdsa", sign(base(), keys, make=lambda c: keys.cades(c, "ec"))
    # Another certificate of the same issuer and number, which the shorter one comes before.
    twin = ["-md", "sha256", "-certfile", keys.path("twin.crt")]
    yield "serial_number_twice", sign(base(), keys, make=lambda c: keys.cms(c, ["-cades", *twin]))
    yield "serial_number_twice_without_attributes", sign(
        base(), keys, sub_filter=detached, make=lambda c: keys.cms(c, ["-noattr", *twin]))
    yield from sha1_forms(keys)


def later_signatures(keys):
    one = sign(base(), keys)
    yield "two_fields", sign(one, keys, field=12)
    yield "second_in_stream", sign(sign(base("stream"), keys, xref="stream"), keys, field=12,
                                   xref="stream")
    dated = sign(base("stream"), keys, xref="stream")
    date = dated.objects[6].replace(b"20240101", b"20250101")
    yield "date_of_a_file_with_streams", sign(dated, keys, field=12, objects={6: date},
                                              xref="stream")
    yield "new_invisible_field", sign_new(one, keys)
    yield "new_visible_field", sign_new(one, keys, rect=b"300 300 400 350")
    yield "new_tagged_field", sign_new(one, keys, rect=b"300 300 400 350", objects=tagged)
    yield "generation_one", sign_new(one, keys, objects=lambda d, f: {d.new(): b"(extra)"},
                                     generations={one.size + 2: 1})
    yield "certified_then_signed", sign(sign(base(), keys, certify=2), keys, field=12)
    certified = sign(base(), keys, certify=1)
    yield "certified_finally", certified
    yield "certified_finally_then_stamped", sign_new(certified, keys, stamp=True)
    yield "certified_finally_then_store", add_store(certified, keys)
    many = base()
    for index in range(30):
        many = sign_new(many, keys, name=b"s%d" % index)
    yield "thirty_signatures", many


def long_term(keys):
    one = sign(base(), keys)
    stored = add_store(one, keys)
    yield "store", stored
    stamped = sign_new(stored, keys, stamp=True)
    yield "store_and_stamp", stamped
    yield "stamp_without_widget", sign_new(stored, keys, stamp=True, widget=False)
    again = add_store(stamped, keys, vri=b"B" * 40, store=stored.store)
    yield "store_rewritten", again
    freed = add_store(stamped, keys, store=stored.store, free=[stored.store_certificate])
    yield "store_with_freed_objects", sign_new(freed, keys, name=b"stamp2", stamp=True)
    moved = stamped.copy()
    new = moved.new()
    moved.write({new: b"<< /Type /DSS /Certs [] >>", 1: moved.objects[1].replace(
        b"/DSS %d 0 R" % stored.store, b"/DSS %d 0 R" % new)},
        free=[stored.store, stored.store_certificate])
    yield "store_replaced_and_freed", moved
    extended = one.copy()
    extended.write({1: with_entry(one.objects[1], b"/Version /2.0 /Extensions << /ESIC << "
                                  b"/BaseVersion /1.7 /ExtensionLevel 5 >> >>")})
    yield "extensions_and_version", extended
    dated = one.copy()
    dated.write({6: b"<< /Title (Contract) /Producer (Other) /ModDate (D:20250101000000Z) >>",
                 7: stream(XMP % b"2025-01-01", b"/Type /Metadata /Subtype /XML ")})
    yield "dates_of_metadata", sign(dated, keys, field=12)


def permitted(keys):
    certified = sign(base(), keys, certify=2)
    yield "filled_after_certification", filled(certified)
    yield "filled_and_signed", sign(filled(certified), keys, field=12)
    for name, value, shown in (("grouped", b"1234.5", b"1,234.50"),
                               ("currency", b"-1234.5", b"(\x80 1.234,50)")):
        yield f"filled_number_{name}", filled(certified, value, shown)
    excluding = sign(base(), keys, extra=fieldmdp(b"Exclude", b"(amount)"))
    yield "filled_outside_of_lock", filled(excluding)
    noting = sign(base(), keys, certify=3).copy()
    note = noting.new()
    page = noting.objects[3].replace(b"12 0 R]", b"12 0 R %d 0 R]" % note)
    noting.write({3: page, note: b"<< /Type /Annot /Subtype /Text /Rect [9 9 29 29] "
                                 b"/Contents (seen) >>"})
    yield "note_after_certification", noting


def shapes(keys):
    one = sign(base(), keys)
    yield "one", one
    yield "stream_sections", sign(base("stream"), keys, xref="stream")
    yield "table_on_stream", sign(base("stream"), keys)
    yield "hybrid", hybrid(keys)
    yield "object_stream", with_object_streams(keys)
    yield "junk_before_header", junk_before(keys)
    yield "carriage_returns", sign(base(eol=b"\r\n"), keys, eol=b"\r\n")
    yield "counted_from_one", sign(base(first=1), keys)
    yield "end_without_line_end", sign(base(), keys, end=b"%%EOF")
    for name, space in (("lines", b"\r\n\r\n"), ("spaces", b"   \n")):
        spaced = one.copy()
        spaced.data += space
        yield "behind_the_end_" + name, spaced
    if shutil.which("qpdf"):
        yield "linearised", linearised(keys)


def linearised(keys):
    """The base as qpdf linearises it, which numbers the objects anew."""
    path, out = keys.path("in.pdf"), keys.path("out.pdf")
    path.write_bytes(base().data)
    run("qpdf", "--linearize", "--object-streams=disable", "--newline-before-endstream", path, out)
    doc = Doc(out.read_bytes())
    found = re.search(rb"\n(\d+) 0 obj\n(<<[^\n]*/T \(a\)[^\n]*>>)\nendobj", doc.data)
    field = int(found.group(1))
    doc.objects[field] = found.group(2)
    doc.previous = int(re.findall(rb"startxref\s+(\d+)", doc.data)[-1])
    doc.trailer = re.search(rb"/Root \d+ 0 R", doc.data).group(0)
    doc.size = 100
    return sign(doc, keys, field=field)


def all_valid(keys):
    for group in (shapes, forms_of_signatures, later_signatures, long_term, permitted,
                  valid_coverings, valid_fillings):
        yield from group(keys)


def unsigned(_keys):
    yield "plain", base()
    yield "empty_fields", base("stream")

