"""What fields show once they are filled or signed, beside what was signed before them."""
import base64
import zlib

from covering import WHITE, form, sealed
from documents import base_objects, sign, text_look
from pdf import Doc, stream

OVER_AMOUNT = b"/Rect [72 690 300 725]"
INTO = b"/Resources << /Font << /F1 5 0 R >> >> "


def with_field_over_text(look=b""):
    """The text field lies on "Pay 100 EUR"; its look is this content."""
    objects = base_objects()
    objects[10] = objects[10].replace(b"/Rect [72 600 172 620]", OVER_AMOUNT)
    objects[13] = form(look, (228, 35), INTO)
    return objects


def filled_with(doc, content, value=b"200"):
    doc = doc.copy()
    look = doc.new()
    field = doc.objects[10].replace(b"/V (100)", b"/V (" + value + b")")
    return doc.write({10: field.replace(b"/N 13 0 R", b"/N %d 0 R" % look),
                      look: form(content, (228, 35), INTO)})


def text(shown, x, size=24):
    return b"BT /F1 %d Tf %d 10 Td (%s) Tj ET" % (size, x, shown)


def box_to_tick(content):
    """A box over the amount that shows this content when it is ticked."""
    objects = with_field_over_text()
    objects[10] = (objects[10].replace(b"/FT /Tx", b"/FT /Btn").replace(b"/V (100)", b"/V /Off /AS /Off")
                   .replace(b"/N 13 0 R", b"/N << /Yes 13 0 R /Off 19 0 R >>"))
    objects[13] = form(content, (228, 35), INTO)
    objects[19] = form(b"", (228, 35))
    return objects


def ticked(doc, **options):
    body = doc.objects[10].replace(b"/V /Off /AS /Off", b"/V /Yes /AS /Yes")
    return doc.copy().write({10: body}, **options)


DINGBATS = b"/Resources << /Font << /Z << /Type /Font /Subtype /Type1 /BaseFont /%s >> >> >> "
TICK = b"q 0 0 0 RG 1 w 0.5 0.5 19 19 re S Q q 1 1 18 18 re W n 0 g BT /Z 22 Tf 2 2 Td (8) Tj ET Q"
RING = b"0 0 0 RG 19 10 m 19 15 15 19 10 19 c 5 19 1 15 1 10 c 1 5 5 1 10 1 c 15 1 19 5 19 10 c S"
DOT = b" 0 g 14 10 m 14 12 12 14 10 14 c 8 14 6 12 6 10 c 6 8 8 6 10 6 c 12 6 14 8 14 10 c f"


def drawn_anew(keys, content, state=b"Yes", font=b"ZapfDingbats", was=b"Off"):
    """A button of which the program that sets it draws the look anew, as iText 5 does."""
    objects = base_objects()
    objects[10] = (objects[10].replace(b"[72 600 172 620]", b"[72 600 92 620]").replace(b"/FT /Tx", b"/FT /Btn")
                   .replace(b"/V (100)", b"/V /%s /AS /%s" % (was, was))
                   .replace(b"/N 13 0 R", b"/N << /Yes 13 0 R /Off 19 0 R >>"))
    objects[13] = form(TICK, (20, 20), DINGBATS % b"ZapfDingbats")
    objects[19] = form(RING, (20, 20))
    doc = sign(Doc().write(objects), keys, certify=2).copy()
    look, old = doc.new(), b"/Yes 13 0 R" if state == b"Yes" else b"/Off 19 0 R"
    body = (doc.objects[10].replace(b"/V /%s /AS /%s" % (was, was), b"/V /%s /AS /%s" % (state, state))
            .replace(old, b"/%s %d 0 R" % (state, look)))
    return doc.write({10: body, look: form(content, (20, 20), DINGBATS % font)})


def value_apart(keys, value, content):
    """The value of the text field is an object of its own, which is replaced."""
    objects = base_objects()
    objects[10] = objects[10].replace(b"/V (100)", b"/V 19 0 R")
    objects[19] = b"(100)"
    doc = sign(Doc().write(objects), keys, certify=2).copy()
    return doc.write({19: value, 13: text_look(content)})


def attacks_by_filling(_one, keys):
    yield "tick_drawn_anew_as_text", drawn_anew(keys, TICK.replace(b"(8)", b"(8H)"))
    yield "tick_drawn_anew_in_another_font", drawn_anew(keys, TICK, font=b"Symbol")
    yield "tick_drawn_anew_shows_nothing", drawn_anew(keys, RING)
    yield "off_drawn_anew_with_a_cross", drawn_anew(
        keys, RING + b" 0.1 w 0 0 m 20 20 l S", state=b"Off", was=b"Yes")
    yield "tick_drawn_anew_though_unchanged", drawn_anew(keys, TICK, was=b"Yes")
    yield "value_apart_becomes_a_name", value_apart(keys, b"/Other", b"Other")
    yield "value_apart_with_another_look", value_apart(keys, b"(200)", b"999")
    certified = sign(Doc().write(with_field_over_text()), keys, certify=2)
    white = b"1 1 1 rg 0 0 228 35 re f 0 g "
    yield "white_box_and_text", filled_with(certified, white + text(b"200", 2))
    yield "white_bullet", filled_with(
        certified, b"BT 1 g /F1 300 Tf -40 -120 Td (\225) Tj ET", b"\225")
    yield "digit_on_digit", filled_with(certified, text(b"9", 60), b"9")
    yield "tick_shows_another_text", ticked(sign(
        Doc().write(box_to_tick(white + text(b"Pay 999 EUR", 0))), keys, certify=2))
    prepared = base_objects()
    prepared[12] = prepared[12].replace(b"/Rect [72 400 172 420]", OVER_AMOUNT)
    yield "prepared_field_hides", sign(sign(Doc().write(prepared), keys), keys, field=12)


def encodings():
    """A page's content as old and careless writers pack it."""
    content = b"BT /F1 24 Tf 72 700 Td (Pay 100 EUR) Tj ET "
    yield "ascii85", base64.a85encode(zlib.compress(content)) + b"~>", b"[/ASCII85Decode /FlateDecode]"
    yield "hex", content.hex().encode() + b">", b"/ASCIIHexDecode"
    yield "cut", zlib.compress(content)[:-5], b"/FlateDecode"
    yield "unknown", content, b"/Unheard"


def packed(keys, data, filters):
    objects = base_objects()
    objects[4] = stream(data, b"/Filter " + filters + b" ")
    return sign(Doc().write(objects), keys)


def packed_pages(_one, keys):
    for name, data, filters in encodings():
        yield name, sealed(packed(keys, data, filters), keys, WHITE % (44, 25))
    one = sign(Doc().write(base_objects()), keys)
    glyph = b"/Resources << /Font << /F1 5 0 R >> >> "
    yield "huge_glyph", sealed(one, keys, b"BT 1 g /F1 300 Tf -40 -120 Td (\\225) Tj ET", entries=glyph)
    yield "faint_box", sealed(one, keys, b"/G gs " + WHITE % (44, 25), entries=b"/Resources << "
                              b"/ExtGState << /G << /ca 0.8 >> >> >> ")
    unread = b"/Filter /Unheard "
    yield "unread_look", sealed(one, keys, b"whatever", entries=unread)


def valid_fillings(keys):
    yield "tick_drawn_anew", drawn_anew(keys, TICK)
    yield "dot_drawn_anew", drawn_anew(keys, RING + DOT)
    yield "off_drawn_anew", drawn_anew(keys, b"1 g 0 0 20 20 re f " + RING, state=b"Off", was=b"Yes")
    yield "value_apart", value_apart(keys, b"(200)", b"200")
    for name, data, filters in encodings():
        yield f"packed_{name}", sealed(packed(keys, data, filters), keys,
                                       b"0 0 1 RG 1 1 42 23 re S")
    dated = with_field_over_text()
    dated[4] = stream(b"BT /F1 24 Tf 72 700 Td (__ / __ / ____) Tj ET")
    yield "date_between_slashes", filled_with(sign(Doc().write(dated), keys, certify=2),
                                              text(b"31.12.2026", 0, 18), b"31.12.2026")
    ticking = ticked(sign(Doc().write(box_to_tick(text(b"x", 150))), keys, certify=2), size=11)
    yield "size_of_the_update_alone", ticking
    dotted = with_field_over_text()
    dotted[4] = stream(b"BT /F1 24 Tf 72 700 Td (________) Tj ET")
    yield "on_a_line", filled_with(sign(Doc().write(dotted), keys, certify=2), text(b"200", 2))
    beside = sign(Doc().write(with_field_over_text()), keys, certify=2)
    yield "beside_the_text", filled_with(beside, text(b"200", 150))
    # What lies there was hidden when it was signed.
    white = b"1 1 1 rg 0 0 228 35 re f 0 g "
    hidden = sign(Doc().write(with_field_over_text(white + text(b"100", 2))), keys, certify=2)
    yield "hidden_before", filled_with(hidden, white + text(b"200", 2))
    ticking = box_to_tick(text(b"x", 150))
    yield "ticked", ticked(sign(Doc().write(ticking), keys, certify=2))
    looks = base_objects()
    looks[10] = looks[10].replace(b"/AP << /N 13 0 R >>", b"/AP 19 0 R")
    looks[19] = b"<< /N 13 0 R >>"
    certified = sign(Doc().write(looks), keys, certify=2).copy()
    new = certified.new()
    yield "looks_in_an_object_of_their_own", certified.write({
        10: certified.objects[10].replace(b"/V (100)", b"/V (200)"),
        19: b"<< /N %d 0 R >>" % new, new: text_look(b"200")})
