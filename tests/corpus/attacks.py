"""Files that show, or could show, other content than was signed: all of them are tampered."""
from covering import covering
from documents import (LOOK, XMP, add_store, base, base_objects, fieldmdp, sign, sign_new,
                       text_look, with_entry)
from filling import attacks_by_filling, packed_pages
from pdf import Doc, fill_signature, signature, stream
from valid import filled

PAY_MORE = stream(b"BT /F1 24 Tf 72 700 Td (Pay 999 EUR) Tj ET")
OVERLAY = stream(b"1 1 1 rg 0 0 200 30 re f BT /F1 24 Tf (Pay 999) Tj ET", LOOK)


def put(doc, objects, **options):
    return doc.copy().write(objects, **options)


def edit(doc, number, old, new, more=None):
    body = doc.objects[number]
    assert old in body, (number, old)
    return put(doc, {number: body.replace(old, new), **(more or {})})


def add(doc, number, entry, more=None):
    return put(doc, {number: with_entry(doc.objects[number], entry), **(more or {})})


def incremental_saving(one, _keys):
    yield "content", put(one, {4: PAY_MORE})
    yield "page", edit(one, 3, b"/Contents 4 0 R", b"/Contents 30 0 R", {30: PAY_MORE})
    catalog = one.objects[1].replace(b"/Pages 2 0 R", b"/Pages 31 0 R")
    pages = {31: b"<< /Type /Pages /Kids [32 0 R] /Count 1 >>",
             32: b"<< /Type /Page /Parent 31 0 R /MediaBox [0 0 99 99] /Contents 33 0 R >>",
             33: PAY_MORE}
    yield "catalog", put(one, {1: catalog, **pages})
    yield "root", put(one, {40: catalog, **pages}, root=b"/Root 40 0 R")
    yield "streams", put(one, {4: PAY_MORE}, xref="stream")
    for name, junk in (("body_only", b"\n4 0 obj\n" + PAY_MORE + b"\nendobj\n"),
                       ("body_and_end", b"\n4 0 obj\n" + PAY_MORE + b"\nendobj\n%%EOF\n"),
                       ("comment", b"\n% more\n"), ("zip", b"PK\3\4 archive")):
        tail = one.copy()
        tail.data += junk
        yield "tail_" + name, tail
    unlisted = put(one, {14: b"(x)"}, unlisted={4: PAY_MORE})
    yield "unlisted_object", unlisted
    again = put(one, {4: PAY_MORE})
    copied = again.data[one.data.rindex(b"/Type /Sig "):one.data.rindex(b"/Type /Sig ") + 20]
    yield "with_a_copied_signature", put(again, {41: b"<< " + copied + b" >>"})
    yield "then_signed_again", sign(put(one, {4: PAY_MORE}), _keys, field=12)
    yield "then_undone", put(put(one, {4: PAY_MORE}), {4: one.objects[4]})
    commented = one.copy()
    commented.data += b"% " + b"x" * 5000 + b"\n"
    yield "long_comment", put(commented, {14: one.objects[14]})


def wrapping(_one, keys):
    def moved(shift):
        doc = sign(base(), keys)
        at = doc.data.rindex(b"/ByteRange [0 ") + 14
        first, second, rest = (int(doc.data[at + 11 * i:at + 11 * i + 10]) for i in range(3))
        numbers = b"%010d %010d %010d" % shift(first, second, rest)
        doc.data = doc.data[:at] + numbers + doc.data[at + 32:]
        return doc
    yield "gap_begins_early", moved(lambda a, b, c: (a - 5, b, c))
    yield "gap_ends_late", moved(lambda a, b, c: (a, b + 9, c - 9))
    yield "range_is_short", moved(lambda a, b, c: (a, b, c - 7))
    yield "range_is_nothing", moved(lambda a, b, c: (0, 0, 0))
    yield "range_beyond_the_end", moved(lambda a, b, c: (a, b, c + 99))
    # The signed second half is moved behind something that stands in the gap.
    doc = sign(base(), keys)
    at = doc.data.rindex(b"/ByteRange [0 ") + 14
    resume = int(doc.data[at + 11:at + 21])
    padding = b"\n4 0 obj\n" + PAY_MORE + b"\nendobj\n"
    numbers = b"%010d" % (resume + len(padding))
    doc.data = (doc.data[:at + 11] + numbers + doc.data[at + 21:resume] + padding +
                doc.data[resume:])
    yield "smuggled_in_the_gap", doc


def shadows(_one, keys):
    # Hide: an overlay that is removed after signing.
    objects = base_objects()
    objects[3] = objects[3].replace(b"12 0 R]", b"12 0 R 20 0 R]")
    objects[20] = b"<< /Type /Annot /Subtype /Stamp /Rect [0 0 200 30] /AP << /N 21 0 R >> >>"
    objects[21] = OVERLAY
    hidden = sign(Doc().write(objects), keys)
    yield "hide", edit(hidden, 3, b" 20 0 R]", b"]")
    yield "hide_by_freeing", put(hidden, {14: b"(x)"}, free=[20])
    yield "hide_by_emptying", put(hidden, {21: stream(b"", LOOK)})
    # Replace: a form field shows something else.
    yield "replace", filled(sign(base(), keys), b"999")
    # Hide and replace: the second content lies in the file, in no section.
    doc = Doc()
    place = len(doc.data)
    doc.data += b"4 0 obj\n" + PAY_MORE + b"\nendobj\n"
    doc = sign(doc.write(base_objects()), keys)
    start = len(doc.data)
    doc.data += (b"xref\n4 1\n%010d 00000 n \ntrailer\n<< /Root 1 0 R /Size %d /Prev %d >>\n"
                 b"startxref\n%d\n%%%%EOF\n" % (place, doc.size, doc.previous, start))
    yield "hide_and_replace", doc
    font = base_objects()
    swapped = sign(Doc().write(font), keys)
    yield "font_replaced", put(swapped, {5: b"<< /Type /Font /Subtype /Type3 >>"})
    # A reference that was left open on purpose.
    objects = base_objects()
    objects[3] = objects[3].replace(b"/Contents 4 0 R", b"/Contents [4 0 R 50 0 R]")
    opened = sign(Doc().write(objects), keys)
    yield "gap_filled", put(opened, {50: PAY_MORE})
    shared = base_objects()
    shared[3] = shared[3].replace(b"/Contents 4 0 R", b"/Contents [4 0 R 7 0 R]")
    yield "metadata_is_content", put(sign(Doc().write(shared), keys), {7: stream(
        XMP % b"2025-01-01", b"/Type /Metadata /Subtype /XML ")})


def unlinking(one, _keys):
    catalog = one.objects[1]
    yield "form_removed", put(one, {1: catalog.replace(b"/AcroForm 9 0 R", b"")})
    yield "fields_emptied", put(one, {9: b"<< /Fields [] /SigFlags 3 >>"})
    yield "field_removed", edit(one, 9, b"10 0 R 11 0 R 12 0 R", b"10 0 R 12 0 R")
    cut = one.objects[11]
    yield "value_removed", put(one, {11: base_objects()[11]})
    yield "field_freed", put(one, {14: b"(x)"}, free=[11])
    value = int(cut[cut.index(b"/V ") + 3:].split()[0])
    yield "signature_freed", put(one, {14: b"(x)"}, free=[value])
    yield "signature_emptied", put(one, {value: b"<< /Type /Sig >>"})
    yield "signature_replaced", put(one, {value: b"<< /Type /Sig /Reason (other) /Contents <00> >>"})
    yield "look_of_signature", put(one, {value + 1: OVERLAY})
    yield "value_in_other_field", add(one, 12, b"/V %d 0 R" % value)
    yield "names_changed", edit(one, 11, b"/T (a)", b"/T (z)")


def fields(one, keys):
    look = {13: text_look(b"999")}
    yield "value", edit(one, 10, b"/V (100)", b"/V (999)")
    yield "look_in_place", put(one, look)
    yield "look", edit(one, 10, b"/N 13 0 R", b"/N 60 0 R", {60: text_look(b"999")})
    for name, old, new in (("colours", b"/BC [0 0 1]", b"/BC [1 1 1]"),
                           ("default_look", b"/DA (/F1 12", b"/DA (/F1 99"),
                           ("place", b"/Rect [72 600", b"/Rect [72 690"),
                           ("kind", b"/FT /Tx", b"/FT /Ch"), ("flags", b"/F 4", b"/F 2"),
                           ("name", b"(amount)", b"(other)")):
        yield name, edit(one, 10, old, new)
    yield "actions", add(one, 10, b"/AA << /K << /S /JavaScript /JS (x) >> >>")
    for name, body in (("text", b"/FT /Tx /T (new) /V (999) /AP << /N 61 0 R >>"),
                       ("sealed", b"/FT /Sig /T (new) /AP << /N 61 0 R >>")):
        widget = b"<< /Type /Annot /Subtype /Widget /Rect [72 690 272 720] " + body + b" >>"
        doc = one.copy()
        yield "new_" + name, put(doc, {
            60: widget, 61: OVERLAY,
            9: doc.objects[9].replace(b"12 0 R]", b"12 0 R 60 0 R]"),
            3: doc.objects[3].replace(b"12 0 R]", b"12 0 R 60 0 R]")})
    yield "seal_without_signature", add(one, 12, b"/AP << /N 61 0 R >>", {61: OVERLAY})
    certified = sign(base(), keys, certify=2)
    look_alone = edit(certified, 10, b"/N 13 0 R", b"/N 60 0 R", {60: text_look(b"999")})
    yield "certified_look_alone", look_alone
    lying = edit(certified, 10, b"/V (100)", b"/V (200)", {13: text_look(b"999")})
    yield "certified_look_lies", lying
    for name, shown in (("other", b"1,234.60"), ("thousands", b"1,234.50 k")):
        yield f"certified_number_{name}", filled(certified, b"1234.5", shown)
    picture = edit(certified, 10, b"/V (100)", b"/V (200)", {13: stream(b"/X Do", LOOK)})
    yield "certified_look_is_a_picture", picture
    locked = sign(base(), keys, extra=fieldmdp(b"Include", b"(amount)"))
    yield "locked_field", filled(locked)
    yield "locked_by_all", filled(sign(base(), keys, extra=fieldmdp(b"All")))
    late = sign(sign(base(), keys), keys, field=12, certify=2)
    yield "certified_after_signing", filled(late)


def certification(_one, keys):
    final = sign(base(), keys, certify=1)
    yield "final_then_signed", sign(final, keys, field=12)
    yield "final_then_invisible", sign_new(final, keys)
    yield "final_then_filled", filled(final)
    certified = sign(base(), keys, certify=2)
    yield "overlay_by_signature", sign_new(certified, keys, rect=b"60 690 300 730")
    for level in (2, 3):
        for kind in (b"FreeText", b"Stamp", b"Redact", b"Highlight", b"Square"):
            doc = sign(base(), keys, certify=level)
            page = doc.objects[3].replace(b"12 0 R]", b"12 0 R 60 0 R]")
            note = (b"<< /Type /Annot /Subtype /" + kind + b" /Rect [60 690 300 730] "
                    b"/Contents (Pay 999) /AP << /N 61 0 R >> >>")
            yield f"annotation_{level}_{kind.decode()}", put(doc, {3: page, 60: note, 61: OVERLAY})
    large = sign(base(), keys, certify=3)
    page = large.objects[3].replace(b"12 0 R]", b"12 0 R 60 0 R]")
    yield "large_note", put(large, {3: page, 61: OVERLAY, 60: b"<< /Type /Annot /Subtype /Text "
                                    b"/Rect [60 690 300 730] /AP << /N 61 0 R >> >>"})


def pages(one, _keys):
    for name, old, new in (("resources", b"/F1 5 0 R", b"/F1 8 0 R"),
                           ("parent", b"/Parent 2 0 R", b"/Parent 2 0 R /Rotate 180"),
                           ("box", b"/Parent 2 0 R", b"/Parent 2 0 R /CropBox [0 0 9 9]"),
                           ("annotations", b"10 0 R 11 0 R", b"11 0 R"),
                           ("order", b"10 0 R 11 0 R", b"11 0 R 10 0 R"),
                           ("actions", b"/Type /Page", b"/Type /Page /AA << /O 14 0 R >>")):
        yield name, edit(one, 3, old, new)
    yield "font", put(one, {5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"})
    for name, old, new in (("inherited", b"[0 0 595 842]", b"[0 0 595 400]"),
                           ("reordered", b"3 0 R 18 0 R", b"18 0 R 3 0 R"),
                           ("repeated", b"3 0 R 18 0 R", b"3 0 R 3 0 R"),
                           ("removed", b" 18 0 R] /Count 2", b"] /Count 1")):
        yield name, edit(one, 2, old, new)
    page = b"<< /Type /Page /Parent 2 0 R /Contents 61 0 R >>"
    yield "added", edit(one, 2, b"18 0 R] /Count 2", b"18 0 R 60 0 R] /Count 3",
                        {60: page, 61: PAY_MORE})
    yield "tree_removed", put(one, {2: b"<< /Type /Pages /Kids [] /Count 0 >>"})


def catalog(one, _keys):
    for entry in (b"OpenAction << /S /URI /URI (http://example.org) >>", b"AA << /WC 14 0 R >>",
                  b"OCProperties << /OCGs [] /D << >> >>", b"OutputIntents [<< >>]",
                  b"Names << /EmbeddedFiles << /Names [(a) 14 0 R] >> >>", b"Lang (xx)",
                  b"ViewerPreferences << /HideToolbar true >>", b"Outlines 14 0 R",
                  b"PageLabels << /Nums [0 << /S /r >>] >>", b"AF [14 0 R]",
                  b"Collection << /View /D >>", b"Requirements []"):
        yield entry.split()[0].decode(), add(one, 1, b"/" + entry)
    yield "structure", edit(one, 16, b"/K []", b"/K [] /ActualText (Pay 999)")
    yield "structure_replaced", edit(one, 1, b"/StructTreeRoot 15 0 R", b"/StructTreeRoot 16 0 R")
    yield "title", put(one, {6: b"<< /Title (Other) >>"})
    yield "metadata_title", put(one, {7: stream((XMP % b"2025").replace(b"Contract", b"Other"),
                                                b"/Type /Metadata /Subtype /XML ")})
    form = one.objects[9]
    yield "need_appearances", put(one, {9: with_entry(form, b"/NeedAppearances true")})
    yield "xfa", put(one, {9: with_entry(form, b"/XFA [(x) 14 0 R]")})
    yield "form_default_look", put(one, {9: form.replace(b"0 Tf 0 g", b"0 Tf 1 g")})
    yield "form_resources", put(one, {9: form.replace(b"/F1 5 0 R", b"/F1 8 0 R")})
    yield "calculation_order", put(one, {9: with_entry(form, b"/CO [10 0 R]")})
    yield "encrypted", put(one, {60: b"<< /Filter /Standard /V 1 /R 2 /O (x) /U (x) /P 0 >>"},
                           extra=b"/Encrypt 60 0 R ")
    yield "size_shrunk", put(one, {14: b"(x)"}, size=9)


def reader_tricks(one, keys):
    yield "repeated_key", put(one, {1: one.objects[1].replace(
        b"/Pages 2 0 R", b"/Pages 2 0 R /Pages 31 0 R"), 31: b"<< /Type /Pages /Kids [] >>"})
    yield "generation", put(one, {3: one.objects[3]}, generations={3: 1})
    yield "chain_skips_the_signature", put(one, {4: PAY_MORE}, previous=base().previous)
    yield "chain_loops", put(one, {4: PAY_MORE}, previous=len(one.data))
    yield "chain_ends", put(one, {4: PAY_MORE}, previous=None)
    hidden = stream(b"4 0 << /Length 0 >>", b"/Type /ObjStm /N 1 /First 4 ")
    body = one.copy()
    body.write({60: hidden}, xref="stream")
    at = body.data.rindex(b"/Index [60 1")
    yield "object_stream_overrides", put(one, {60: hidden, 4: b"<< /Length 0 >>"}, xref="stream")
    assert at
    # A table and a stream of one hybrid that name two places for one object.
    doc = one.copy()
    place = len(doc.data)
    doc.data += b"4 0 obj\n" + PAY_MORE + b"\nendobj\n"
    section = len(doc.data)
    rows = b"\1" + place.to_bytes(3, "big") + b"\0"
    doc.data += b"61 0 obj\n" + stream(rows, b"/Type /XRef /W [1 3 1] /Index [4 1] /Size 62 ") \
        + b"\nendobj\n"
    yield "hybrid_disagrees", doc.copy().write({4: one.objects[4]}, extra=b"/XRefStm %d " % section)
    yield "hybrid_smuggles", doc.copy().write({14: b"(x)"}, extra=b"/XRefStm %d " % section)
    again = put(one, {14: b"(new)"})
    start = len(again.data)
    old = one.data.index(b"14 0 obj")
    again.data += (b"xref\n4 1\n%010d 00000 n \ntrailer\n<< /Root 1 0 R /Size %d /Prev %d >>\n"
                   b"startxref\n%d\n%%%%EOF\n" % (old, again.size, again.previous, start))
    yield "another_object_at_the_place", again
    broken = sign(base(), keys)
    broken.data = broken.data.replace(b"Pay 100", b"Pay 900", 1)
    yield "changed_in_place", broken
    other = sign(base(), keys, make=lambda content: keys.cades(content + b"x"))
    yield "signature_of_something_else", other
    late = sign(base(), keys)
    bad = sign(late, keys, field=12, make=lambda content: keys.cades(b"x" + content))
    yield "second_signature_is_wrong", bad
    store = add_store(late, keys)
    used = store.objects[3].replace(b"/Contents 4 0 R", b"/Contents %d 0 R" % store.store)
    yield "store_becomes_content", put(store, {3: used})
    prefix = sign(base(), keys)
    prefix.data = b"%!junk\n" + prefix.data
    yield "shifted", prefix


def forgeries(_one, keys):
    """Signatures that cannot be checked: never an intact document, never one without signature."""
    def without(change):
        doc = base().copy()
        value = doc.new()
        body = change(signature(reserved=40).replace(b"**********", b"0000000100"))
        return doc.write({value: body, 11: with_entry(doc.objects[11], b"/V %d 0 R" % value)})
    yield "contents_null", without(lambda b: b[:b.index(b"/Contents")] + b"/Contents null >>")
    yield "contents_missing", without(lambda b: b[:b.index(b"/Contents")] + b">>")
    yield "contents_empty", without(lambda b: b[:b.index(b"/Contents")] + b"/Contents <> >>")
    yield "contents_zero", without(lambda b: b)
    yield "range_missing", without(lambda b: b[:b.index(b"/ByteRange")] + b[b.index(b"/Contents"):])
    yield "range_null", without(lambda b: b[:b.index(b"/ByteRange")] + b"/ByteRange null " +
                                b[b.index(b"/Contents"):])
    doc = base()
    yield "value_missing", put(doc, {11: with_entry(doc.objects[11], b"/V 99 0 R")})
    yield "garbage", sign(base(), keys, make=lambda content: b"\x30\x03abc")


def two_readings(one, keys):
    """What one reader takes for harmless, another one shows."""
    catalog = one.objects[1].replace(b"/Pages 2 0 R", b"/Pages 31 0 R")
    pages = {31: b"<< /Type /Pages /Kids [32 0 R] /Count 1 >>",
             32: b"<< /Type /Page /Parent 31 0 R /MediaBox [0 0 99 99] /Contents 33 0 R >>",
             33: PAY_MORE}
    yield "root_twice", put(one, {40: catalog, **pages}, root=b"/Root 1 0 R /Root 40 0 R")
    yield "root_twice_escaped", put(one, {40: catalog, **pages}, root=b"/Root 1 0 R /R#6fot 40 0 R")
    yield "root_twice_in_a_stream", put(one, {40: catalog, **pages}, xref="stream",
                                        root=b"/Root 1 0 R /Root 40 0 R")
    # A validation store that names what the page shows, so that freeing it looks like tidying up.
    for name, store in (("content", b"<< /Certs [4 0 R] >>"), ("page", b"<< /Certs [3 0 R] >>"),
                        ("content_by_page", b"<< /Certs [4 0 R] /VRI << /%s 3 0 R >> >>"
                         % (b"A" * 40))):
        objects = base_objects()
        objects[1] = with_entry(objects[1], b"/DSS 70 0 R")
        objects[70] = store
        doc = sign(Doc().write(objects), keys)
        yield f"store_frees_{name}", put(doc, {70: b"<< /Certs [] >>"},
                                         free=[3 if name == "page" else 4])
    # The chain leads around the first signature, and somebody else signs the rest.
    whole = {**one.objects, 4: PAY_MORE, 11: base_objects()[11]}
    yield "chain_cut_then_signed", sign(put(one, whole, previous=None), keys, field=12)


def section_as_object(one, number, generation=0):
    """A cross-reference stream with the number of something else, which its data would replace."""
    doc = one.copy()
    doc.data += b"95 0 obj\n(x)\nendobj\n"
    row = b"\1" + (len(one.data)).to_bytes(4, "big") + b"\0"
    start = len(doc.data)
    entries = (b"/Type /XRef /W [1 4 1] /Index [95 1] /Size 98 /Prev %d " % one.previous +
               one.trailer)
    doc.data += (b"%d %d obj\n" % (number, generation) +
                 stream(row + b"\nBT /F1 24 Tf 72 700 Td (Pay 999 EUR) Tj ET", entries) +
                 b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)
    return doc


def other_readers(one, _keys):
    """What other readers see: those that repair, or that go by another part of the file."""
    for number in (1, 3, 4, 10, 18):
        yield f"section_is_object_{number}", section_as_object(one, number)
    yield "section_is_object_generation", section_as_object(one, 4, 1)
    inner = b"4 0 obj\n" + PAY_MORE + b"\nendobj"
    for name, payload in (("plain", inner), ("comment", inner.replace(b"4 0", b"4 %x\n0")),
                          ("trailer", b"trailer\n<< /Root 1 0 R >>")):
        yield f"hidden_{name}_in_a_stream", put(one, {95: stream(b"x\n" + payload + b"\nx")})
        yield f"hidden_{name}_in_a_string", put(one, {95: b"(x\n" + payload + b"\n)"})
    members = b"4 0 " + b"<< /Length 0 >>"
    yield "hidden_member", put(one, {95: stream(members, b"/Type /ObjStm /N 1 /First 4 ")})
    yield "encryption_of_nothing", put(one, {95: b"(x)"}, extra=b"/Encrypt 400 0 R ")
    for name, padding in (("spaces", b" " * 30000), ("zeros", b"\0" * 30000)):
        padded = one.copy()
        padded.data += padding
        yield f"end_out_of_sight_{name}", padded
    commented = put(one, {95: b"(x)"})
    at = commented.data.rindex(b"startxref\n")
    commented.data = commented.data[:at] + b"startxref %c\n" + commented.data[at + 10:]
    yield "comment_after_startxref", commented
    commented = put(one, {95: b"(x)"})
    at = commented.data.rindex(b"xref\n95 ")
    commented.data = commented.data[:at] + b"xref %c\n" + commented.data[at + 5:]
    yield "comment_after_xref", commented


def gaps_left_open(_one, keys):
    """Signed with something missing, or without meaning, that comes later."""
    objects = base_objects()
    objects[5] = objects[5].replace(b">>", b"/Encoding 50 0 R >>")
    waiting = Doc().write(objects)
    row = b"\2" + (60).to_bytes(4, "big") + b"\0"
    number, start = 70, len(waiting.data)
    own = b"\1" + start.to_bytes(4, "big") + b"\0"
    entries = (b"/Type /XRef /W [1 4 1] /Index [50 1 70 1] /Size 90 /Prev %d " % waiting.previous +
               waiting.trailer)
    waiting.data += (b"%d 0 obj\n" % number + stream(row + own, entries) +
                     b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)
    waiting.previous, waiting.size = start, 90
    signed = sign(waiting, keys)
    member = b"50 0 << /Differences [48 /nine /nine] >>"
    yield "object_stream_comes_later", put(signed, {
        60: stream(member, b"/Type /ObjStm /N 1 /First 5 ")})
    wide = {61: b"<< /Type /Annot /Subtype /Text /Rect [9 9 603 0 R 29] /AP << /N 62 0 R >> >>",
            62: OVERLAY, 603: b"330"}
    noted = sign(base(), keys, certify=3)
    page = noted.objects[3].replace(b"12 0 R]", b"12 0 R 61 0 R]")
    yield "note_with_indirect_width", put(noted, {3: page, **wide})
    yield "permission_without_meaning", put(
        sign(base(), keys, certify=4), {10: noted.objects[10].replace(b"(100)", b"(200)"),
                                        13: text_look(b"200")})


def contents_used_otherwise(_one, keys):
    """The bytes that nobody signs are content as well."""
    def inside(before, behind):
        objects = base_objects()
        doc = Doc().write(objects)
        value = doc.new()
        held = b"%d 0 obj\n" % value + signature() + b"\nendobj\n"
        objects[4] = stream(before + held + behind)
        objects[11] = with_entry(objects[11], b"/V %d 0 R" % value)
        doc = Doc().write({**objects, value: b"null"})
        # The entry of the signature leads into the stream.
        entry = b"%010d 00000 n" % (doc.data.index(b"%d 0 obj\nnull" % value))
        there = b"%010d 00000 n" % doc.data.index(held)
        doc.data = doc.data.replace(entry, there)
        return fill_signature(doc, keys.cades)
    yield "content_stream", inside(b"BT /F1 24 Tf 72 700 Td (Pay ", b") Tj ET")
    yield "comment_in_a_stream", inside(b"%\n", b"\nBT ET")
    shown = b"/Subtype /FreeText /Rect [72 300 400 330] /DA (/F1 12 Tf) "
    doc = sign(base(), keys, extra=shown)
    yield "annotation", doc
    yield "note", sign(base(), keys, extra=b"/Subtype /Text /Rect [9 9 29 29] ")


def all_attacks(keys):
    one = sign(base(), keys)
    for group in (incremental_saving, wrapping, shadows, unlinking, fields, certification, pages,
                  catalog, reader_tricks, two_readings, other_readers,
                  gaps_left_open, covering, contents_used_otherwise, attacks_by_filling,
                  packed_pages):
        for name, doc in group(one, keys):
            yield f"{group.__name__}-{name}", doc

