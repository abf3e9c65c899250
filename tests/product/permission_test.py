#!/usr/bin/env python3
"""Every route is asked by everybody: who is admitted is what permissions.json says.

A request with a query parameter that no route knows is refused as the last thing before the route's
own work: `request.query_unknown` means admitted, and nothing was changed. So the whole matrix can be
asked of one world, unsafe routes included. permissions.json says, route by route, who may; a route
that it does not name fails the test. Which role has which permission is written there, too.
"""
import json
import re
import unittest
import uuid
from pathlib import Path

from case import ProductCase, main
from product import SMALL_PDF, Company, Person, Refused, contract_body

EXPECTED = json.loads(Path(__file__).with_name("permissions.json").read_text(encoding="utf-8"))
RANKS = {"own": 1, "department": 2, "enterprise": 3}
ADMITTED = (400, "request.query_unknown")


class Subject:
    """Somebody who asks: their rights in the company, and where they sit in it."""

    def __init__(self, name, api, person="", member=False, rights=None, department="", operator=False):
        self.name, self.api, self.person, self.member = name, api, person, member
        self.rights, self.department, self.operator = rights or {}, department, operator


class Thing:
    """What is acted on: who handles it for the company, in which departments it lies."""

    def __init__(self, id, handlers=(), within=(), others=()):
        self.id, self.handlers, self.within, self.others = id, handlers, within, others


def rule_of(text):
    """'on contract contract.view handler' -> kind, parameter, permission, marks."""
    words = text.split()
    kind = words.pop(0)
    parameter = words.pop(0) if kind in ("of", "on") else ""
    permission = words.pop(0) if words and "." in words[0] else ""
    return kind, parameter, permission, set(words)


class Permissions(ProductCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls.company.handler
        cls.enterprise = cls.company.id
        cls.base = f"/enterprises/{cls.enterprise}"
        cls.everything = {p["name"]: "enterprise" for p in cls.boss.api.get("/permissions")["permissions"]}
        cls.scoped = [p["name"] for p in cls.boss.api.get("/permissions")["permissions"] if p.get("scoped")]
        cls.east = cls.boss.api.post(f"{cls.base}/departments", {"name": "东区"})["id"]
        cls.sea = cls.boss.api.post(f"{cls.base}/departments", {"name": "海边", "parent": cls.east})["id"]
        cls.subjects = cls.make_subjects()
        cls.things = cls.make_things()

    # -------------------------------------------------------------- the world

    @classmethod
    def employee(cls, name, role=None, rights=None, department=None):
        person = Person(cls.api, name)
        body = {"name": person.name, "mobile": person.mobile, "roles": [role] if role else []}
        if department:
            body["department"] = department
        cls.boss.api.post(f"{cls.base}/employees", body)
        person.acting_for(cls.api, cls.enterprise)
        return Subject(name, person.api, person.id, True, rights, department or cls.enterprise)

    @classmethod
    def role(cls, name, rights):
        return cls.boss.api.post(f"{cls.base}/roles", {"name": name, "rights": [
            {"permission": p, "scope": s} for p, s in rights.items()]})["id"]

    @classmethod
    def make_subjects(cls):
        subjects = [Subject("anonymous", cls.api),
                    Subject("super_administrator", cls.boss.api, cls.boss.id, True, cls.everything, cls.enterprise)]
        cls.idle = cls.employee("无角色员工", department=cls.sea)
        subjects.append(cls.idle)
        for role, rights in EXPECTED["roles"].items():
            subjects.append(cls.employee(role, role, rights, cls.east))
        cls.staff = cls.employee("海边业务员", "business_staff", EXPECTED["roles"]["business_staff"], cls.sea)
        subjects.append(cls.staff)
        for scope in RANKS:
            rights = {p: scope for p in cls.scoped}
            subjects.append(cls.employee(f"范围{scope}", cls.role(f"范围{scope}", rights), rights, cls.east))
        disabled = cls.role("停用的角色", cls.everything)
        cls.disabled = cls.employee("停用角色员工", disabled, {}, cls.east)
        cls.boss.api.put(f"{cls.base}/roles/{disabled}/state", {"enabled": False})
        subjects.append(cls.disabled)
        cls.other = Company(cls.api, "别的公司")
        subjects.append(Subject("other enterprise", cls.other.api, cls.other.handler.id))
        subjects.append(Subject("signer", cls.person.api, cls.person.id))
        gone = Person(cls.api, "退出的人")
        gone.api.call("DELETE", "/sessions/current")
        subjects.append(Subject("revoked session", gone.api))
        return subjects

    @classmethod
    def make_things(cls):
        def drawn_up(by):
            file = by.api.upload(SMALL_PDF)["id"]
            contract = by.api.post("/contracts", contract_body(cls.company, cls.person, file))["id"]
            return file, contract
        root_file, draft = drawn_up(cls.boss)
        sea_file, sea_draft = drawn_up(cls.staff)
        _, sent = drawn_up(cls.staff)
        cls.staff.api.post(f"/contracts/{sent}/send")
        below, top = (cls.sea, cls.east, cls.enterprise), (cls.enterprise,)
        return {
            "contract": [
                # Of a draft the signer, who is named in it, sees nothing yet; of a sent one they do. The boss
                # handles the company's own part in it.
                Thing(draft, {cls.boss.id}, [top]),
                Thing(sea_draft, {cls.staff.person}, [below]),
                Thing(sent, {cls.staff.person, cls.boss.id}, [below, top], {cls.person.id}),
                Thing("con_01ARZ3NDEKTSV4RRFFQ69G5FAV")],
            "file": [Thing(root_file, {cls.boss.id}, [top]), Thing(sea_file, {cls.staff.person}, [below])],
            "seal": [Thing(cls.company.seal, set(), [()])],
        }

    # -------------------------------------------------------------- what is expected

    def reaches(self, subject, thing, scope, owned_only):
        if not subject.member:
            # For oneself: what was opened to one, which is never as its owner here.
            return subject.person in thing.others and not owned_only
        if not thing.within:
            return False
        if scope == "enterprise" or subject.person in thing.handlers:
            return True
        return scope == "department" and any(subject.department in chain for chain in thing.within)

    def expected(self, subject, rule, thing):
        kind, _, permission, marks = rule
        if kind == "open":
            return {ADMITTED}
        if not subject.person:
            return {(401, "auth.session_missing"), (401, "auth.session_invalid")}
        if kind == "self":
            return {ADMITTED}
        if kind == "operator":
            return {(403, "auth.operator_only")}
        missing = (403, "auth.permission_missing")
        if kind == "of" and not subject.member:
            return {(404, "object.not_found")}
        if kind in ("of", "may"):
            may = not permission or not subject.member or permission in subject.rights or "handler" in marks
            return {ADMITTED if may else missing}
        scope = subject.rights.get(permission)
        if subject.member and not scope and "handler" not in marks:
            return {missing}
        if self.reaches(subject, thing, scope, "owner" in marks):
            return {ADMITTED}
        if "owner" in marks and not subject.member and subject.person in thing.others:
            return {(403, "auth.role_missing")}
        return {(404, "object.not_found")}

    # -------------------------------------------------------------- asking

    def operations(self):
        document = self.api.get("/!openapi.json")
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if method not in ("get", "post", "put", "patch", "delete"):
                    continue
                # The kernel's own pages are open, and without queries.
                if not operation["operationId"].startswith("system."):
                    yield operation["operationId"], method.upper(), path.removeprefix("/api/v1"), operation

    def ask(self, subject, method, path, operation):
        query = {p["name"]: "1" for p in operation.get("parameters", [])
                 if p.get("in") == "query" and p.get("required")}
        query["nobody_knows_this"] = "1"
        headers, body = {}, None
        content = operation.get("requestBody", {}).get("content", {})
        if content:
            headers["Content-Type"] = next(iter(content))
            body = "{}"
        target = path + "?" + "&".join(f"{k}={v}" for k, v in query.items())
        status, _, answer = subject.api.raw(method, target, body, headers)
        problem = json.loads(answer) if answer[:1] == b"{" else {}
        return status, problem.get("code", "")

    def test_every_route_admits_whom_it_should(self):
        seen, faults, asked = set(), [], 0
        for name, method, path, operation in self.operations():
            seen.add(name)
            if name not in EXPECTED["routes"]:
                faults.append(f"{name} ({method} {path}) has no entry in permissions.json: say who may")
                continue
            rule = rule_of(EXPECTED["routes"][name])
            self.assertEqual(operation.get("x-permission", ""), rule[2], name)
            things = self.things[rule[1]] if rule[0] == "on" else [None]
            for thing in things:
                filled = path
                for parameter in re.findall(r"{(\w+)}", path):
                    value = self.enterprise if parameter == "enterprise" else "1"
                    if thing and parameter == rule[1]:
                        value = thing.id
                    filled = filled.replace("{%s}" % parameter, value)
                for subject in self.subjects:
                    asked += 1
                    got = self.ask(subject, method, filled, operation)
                    wanted = self.expected(subject, rule, thing)
                    if got not in wanted:
                        faults.append(f"{name} on {thing.id if thing else '-'} by {subject.name}: {got}, not {wanted}")
        for name in EXPECTED["routes"]:
            if name not in seen:
                faults.append(f"permissions.json names {name}, which is no route")
        print(f"{asked} requests to {len(seen)} routes by {len(self.subjects)} subjects", flush=True)
        self.assertEqual(faults, [], "\n".join(faults))

    # -------------------------------------------------------------- what answers hold

    def listed(self, subject):
        return {c["id"] for c in subject.api.get("/contracts?limit=100")["contracts"]}

    def test_lists_hold_what_one_may_see_and_nothing_else(self):
        contracts = self.things["contract"][:3]
        for subject in self.subjects:
            if not subject.person:
                continue
            scope = subject.rights.get("contract.view")
            wanted = {t.id for t in contracts if self.reaches(subject, t, scope, False)}
            self.assertEqual(self.listed(subject) & {t.id for t in contracts}, wanted, subject.name)

    def test_a_refusal_says_nothing_of_what_it_hides(self):
        draft = self.things["contract"][0].id
        secret = self.boss.api.get(f"/contracts/{draft}")["name"]
        for subject in self.subjects:
            for path in (f"/contracts/{draft}", f"/contracts/{draft}/evidence", f"/contracts/{draft}/text"):
                status, _, answer = subject.api.raw("GET", path)
                if status != 200:
                    self.assertNotIn(secret.encode(), answer, subject.name)
        unknown = self.other.api.raw("GET", "/contracts/con_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        hidden = self.other.api.raw("GET", f"/contracts/{draft}")
        same = [re.sub(rb"con_\w+|req_\w+", b"", answer[2]) for answer in (unknown, hidden)]
        self.assertEqual(same[0], same[1])
        self.assertEqual(unknown[0], hidden[0])

    def test_a_file_of_a_colleague_is_not_put_into_a_draft(self):
        file = self.boss.api.upload(SMALL_PDF)["id"]
        with self.assertRaises(Refused) as refused:
            self.staff.api.post("/contracts", contract_body(self.company, self.person, file))
        self.assertEqual(refused.exception.code, "contract.file_unknown")

    # -------------------------------------------------------------- changes hold at once

    def test_a_change_of_roles_holds_from_the_next_request_on(self):
        draft = self.things["contract"][0].id
        person = self.employee("变动员工" + uuid.uuid4().hex[:4])

        def sees():
            return person.api.raw("GET", f"/contracts/{draft}")[0]
        holder = f"{self.base}/roles/contract_administrator/holders/{person.person}"
        for _ in range(5):
            self.assertEqual(sees(), 404)
            self.boss.api.put(holder, {})
            self.assertEqual(sees(), 200)
            self.boss.api.call("DELETE", holder)
        role = self.role("可停用" + uuid.uuid4().hex[:4], {"contract.view": "enterprise"})
        self.boss.api.put(f"{self.base}/roles/{role}/holders/{person.person}", {})
        self.assertEqual(sees(), 200)
        self.boss.api.put(f"{self.base}/roles/{role}/state", {"enabled": False})
        self.assertEqual(sees(), 404)
        self.boss.api.put(f"{self.base}/roles/{role}/state", {"enabled": True})
        self.assertEqual(sees(), 200)
        self.boss.api.put(f"{self.base}/roles/{role}", {"name": "改" + uuid.uuid4().hex[:4], "rights": []})
        self.assertEqual(sees(), 404)
        self.boss.api.call("DELETE", f"{self.base}/employees/{person.person}")
        self.assertEqual(sees(), 403)

    def test_who_inherits_a_department_sees_what_counted_to_it(self):
        place = self.boss.api.post(f"{self.base}/departments", {"name": "将撤销" + uuid.uuid4().hex[:4]})["id"]
        heir = self.boss.api.post(f"{self.base}/departments", {"name": "继承" + uuid.uuid4().hex[:4]})["id"]
        maker = self.employee("业务员" + uuid.uuid4().hex[:4], "business_staff", None, place)
        head = self.employee("部门管理员" + uuid.uuid4().hex[:4], "department_administrator", None, heir)
        file = maker.api.upload(SMALL_PDF)["id"]
        contract = maker.api.post("/contracts", contract_body(self.company, self.person, file))["id"]
        self.assertEqual(head.api.raw("GET", f"/contracts/{contract}")[0], 404)
        self.assertNotIn(contract, self.listed(head))
        self.boss.api.call("DELETE", f"{self.base}/departments/{place}?heir={heir}")
        self.assertEqual(head.api.raw("GET", f"/contracts/{contract}")[0], 200)
        self.assertIn(contract, self.listed(head))


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    main()
