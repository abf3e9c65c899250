#!/usr/bin/env python3
"""Uploads that are not what they should be: a clear problem each, and nothing is kept."""
import subprocess
import zlib

from case import ProductCase, main
from product import SMALL_PDF, Refused, make_pdf
from storage import database_of

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"


def stream(content, extra=b""):
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), extra, content)


def nested(depth):
    return b"[" * depth + b"]" * depth


def bomb():
    packed = zlib.compress(b" " * 400_000_000, 9)
    return make_pdf([CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                     b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
                     stream(packed, b"/Filter/FlateDecode")])


class BadInput(ProductCase):
    def snapshot(self):
        """Row counts of every table that uploading could touch, and the list of blobs."""
        database = database_of(self.root / "data")
        # What earlier acts set going ends in these on its own time.
        tables = [t for t in database.tables() if not t.startswith(
            ("kernel_job", "kernel_delivery", "kernel_cursor", "notification_", "inbox_", "tlog_"))]
        counted = database.rows(" UNION ALL ".join(f"SELECT '{t}', COUNT(*) FROM {t}" for t in tables))
        counts = {table: int(count) for table, count in counted}
        self.assertGreater(counts["organisation_person"], 0)
        files = sorted(p.name for p in (self.root / "data").rglob("*")
                       if p.is_file() and len(p.name) >= 60)
        return counts, files

    def refuse(self, content, *codes):
        before = self.snapshot()
        with self.assertRaises(Refused) as refused:
            self.company.api.upload(content)
        problem = refused.exception.problem
        self.assertIn(refused.exception.status, (400, 413, 415, 422), problem)
        for member in ("type", "title", "status", "detail", "code"):
            self.assertIn(member, problem)
        if codes:
            self.assertIn(problem["code"], codes)
        self.assertEqual(self.snapshot(), before)
        self.assertTrue(self.company.api.upload(SMALL_PDF)["id"], "the server still takes documents")

    def qpdf(self, *arguments):
        source, target = self.root / "in.pdf", self.root / "out.pdf"
        source.write_bytes(SMALL_PDF)
        subprocess.run(["qpdf", *arguments, source, target], check=True)
        return target.read_bytes()

    def test_nothing(self):
        self.refuse(b"")

    def test_not_a_pdf(self):
        self.refuse(b"PK\x03\x04" + b"\0" * 500, "document.not_pdf")

    def test_text_that_says_it_is_a_pdf(self):
        self.refuse(b"%PDF-1.7\nand nothing else\n")

    def test_encrypted_with_and_without_a_user_password(self):
        for user in ("", "secret"):
            content = self.qpdf("--encrypt", user, "owner", "256", "--")
            self.refuse(content, "document.encrypted")

    def test_cut_off_in_the_middle(self):
        self.refuse(SMALL_PDF[:120])

    def test_deeply_nested_arrays(self):
        self.refuse(make_pdf([b"<</Type/Catalog/Pages 2 0 R/Deep " + nested(100_000) + b">>",
                              b"<</Type/Pages/Kids[3 0 R]/Count 1>>", PAGE]))

    def test_a_page_tree_that_holds_itself(self):
        self.refuse(make_pdf([CATALOG, b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>", PAGE]))

    def test_no_pages(self):
        self.refuse(make_pdf([CATALOG, b"<</Type/Pages/Kids[]/Count 0>>"]))

    def test_a_flate_bomb(self):
        try:
            self.company.api.upload(bomb())
        except Refused as refused:
            self.assertIn(refused.status, (413, 422))
        self.assertTrue(self.company.api.upload(SMALL_PDF)["id"])

    def test_a_hundred_megabytes(self):
        self.refuse(SMALL_PDF + b"%" * 100_000_000)

    def test_a_document_that_is_already_signed(self):
        contract = self.filled()
        signed = self.company.api.raw("GET", f"/contracts/{contract}/document")[2]
        self.refuse(signed, "document.signed")

    def test_a_wrong_content_type(self):
        with self.assertRaises(Refused) as refused:
            self.company.api.upload(SMALL_PDF, kind="image/png")
        self.assertEqual(refused.exception.status, 415)


if __name__ == "__main__":
    main()
