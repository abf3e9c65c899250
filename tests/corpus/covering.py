"""A second signer's new field over what the first one signed: seals let it show, attacks hide it."""
import zlib

from documents import base, base_objects, form_with, sign, with_entry
from pdf import Doc, fill_signature, signature, stream

AMOUNT = (118, 695, 162, 720)  # around "100" of "Pay 100 EUR"
WHITE = b"1 1 1 rg 0 0 %d %d re f"


def form(content, size, entries=b""):
    return stream(content, b"/Type /XObject /Subtype /Form /BBox [0 0 %d %d] " % size + entries)


def size_of(rect):
    return rect[2] - rect[0], rect[3] - rect[1]


def image(entries=b"", pixel=b"\xff\xff\xff", space=b"/DeviceRGB"):
    return stream(pixel, b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 "
                         b"/ColorSpace " + space + b" " + entries)


def sealed(doc, keys, content, rect=AMOUNT, entries=b"", page=3, more=None, kids=(), widget=b"",
           **options):
    """Signs a new visible field whose look has this content; `more` are objects that come along,
    written with %(first)d and on for their numbers."""
    doc = doc.copy()
    field, value, look = doc.new(3), doc.size - 2, doc.size - 1
    first = doc.new(len(more or [])) if more else 0
    numbers = {b"N%d" % i: b"%d 0 R" % (first + i) for i in range(len(more or []))}

    def known(body):
        for name, number in numbers.items():
            body = body.replace(b"@" + name, number)
        return body
    objects = {first + i: known(body) for i, body in enumerate(more or [])}
    head = b"<< /FT /Sig /T (late%d) /V %d 0 R " % (field, value)
    shape = b"/Type /Annot /Subtype /Widget /F 132 " + widget
    shape += b"/P %d 0 R " % page
    if content is not None:
        shape += b"/AP << /N %d 0 R >> " % look
    place = lambda r: shape + b"/Rect [%d %d %d %d] " % r
    shown = [field]
    if kids:
        shown = [doc.new() for _ in kids]
        objects[field] = head + b"/Kids [" + b" ".join(b"%d 0 R" % n for n in shown) + b"] >>"
        for number, kid in zip(shown, kids):
            objects[number] = b"<< /Parent %d 0 R " % field + place(kid) + b">>"
    else:
        objects[field] = head + place(rect) + b">>"
    body = doc.objects[page]
    listed = b" ".join(b"%d 0 R" % n for n in shown)
    if b"/Annots [" in body:
        body = body.replace(b"12 0 R]", b"12 0 R " + listed + b"]")
    else:
        body = with_entry(body, b"/Annots [" + listed + b"]")
    objects.update({value: signature(), look: form(content or b"", size_of(rect), known(entries)),
                    page: body, 9: form_with(doc, [field])})
    doc.write(objects, **options)
    return fill_signature(doc, keys.cades)


def signed(keys, content=None, resources=b"", page_entries=b"", more=None):
    objects = base_objects()
    if content is not None:
        objects[4] = content if content.startswith(b"<<") else stream(content)
    if resources:
        objects[3] = objects[3].replace(b"/Resources << /Font << ", b"/Resources << " + (
            resources if resources.startswith(b"/Font << ") else resources + b"/Font << "))
    objects[3] = with_entry(objects[3], page_entries)
    objects.update(more or {})
    return sign(Doc().write(objects), keys)


def in_state(entries, content):
    return b"/Resources << /ExtGState << /G << " + entries + b" >> >> >> ", b"/G gs " + content


SHOWS_IMAGE = b"/Resources << /XObject << /I @N0 >> >> "


def valid_coverings(keys):
    one = sign(base(), keys)
    size = size_of(AMOUNT)
    white, draw = WHITE % size, b"q %d 0 0 %d 0 0 cm /I Do Q" % size
    mask = image(pixel=b"\x60", space=b"/DeviceGray")
    yield "seal_with_mask", sealed(one, keys, draw, entries=SHOWS_IMAGE,
                                   more=[image(b"/SMask @N1 "), mask])
    for name, state in (("multiply", b"/BM /Multiply"), ("multiply_listed", b"/BM [/Multiply]"),
                        ("faint", b"/ca 0.5")):
        entries, content = in_state(state, white)
        yield name, sealed(one, keys, content, entries=entries)
    group = b"/Group << /S /Transparency >> /Resources << /ExtGState << /G << /BM /Multiply >> >> >> "
    yield "multiply_in_a_group", sealed(one, keys, b"/G gs " + white, entries=group)
    yield "opaque_in_blank_area", sealed(one, keys, WHITE % (100, 50), (300, 300, 400, 350))
    yield "opaque_below_the_line", sealed(one, keys, white, (118, 660, 162, 685))
    yield "opaque_right_of_the_line", sealed(one, keys, white, (216, 695, 260, 720))
    yield "lines_and_text", sealed(
        one, keys, b"2 w 0 0 44 25 re S 1 0 m 40 20 l S BT /F1 8 Tf 2 8 Td (Li Si) Tj ET",
        entries=b"/Resources << /Font << /F1 5 0 R >> >> ")
    ring = b"1 0 0 rg 42 12 m 42 23 2 23 2 12 c 2 1 42 1 42 12 c h " \
           b"41 12 m 41 22 3 22 3 12 c 3 2 41 2 41 12 c h f*"
    yield "ring_as_area", sealed(one, keys, ring)
    yield "clipped_to_a_ring", sealed(one, keys, ring.replace(b" f*", b" W* n ") + white)
    yield "frame_only_in_nested_form", sealed(
        one, keys, b"/FRM Do", entries=b"/Resources << /XObject << /FRM @N0 >> >> ",
        more=[form(b"q 1 0 0 1 0 0 cm /n0 Do Q q 1 0 0 1 0 0 cm /n2 Do Q", size,
                   b"/Resources << /XObject << /n0 @N1 /n2 @N2 >> >> "),
              form(b"% DSBlank", (100, 100)),
              form(b"BT /F1 9 Tf 2 8 Td (Li Si) Tj ET", size,
                   b"/Resources << /Font << /F1 5 0 R >> >> ")])
    yield "second_page", sealed(one, keys, WHITE % (44, 25), (118, 100, 162, 125), page=18)
    lines = signed(keys, b"BT /F1 24 Tf 72 700 Td (Sign here: ______________ .......) Tj ET")
    yield "opaque_on_signature_line", sealed(lines, keys, WHITE % (220, 30), (202, 694, 422, 724))
    codes = signed(keys, b"BT /F2 24 Tf 72 700 Td (\1\2\3\3\3\3\3\3) Tj ET", b"/Font << /F2 60 0 R ",
                   more=unicode_font(b"<01> <0050> <02> <0020> <03> <005F>", 3))
    codes_rect = (92, 690, 160, 724)
    yield "line_in_a_font_of_its_own", sealed(codes, keys, WHITE % size_of(codes_rect), codes_rect)
    scan = signed(keys, b"q 595 0 0 842 0 0 cm /Scan Do Q", b"/XObject << /Scan 60 0 R >> ",
                  more={60: image()})
    yield "scanned_page", sealed(scan, keys, white)
    strips = signed(keys, b"".join(b"q 595 0 0 100 0 %d cm /Scan Do Q " % (100 * i)
                                   for i in range(8)),
                    b"/XObject << /Scan 60 0 R >> ", more={60: image()})
    yield "scanned_in_strips", sealed(strips, keys, white)
    yield "invisible_text_below", sealed(
        signed(keys, b"BT 3 Tr /F1 24 Tf 72 700 Td (Pay 100 EUR) Tj ET"), keys, white)
    yield "white_anchor_below", sealed(
        signed(keys, b"1 1 1 rg BT /F1 24 Tf 72 700 Td (Pay 100 EUR) Tj ET"), keys, white)
    turned = signed(keys, page_entries=b"/Rotate 90 ")
    yield "turned_page", sealed(turned, keys, WHITE % (50, 50), (300, 300, 350, 350))
    watermark = b"BT 0.8 g /F1 80 Tf 0.7 0.7 -0.7 0.7 100 200 Tm (SAMPLE) Tj ET"
    yield "watermark_below", sealed(signed(keys, watermark), keys, WHITE % (99, 60),
                                    (180, 280, 279, 340))
    seen = sealed(one, keys, WHITE % (100, 50), (300, 300, 400, 350))
    yield "over_the_seal_of_another", sealed(seen, keys, WHITE % (100, 50), (320, 310, 420, 360))
    yield "unreadable_content", sealed(
        signed(keys, b"<< /Length 9 /Filter /LZWDecode >>\nstream\n123456789\nendstream"), keys,
        white)
    yield "note_beside_text", noted(keys, b"116 750 117 751")


def noted(keys, rect):
    doc = sign(base(), keys, certify=3).copy()
    note = doc.new()
    return doc.write({3: doc.objects[3].replace(b"12 0 R]", b"12 0 R %d 0 R]" % note),
                      note: b"<< /Type /Annot /Subtype /Text /Contents (seen) /Rect [" + rect +
                      b"] >>"})


def heavy(keys):
    """Contents that cost a careless reader its time; none may be called intact for it."""
    white = WHITE % size_of(AMOUNT)
    text = b"BT /F1 24 Tf 72 700 Td (Pay 100 EUR) Tj ET "
    itself = form(b"/X Do " * 40, (500, 500), b"/Resources << /XObject << /X 60 0 R >> >> ")
    yield "form_in_itself", sealed(signed(keys, text + b"/X Do", b"/XObject << /X 60 0 R >> ",
                                          more={60: itself}), keys, white)
    long = zlib.compress(text + b"(abc) Tj " * 1_500_000, 9)
    yield "long_text", sealed(signed(keys, b"<< /Length %d /Filter /FlateDecode >>\nstream\n" %
                                     len(long) + long + b"\nendstream"), keys, white)
    yield "look_in_itself", sealed(sign(base(), keys), keys, white + b" /X Do" * 40, more=[itself.replace(
        b"60 0 R", b"@N0")], entries=b"/Resources << /XObject << /X @N0 >> >> ")
    dots = b"1 g " + b" ".join(b"%d %d 1 1 re f" % (i % 44, i % 25) for i in range(60_000))
    yield "many_areas", sealed(signed(keys, text * 3000), keys, dots)
    deep = b"q " * 200_000
    yield "deep_states", sealed(signed(keys, text + deep), keys, deep + white)
    yield "endless_map", sealed(
        signed(keys, b"/F2 9 Tf (abc) Tj " + text, b"/Font << /F2 60 0 R ", more={
            60: b"<< /Type /Font /Subtype /Type0 /Encoding /Identity-H /ToUnicode 61 0 R >>",
            61: stream(b"<0000> <ffff> <0000> " * 90 + b"endbfrange " * 9)}), keys, white)


def unicode_font(pairs, count):
    """A font with codes of its own, and a map of what they mean."""
    table = b"%d beginbfchar " % count + pairs + b" endbfchar"
    return {60: b"<< /Type /Font /Subtype /TrueType /BaseFont /AAAAAA+Own /FirstChar 1 /LastChar "
                b"3 /Widths [600 600 600] /ToUnicode 61 0 R /FontDescriptor << /Flags 4 >> >>",
            61: stream(zlib.compress(table), b"/Filter /FlateDecode ")}


def covering(one, keys):
    """Attacks: what the first signer signed is no longer to be seen."""
    size = size_of(AMOUNT)
    white = WHITE % size
    draw = b"q %d 0 0 %d 0 0 cm /I Do Q" % size
    yield "white_box", sealed(one, keys, white)
    yield "one_digit", sealed(one, keys, WHITE % (17, 25), (118, 695, 135, 720))
    small = signed(keys, b"BT /F1 8 Tf 72 700 Td (Pay 100 EUR) Tj ET")
    yield "small_digit", sealed(small, keys, WHITE % (5, 6), (88, 700, 93, 706))
    yield "box_with_other_amount", sealed(
        one, keys, white + b" 0 g BT /F1 24 Tf 2 5 Td (999) Tj ET",
        entries=b"/Resources << /Font << /F1 5 0 R >> >> ")
    yield "opaque_image", sealed(one, keys, draw, entries=SHOWS_IMAGE, more=[image()])
    solid = image(pixel=b"\xff", space=b"/DeviceGray")
    yield "image_with_idle_mask", sealed(one, keys, draw, entries=SHOWS_IMAGE,
                                         more=[image(b"/SMask @N1 "), solid])
    yield "stencil", sealed(one, keys, b"1 g q 44 0 0 25 0 0 cm BI /W 1 /H 1 /IM true ID \0 EI Q")
    yield "inline_image", sealed(
        one, keys, b"q 44 0 0 25 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \xff\nEI Q")
    yield "nested_with_matrix", sealed(
        one, keys, b"q 2 0 0 2 0 0 cm /N Do Q", entries=b"/Resources << /XObject << /N @N0 >> >> ",
        more=[form(b"1 g 200 200 22 13 re f", (900, 900), b"/Matrix [1 0 0 1 -200 -200] ")])
    yield "polygon", sealed(one, keys, b"1 g 0 0 m 20 -9 l 44 0 l 50 12 l 44 25 l 22 30 l 0 25 l f")
    yield "curves", sealed(one, keys, b"1 g 0 0 m -9 9 -9 20 0 25 c 20 40 30 40 44 25 c 60 12 50 9 "
                                      b"44 0 c b*")
    strips = b"1 g " + b" ".join(b"0 %.2f 44 0.55 re f" % (i * 0.56) for i in range(45))
    yield "thin_strips", sealed(one, keys, strips)
    yield "broad_line", sealed(one, keys, b"1 G 30 w 0 12 m 44 12 l S")
    yield "shading", sealed(
        one, keys, b"/S sh", entries=b"/Resources << /Shading << /S << /ShadingType 2 /ColorSpace "
        b"/DeviceGray /Coords [0 0 1 1] /Extend [true true] /Function << /FunctionType 2 /N 1 "
        b"/Domain [0 1] /C0 [1] /C1 [1] >> >> >> >> ")
    for name, state in (("nearly_opaque", b"/ca 0.97"), ("lighten", b"/BM /Lighten")):
        entries, content = in_state(state, white)
        yield name, sealed(one, keys, content, entries=entries)
    entries, content = in_state(b"/ca 0.8", b" ".join([white] * 3))
    yield "faint_three_times", sealed(one, keys, content, entries=entries)
    isolated = b"/Group << /S /Transparency /I true >> /Resources << /ExtGState << /G << /BM " \
               b"/Multiply >> >> >> "
    yield "multiply_with_nothing", sealed(one, keys, b"/G gs " + white, entries=isolated)
    yield "black_box_of_dingbats", sealed(
        one, keys, b"BT 1 g /Z 60 Tf -5 -5 Td (n) Tj ET",
        entries=b"/Resources << /Font << /Z << /Type /Font /Subtype /Type1 /BaseFont "
                b"/ZapfDingbats >> >> >> ")
    yield "background_without_look", sealed(one, keys, None, widget=b"/MK << /BG [1 1 1] >> ")
    yield "kids", sealed(one, keys, WHITE % size, kids=[(300, 300, 344, 325), AMOUNT])
    placed = signed(keys, b"q 1 0 0 1 50 600 cm /X Do Q", b"/XObject << /X 60 0 R >> ", more={
        60: form(b"BT /F1 12 Tf 1 0 0 1 22 100 Tm [(Pay ) -200 (100)] TJ T* ET", (500, 500),
                 b"/Resources << /Font << /F1 5 0 R >> >> ")})
    yield "text_in_a_form", sealed(placed, keys, WHITE % (12, 14), (98, 697, 110, 711))
    chinese = signed(keys, b"BT /C 12 Tf 72 700 Td <4e004e8c4e094e00> Tj ET",
                     b"/Font << /C << /Type /Font /Subtype /Type0 /BaseFont /STSong /Encoding "
                     b"/UniGB-UCS2-H /DescendantFonts [<< /Subtype /CIDFontType0 /DW 1000 >>] >> ")
    yield "one_chinese_numeral", sealed(chinese, keys, WHITE % (14, 16), (95, 696, 109, 712))
    liar = signed(keys, b"BT /F2 24 Tf 72 700 Td (\1\2\3\1) Tj ET", b"/Font << /F2 60 0 R ",
                  more=unicode_font(b"<01> <005F> <02> <005F> <03> <005F>", 3))
    yield "digits_called_lines", sealed(liar, keys, WHITE % (60, 34), (72, 690, 132, 724))
    turned = signed(keys, b"BT /F1 12 Tf 0 1 -1 0 300 100 Tm (Pay 100 EUR) Tj ET",
                    page_entries=b"/Rotate 90 ")
    yield "turned_page", sealed(turned, keys, WHITE % (16, 60), (288, 98, 304, 158))
    picture = signed(keys, b"q 60 0 0 20 72 700 cm /I Do Q", b"/XObject << /I 60 0 R >> ",
                     more={60: image(pixel=b"\x00\x00\x00")})
    yield "image_of_an_amount", sealed(picture, keys, WHITE % (30, 24), (80, 698, 110, 722))
    yield "second_page", sealed(one, keys, white, page=18)
    yield "filled_field", sealed(one, keys, WHITE % (30, 20), (72, 600, 102, 620))
    yield "blank_first_then_signed", blank_then_signed(one, keys)
    yield "parts_as_kids", sealed(one, keys, WHITE % (15, 25), (0, 0, 15, 25), kids=[
        (118, 695, 133, 720), (133, 695, 148, 720), (148, 695, 163, 720)])
    yield "stamp_instead_of_widget", stamp_with_kids(keys)
    for name, rect in (("note", b"120 695 144 719"), ("small_note", b"116 720 117 721")):
        yield name, noted(keys, rect)


def blank_then_signed(one, keys):
    """The field comes empty, which hides nothing; what its signature paints does."""
    doc = one.copy()
    field = doc.new()
    doc.write({field: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (late) /F 132 /P 3 0 R /Rect "
                      b"[%d %d %d %d] >>" % AMOUNT,
               9: form_with(doc, [field]),
               3: doc.objects[3].replace(b"12 0 R]", b"12 0 R %d 0 R]" % field)})
    return sign(doc, keys, field=field)


def stamp_with_kids(keys):
    """An invisible widget below a field that is an annotation itself, of another kind."""
    doc = sign(base(), keys, certify=2).copy()
    field, kid, value, look = doc.new(4), doc.size - 3, doc.size - 2, doc.size - 1
    doc.write({field: b"<< /Type /Annot /Subtype /Stamp /FT /Sig /T (late) /V %d 0 R /Kids [%d 0 R] "
                      b"/Rect [118 695 162 720] /AP << /N %d 0 R >> >>" % (value, kid, look),
               kid: b"<< /Type /Annot /Subtype /Widget /Parent %d 0 R /Rect [0 0 0 0] >>" % field,
               look: form(WHITE % (44, 25), (44, 25)), value: signature(),
               9: form_with(doc, [field]),
               3: doc.objects[3].replace(b"12 0 R]", b"12 0 R %d 0 R]" % field)})
    return fill_signature(doc, keys.cades)
