#!/usr/bin/env python3
"""Employees from spreadsheets: ten thousand rows of which some are bad, files made to do harm, and
a server that is killed in the middle. The workbooks are made here, part by part."""
import io
import random
import re
import struct
import time
import zipfile
from xml.sax.saxutils import escape

from case import CINNABAR, ProductCase, main
from product import Api, Company, Refused, Server

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADING = ["姓名", "手机号", "角色", "部门"]


def relationships(*targets):
    return f'<Relationships xmlns="{PACKAGE}">' + "".join(
        f'<Relationship Id="rId{i}" Type="{KINDS}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)) + "</Relationships>"


def parts(sheet_data, before=""):
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
                               'content-types"/>',
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{KINDS}"><sheets>'
                           '<sheet name="员工" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(("worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": f'{before}<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}'
                                    "</sheetData></worksheet>",
    }


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def cell(value):
    if isinstance(value, (int, float)):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def workbook(rows):
    return zipped(parts("".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)))


def texts(content):
    """The texts of a sheet that the server wrote, row by row."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    return [re.findall(r"<t [^>]*>([^<]*)</t>", row) for row in re.findall(r"<row.*?</row>", sheet)]


class Import(ProductCase):
    def route(self, company, rest=""):
        return f"/enterprises/{company.id}/employee-imports{rest}"

    def upload(self, company, content, key=None):
        return company.api.call("POST", self.route(company), content, {"Content-Type": XLSX}, key=key)

    def employees(self, company):
        found, cursor = [], ""
        while True:
            page = company.api.get(f"/enterprises/{company.id}/employees?limit=1000&cursor={cursor}")
            found += page["employees"]
            cursor = page.get("next")
            if not cursor:
                return found

    def wait(self, company, id, until=lambda view: view["state"] != "running"):
        for _ in range(100_000):  # the server cannot push; a client asks again
            view = company.api.get(self.route(company, f"/{id}"))
            if until(view):
                return view
        self.fail("the import does not end")

    def refused(self, content):
        with self.assertRaises(Refused) as caught:
            self.upload(self.company, content)
        self.assertEqual(caught.exception.status, 422, caught.exception.problem)
        return caught.exception.code

    def test_ten_thousand_rows_of_which_five_hundred_are_bad(self):
        company = Company(self.api)
        departments = f"/enterprises/{company.id}/departments"
        east = company.api.post(departments, {"name": "东区"})["id"]
        sea = company.api.post(departments, {"name": "海边", "parent": east})["id"]
        chance = random.Random(7)
        mobiles = [13_000_000_000 + 7 * i for i in range(10_000)]
        bad = set(chance.sample(range(10_000), 500))
        rows = [HEADING]
        for i, mobile in enumerate(mobiles):
            name, number = f"员工{i:05}", (mobile, str(mobile), f"{mobile:.10E}")[i % 3]
            row = [name, float(number) if i % 3 == 2 else number, "业务员", "东区/海边" if i % 2 else ""]
            if i in bad:
                row = [["", mobile], [name, "1380013800"], [name, str(mobile), "不存在的角色"],
                       [name, str(mobile), "", "不存在/的部门"], [name, ""]][i % 5]
            rows.append(row)
        content = workbook(rows)
        begun = time.monotonic()
        view = self.upload(company, content)
        read = time.monotonic()
        self.assertEqual((view["total"], view["failed"]), (10_000, 500))
        view = self.wait(company, view["id"])
        ended = time.monotonic()
        print(f"10,000 rows, {len(content)} bytes: read in {read - begun:.2f} s, "
              f"added after {ended - begun:.2f} s")
        self.assertEqual((view["state"], view["read"], view["added"], view["failed"]),
                         ("done", 10_000, 9_500, 500))
        self.assertEqual({fault["row"] for fault in view["faults"]}, {i + 2 for i in bad})
        codes = ("name_blank", "mobile_invalid", "role_unknown", "department_unknown", "mobile_blank")
        for fault in view["faults"]:
            self.assertEqual(fault["code"], codes[(fault["row"] - 2) % 5])
            self.assertTrue(fault["message"])
        employees = self.employees(company)
        found = {employee["person"]["mobile"] for employee in employees}
        staff = [e for e in employees if e["person"]["name"][2:].isdigit()]
        self.assertTrue(all(e["roles"] == ["business_staff"] for e in staff))
        self.assertEqual(sum(e["department"] == sea for e in staff),
                         sum(i % 2 for i in range(10_000) if i not in bad))
        self.assertEqual(found - {company.handler.mobile},
                         {str(mobile) for i, mobile in enumerate(mobiles) if i not in bad})
        status, headers, faults = company.api.raw(
            "GET", self.route(company, f"/{view['id']}/faults.xlsx"), headers={"Accept-Language": "zh"})
        self.assertEqual((status, headers["Content-Type"]), (200, XLSX))
        lines = texts(faults)
        self.assertEqual(lines[0], HEADING + ["行号", "原因"])
        self.assertEqual(len(lines), 501)

    def test_the_template_can_be_filled_in(self):
        content = self.company.api.get(f"/enterprises/{self.company.id}/employees/import-template.xlsx")
        self.assertEqual(texts(content), [["Name", "Mobile", "Roles", "Department"]])
        self.assertEqual(self.refused(content), "organisation.import_empty")

    def test_the_same_upload_is_one_import(self):
        company = Company(self.api)
        content = workbook([HEADING, ["李雪", "13711111111"]])
        first = self.upload(company, content, key="once")
        self.wait(company, first["id"])
        self.assertEqual(self.upload(company, content, key="once")["id"], first["id"])
        again = self.wait(company, self.upload(company, content)["id"])
        self.assertEqual([fault["code"] for fault in again["faults"]], ["already_employee"])

    def test_headings_that_are_not_known_are_named(self):
        with self.assertRaises(Refused) as caught:
            self.upload(self.company, workbook([HEADING + ["工号"], ["李雪", "13711111111"]]))
        self.assertEqual(caught.exception.code, "organisation.import_column_unknown")
        self.assertIn("工号", caught.exception.problem["detail"])

    def test_files_made_to_do_harm_are_refused(self):
        row = "<row>" + "".join(map(cell, HEADING)) + "</row>"
        good = parts(row)
        sheet = "xl/worksheets/sheet1.xml"
        laughs = ('<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
            f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij")) + "]>")
        outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        twice = io.BytesIO()
        with zipfile.ZipFile(twice, "w") as archive:
            for name, content in good.items():
                archive.writestr(name, content)
            archive.writestr(sheet.upper(), "<x/>")
        whole = zipped(good)
        flagged = bytearray(whole)
        flagged[flagged.rindex(b"PK\1\2") + 8] |= 1
        lying = bytearray(zipped({**good, sheet: b"x" * 3_000_000}))
        lying[lying.rindex(b"PK\1\2") + 24:][:4] = struct.pack("<I", 10)
        wrong_sum = bytearray(whole)
        wrong_sum[wrong_sum.rindex(b"PK\1\2") + 16] ^= 1
        wrong_sum[wrong_sum.rindex(b"PK\3\4") + 14] ^= 1
        cases = {
            "a bomb": (zipped({**good, sheet: b"\0" * 50_000_000}), "spreadsheet.unsafe"),
            "a bomb that lies": (bytes(lying), "spreadsheet.unsafe"),
            "entities that grow": (zipped(parts(row, laughs)), "spreadsheet.unsafe"),
            "an entity outside": (zipped(parts(row, outside)), "spreadsheet.unsafe"),
            "a formula": (zipped(parts(row + '<row><c r="A2"><f>1+1</f><v>2</v></c></row>')),
                          "spreadsheet.formula"),
            "too many rows": (workbook([HEADING] + [["李", i * i] for i in range(20_001)]),
                              "spreadsheet.too_many_rows"),
            "a far column": (zipped(parts('<row><c r="XFD1"><v>1</v></c></row>')),
                             "spreadsheet.too_many_columns"),
            "a row beyond a table": (zipped(parts('<row r="99999999999"/>')), "spreadsheet.damaged"),
            "deep nesting": (zipped(parts("<a>" * 100_000 + "</a>" * 100_000)), "spreadsheet.unsafe"),
            "a tag without an end": (zipped(parts('<a b="' + random.Random(1).randbytes(
                2_000_000).hex())), "spreadsheet.unsafe"),
            "a cut file": (whole[:-30], "spreadsheet.damaged"),
            "a wrong checksum": (bytes(wrong_sum), "spreadsheet.damaged"),
            "two of one name": (twice.getvalue(), "spreadsheet.unsafe"),
            "a path that leads out": (zipped({**good, "../../etc/cron.d/x": "x"}), "spreadsheet.unsafe"),
            "an encrypted member": (bytes(flagged), "spreadsheet.protected"),
            "an old workbook": (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + bytes(600), "spreadsheet.protected"),
            "another file": ("姓名,手机号\n".encode(), "spreadsheet.not_xlsx"),
            "another archive": (zipped({"a": "b"}), "spreadsheet.not_xlsx"),
        }
        for name, (content, code) in cases.items():
            with self.subTest(name):
                self.assertEqual(self.refused(content), code)
        # What all of them were made of is read, as far as it goes.
        self.assertEqual(self.refused(whole), "organisation.import_empty")

    def test_other_types_and_sizes_are_refused_at_the_door(self):
        for content, kind, status in ((b"x", "text/csv", 415), (bytes(11 << 20), XLSX, 413)):
            answer, _, _ = self.company.api.raw("POST", self.route(self.company), content,
                                                {"Content-Type": kind})
            self.assertEqual(answer, status)

    def test_kill_nine_in_the_middle_adds_each_once(self):
        company = Company(self.api)
        rows = [HEADING] + [[f"员工{i}", str(14_000_000_000 + i)] for i in range(6_000)]
        rows += [["", "13700000000"]]
        id = self.upload(company, workbook(rows))["id"]
        self.wait(company, id, lambda view: view["added"] >= 600)
        self.server.kill()
        type(self).server = Server(CINNABAR, self.root / "data")
        company.handler.reconnect(self.server.port)
        self.company.handler.reconnect(self.server.port)
        type(self).api = Api(self.server.port)
        seen = company.api.get(self.route(company, f"/{id}"))
        print(f"killed after {seen['added']} of 6,000")
        self.assertGreaterEqual(seen["added"], 600)
        view = self.wait(company, id)
        self.assertEqual((view["added"], view["failed"], view["read"]), (6_000, 1, 6_001))
        employees = self.employees(company)
        mobiles = sorted(employee["person"]["mobile"] for employee in employees)
        self.assertEqual(mobiles, sorted([company.handler.mobile] + [row[1] for row in rows[1:-1]]))
        self.assertTrue(self.server.doctor()["ok"])


if __name__ == "__main__":
    main()
