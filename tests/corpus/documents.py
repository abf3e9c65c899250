"""The documents that the corpus signs, and the acts that sign them."""
from pdf import Doc, fill_signature, signature, stream

FIELDS = [10, 11, 12]  # text, signature a, signature b
LOOK = b"/Type /XObject /Subtype /Form /BBox [0 0 100 20] "
TEXT_LOOK = LOOK + b"/Resources << /Font << /F1 5 0 R >> >> "
XMP = (b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF><dc:title>Contract</dc:title>"
       b"<xmp:ModifyDate>%s</xmp:ModifyDate></rdf:RDF></x:xmpmeta>")


def text_look(text):
    return stream(b"/Tx BMC BT /F1 12 Tf (" + text + b") Tj ET EMC", TEXT_LOOK)


def base_objects():
    widget = b"/Type /Annot /Subtype /Widget /P 3 0 R /F 4 "
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm 9 0 R /Metadata 7 0 R "
           b"/StructTreeRoot 15 0 R /MarkInfo << /Marked true >> >>",
        2: b"<< /Type /Pages /Kids [3 0 R 18 0 R] /Count 2 /MediaBox [0 0 595 842] >>",
        3: b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Annots [10 0 R 11 0 R 12 0 R] "
           b"/Resources << /Font << /F1 5 0 R >> >> >>",
        4: stream(b"BT /F1 24 Tf 72 700 Td (Pay 100 EUR) Tj ET"),
        5: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        6: b"<< /Title (Contract) /Producer (Corpus) /ModDate (D:20240101000000Z) >>",
        7: stream(XMP % b"2024-01-01", b"/Type /Metadata /Subtype /XML "),
        8: b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
        9: b"<< /Fields [10 0 R 11 0 R 12 0 R] /SigFlags 3 /DA (/F1 0 Tf 0 g) "
           b"/DR << /Font << /F1 5 0 R >> >> >>",
        10: b"<< " + widget + b"/FT /Tx /T (amount) /V (100) /Rect [72 600 172 620] "
            b"/DA (/F1 12 Tf 0 g) /MK << /BC [0 0 1] >> /AP << /N 13 0 R >> >>",
        11: b"<< " + widget + b"/FT /Sig /T (a) /Rect [72 500 172 520] >>",
        12: b"<< " + widget + b"/FT /Sig /T (b) /Rect [72 400 172 420] >>",
        13: text_look(b"100"),
        14: b"(spare)",
        15: b"<< /Type /StructTreeRoot /K 16 0 R /ParentTree 17 0 R /ParentTreeNextKey 1 >>",
        16: b"<< /Type /StructElem /S /Document /P 15 0 R /K [] >>",
        17: b"<< /Nums [0 [16 0 R]] >>",
        18: b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    }


def base(xref="table", **options):
    return Doc().write(base_objects(), xref=xref, **options)


def docmdp(level):
    return (b"/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams "
            b"<< /Type /TransformParams /P %d /V /1.2 >> >>]" % level)


def fieldmdp(action, names=b""):
    return (b"/Reference [<< /Type /SigRef /TransformMethod /FieldMDP /TransformParams "
            b"<< /Type /TransformParams /Action /" + action + b" /Fields [" + names +
            b"] /V /1.2 >> >>]")


def with_entry(body, entry):
    return body[:body.rindex(b">>")] + entry + b" >>"


def sign(doc, keys, field=11, certify=0, make=None, sub_filter=b"ETSI.CAdES.detached", extra=b"",
         kind=b"Sig", objects=None, **options):
    """Signs an empty field that is there."""
    doc = doc.copy()
    value, look = doc.new(2), doc.size - 1
    changed = {
        value: signature(sub_filter, extra + (docmdp(certify) if certify else b""), kind),
        look: stream(b"0 0 1 rg 0 0 100 20 re f", LOOK),
        field: with_entry(doc.objects[field],
                          b"/V %d 0 R /AP << /N %d 0 R >>" % (value, look)),
        **(objects or {}),
    }
    if certify:
        changed[1] = with_entry(doc.objects[1], b"/Perms << /DocMDP %d 0 R >>" % value)
    doc.write(changed, **options)
    return fill_signature(doc, make or keys.cades)


def form_with(doc, numbers):
    body = doc.objects[9]
    return body.replace(b"] /SigFlags", b"".join(b" %d 0 R" % n for n in numbers) + b"] /SigFlags")


def page_with(doc, numbers):
    body = doc.objects[3]
    return body.replace(b"] /Resources", b"".join(b" %d 0 R" % n for n in numbers) +
                        b"] /Resources")


def sign_new(doc, keys, name=b"late", rect=b"0 0 0 0", stamp=False, widget=True, certify=0,
             objects=None, make=None, **options):
    """Signs a field that comes with the signature."""
    doc = doc.copy()
    field, value = doc.new(2), doc.size - 1
    body = b"/FT /Sig /T (" + name + b") /V %d 0 R" % value
    if widget:
        body += b" /Type /Annot /Subtype /Widget /P 3 0 R /F 132 /Rect [" + rect + b"]"
    changed = {field: b"<< " + body + b" >>", 9: form_with(doc, [field])}
    if widget:
        changed[3] = page_with(doc, [field])
    if stamp:
        changed[value] = signature(b"ETSI.RFC3161", kind=b"DocTimeStamp")
    else:
        changed[value] = signature(extra=docmdp(certify) if certify else b"")
    more = objects(doc, field) if callable(objects) else objects or {}
    doc.write({**changed, **more}, **options)
    return fill_signature(doc, make or (keys.timestamp if stamp else keys.cades))


def add_store(doc, keys, vri=b"A" * 40, free=(), store=None, **options):
    """A security store with the certificates; replaces an earlier one."""
    doc = doc.copy()
    certificate = doc.new()
    store = store or doc.new()
    catalog = doc.objects[1]
    objects = {
        certificate: stream(keys.der("ca")),
        store: b"<< /Type /DSS /Certs [%d 0 R] /VRI << /%s << /Cert [%d 0 R] >> >> >>"
               % (certificate, vri, certificate),
    }
    if b"/DSS" not in catalog:
        objects[1] = with_entry(catalog, b"/DSS %d 0 R" % store)
    doc.store, doc.store_certificate = store, certificate
    number, body = store, certificate
    doc.write(objects, free=free, **options)
    doc.store, doc.store_certificate = number, body
    return doc
