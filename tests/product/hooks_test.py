#!/usr/bin/env python3
"""An enterprise's script decides, and a script that runs away is stopped and decides nothing."""
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from case import CINNABAR, ProductCase, main
from hosted import workers
from product import SMALL_PDF, Api, Company, Person, Refused, Server, contract_body, sign

ROOT = Path(__file__).resolve().parent.parent.parent

DENY = """
return { api = 1, hooks = { ["contract.before_send"] = function(ctx)
  if ctx.contract.name:find("禁止", 1, true) then
    return deny("name_forbidden", "合同名称不允许")
  end
  return allow{}
end } }
"""

RUNAWAYS = {
    "plain": "while true do end",
    "pcall": "while true do pcall(function() while true do end end) end",
    "gc": "setmetatable({}, {__gc = function() while true do end end}) while true do local t = {} end",
    "pattern": "string.find(string.rep('a', 60), string.rep('a?', 60) .. string.rep('a', 60))",
    "table_move": "table.move({}, 1, 2^40, 2)",
    "memory": "local t = {} for i = 1, 1e9 do t[i] = string.rep('x', 1000) .. i end",
}


def script(body):
    return ('return { api = 1, hooks = { ["contract.before_send"] = function(ctx) '
            + body + " return allow{} end } }")


class Hooks(ProductCase):
    def install(self, source, company=None):
        company = company or self.company
        company.api.put(f"/enterprises/{company.id}/hooks/script", {"source": source})

    def tearDown(self):
        self.company.api.call("DELETE", f"/enterprises/{self.company.id}/hooks/script")

    def send(self, name):
        contract = self.draft(name=name)
        self.company.api.post(f"/contracts/{contract}/send")
        return contract

    def test_a_hook_denies_by_name_with_its_own_code_and_text(self):
        self.install(DENY)
        with self.assertRaises(Refused) as refused:
            self.send("禁止的合同")
        self.assertEqual(refused.exception.status, 422)
        text = str(refused.exception.problem)
        self.assertIn("name_forbidden", text)
        self.assertIn("合同名称不允许", text)
        self.assertTrue(self.send("允许的合同"))

    def test_runaway_hooks_are_stopped_and_fail_closed(self):
        for name, body in RUNAWAYS.items():
            with self.subTest(name):
                self.install(script(body))
                contract = self.draft()
                begun = time.monotonic()
                with self.assertRaises(Refused) as refused:
                    self.company.api.post(f"/contracts/{contract}/send")
                took = time.monotonic() - begun
                self.assertGreaterEqual(took, 0.25)  # held back: who repeats at once is slowed down
                self.assertLess(took, 30)  # by itself it would never end
                # On a busy machine the time to wait may be over first.
                code = refused.exception.code
                self.assertEqual(refused.exception.status, {"hook.failed": 422, "hook.unavailable": 503}[code])
                self.assertEqual(self.state(contract), "draft")

    def test_other_enterprises_have_no_hook_of_ours(self):
        self.install(script("while true do end"))
        other = Company(self.api)
        file = other.api.upload(SMALL_PDF)["id"]
        contract = other.api.post("/contracts", contract_body(other, self.person, file))["id"]
        self.assertTrue(other.api.post(f"/contracts/{contract}/send"))

    def test_a_script_that_does_not_parse_is_refused(self):
        with self.assertRaises(Refused) as refused:
            self.install("return {")
        self.assertIn(refused.exception.status, (400, 422))

    def test_the_types_for_editors_are_those_of_the_server(self):
        served = self.company.api.get("/hook-points/types.lua").decode()
        kept = (ROOT / "scripts" / "meta" / "cinnabar.lua").read_text(encoding="utf-8")
        self.assertEqual(kept, served, "take GET /api/v1/hook-points/types.lua into scripts/meta/cinnabar.lua")

    def test_the_guide_lists_the_points_that_there_are(self):
        page = (ROOT / "docs" / "authors" / "hooks.md").read_text(encoding="utf-8")
        table = page.split("| point | kind |")[1].split("\n\n")[0]
        listed = re.findall(r"`([a-z]+\.[a-z_]+)`", "".join(row.split("|")[1] for row in table.splitlines()[2:]))
        self.assertEqual(sorted(listed), sorted(self.points()))

    def points(self):
        return [point["name"] for point in self.company.api.get("/hook-points")["points"]]

    def test_every_point_asks_or_tells_the_script(self):
        points = self.points()
        self.install("return { api = 1, hooks = { "
                     + " ".join(f'["{point}"] = function(ctx) end,' for point in points) + " } }")
        api = self.company.api
        api.call("DELETE", f"/contracts/{self.draft()}")
        api.post(f"/contracts/{self.sent()}/revoke", {"reason": "条款变更"})
        self.person.api.post(f"/contracts/{self.sent()}/refuse", {"reason": "条款有误"})
        done = self.filled()
        sign(api, done, self.company.handler.signing_password)
        sign(self.person.api, done, self.person.signing_password)
        api.get(f"/contracts/{done}/document")
        seal = api.post("/seals", {"type": "round", "name": "财务专用章"})["id"]
        api.post(f"/seals/{seal}/disable")
        api.post(f"/seals/{seal}/enable")
        staff = f"/enterprises/{self.company.id}/employees"
        api.post(staff, {"name": self.person.name, "mobile": self.person.mobile})
        api.call("DELETE", f"{staff}/{self.person.id}")
        self.company.handler.sign_in(self.api, self.company.id)
        self.sent()
        api.post("/clock/advance", {"seconds": 300 * 86400})  # past the deadline
        silent, until = set(points), time.monotonic() + 60
        while silent and time.monotonic() < until:
            ran = api.get(f"/enterprises/{self.company.id}/hooks/metrics")["points"]
            silent -= {point["point"] for point in ran if point["runs"] > 0 and point["errors"] == 0}
        self.assertEqual(silent, set(), "nothing asks or tells a script there")

    def test_a_record_is_replayed_alike_on_the_server_and_without_it(self):
        hooks = f"/enterprises/{self.company.id}/hooks"
        # Neither the time nor the random numbers of then make a difference now.
        source = script('if ctx.now > 0 then return allow{set = {["/contract/name"] = '
                        '"合同" .. math.random(1000000) .. "/" .. ctx.now}} end')
        self.company.api.put(f"{hooks}/settings", {"record_inputs": True})
        self.install(source)
        self.sent()
        self.company.api.put(f"{hooks}/settings", {})
        there = self.company.api.post(f"{hooks}/replay", {"source": source, "point": "contract.before_send"})
        self.assertEqual((there["replayed"], there.get("differences", [])), (1, []), there)
        script_file, runs_file = self.root / "replayed.lua", self.root / "runs.json"
        script_file.write_text(source, encoding="utf-8")
        runs = self.company.api.get(f"{hooks}/runs?point=contract.before_send")
        runs_file.write_text(json.dumps(runs), encoding="utf-8")
        for before in ([], ["--before", script_file]):
            done = subprocess.run([CINNABAR, "hook", "replay", script_file, runs_file, "--json", *before],
                                  text=True, timeout=120, capture_output=True)
            self.assertEqual(done.returncode, 0, done)
            self.assertEqual(json.loads(done.stdout)["replayed"], 1, done)
        self.company.api.call("DELETE", f"{hooks}/runs")

    def test_every_way_to_the_content_asks_the_gate(self):
        contract = self.filled()
        self.install('return { api = 1, hooks = { ["contract.before_download"] = function(ctx) '
                     'return deny(ctx.form, "not now") end } }')
        for path, form in (("document", "document"), ("documents/1", "document"), ("pages/1.png", "page"),
                           ("text", "text"), ("evidence.zip", "evidence")):
            for api in (self.company.api, self.person.api):
                with self.assertRaises(Refused) as refused:
                    api.get(f"/contracts/{contract}/{path}")
                self.assertEqual((refused.exception.status, refused.exception.code), (422, form), path)

    def test_the_hook_host_cannot_be_switched_off_under_contracts(self):
        done = subprocess.run([CINNABAR, "plugin", "disable", "cinnabar.hooks", "--data", self.server.data],
                              text=True, timeout=120, capture_output=True)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("cinnabar.contract", done.stderr)

    def test_a_script_is_run_offline(self):
        script_file, input_file = self.root / "hook.lua", self.root / "input.json"
        script_file.write_text(DENY, encoding="utf-8")
        input_file.write_text('{"contract": {"name": "禁止"}}', encoding="utf-8")
        done = subprocess.run([CINNABAR, "hook", "run", script_file, "--point", "contract.before_send",
                               "--input", input_file], text=True, timeout=120, capture_output=True)
        self.assertEqual(done.returncode, 0, done)
        self.assertIn('"code":"name_forbidden"', done.stdout)


class HooksApart(Hooks):
    """The same with scripts in processes of their own."""

    @classmethod
    def start(cls):
        settings = cls.root / "cinnabar.toml"
        settings.write_text('[plugin."cinnabar.hooks"]\nisolation = "process"\n', encoding="utf-8")
        return Server(CINNABAR, cls.root / "data", "--config", settings)

    def test_a_script_runs_in_another_process(self):
        self.install(DENY)
        with self.assertRaises(Refused) as refused:
            self.send("禁止的合同")
        self.assertEqual(refused.exception.code, "name_forbidden")
        runs = self.company.api.get(f"/enterprises/{self.company.id}/hooks/runs")["runs"]
        self.assertEqual(runs[0]["outcome"], "denied")
        self.assertGreater(runs[0]["memory"], 1000)

    def test_a_process_that_hangs_is_killed_and_gives_no_consent(self):
        self.install(DENY)
        self.assertTrue(self.send("允许的合同"))
        hanging = workers(self.server.process.pid, "cinnabar.hook-runtime")
        self.assertTrue(hanging)
        contract = self.draft()
        for pid in hanging:
            os.kill(pid, signal.SIGSTOP)
        with self.assertRaises(Refused) as refused:
            self.company.api.post(f"/contracts/{contract}/send")
        self.assertEqual(refused.exception.code, "hook.failed")
        self.assertIn("worker.", refused.exception.problem["detail"])
        self.assertEqual(self.state(contract), "draft")
        until = time.monotonic() + 30
        while set(hanging[:1]) & set(workers(self.server.process.pid, "cinnabar.hook-runtime")):
            self.assertLess(time.monotonic(), until, "the process that hangs is still there")
        self.assertTrue(self.send("允许的合同"))


class WithoutTheHookHost(unittest.TestCase):
    def test_there_are_no_contracts_where_no_gate_could_close(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(CINNABAR, Path(folder) / "data", "--set", "plugins.disabled=cinnabar.hooks")
            try:
                # Nor anybody to sign in: that has a gate as well.
                for path in ("/contracts", "/me", "/seals"):
                    self.assertEqual(Api(server.port).raw("GET", path)[0], 404, path)
                self.assertEqual(Api(server.port).raw("GET", "/hook-points")[0], 404)
            finally:
                server.stop()


if __name__ == "__main__":
    main()
