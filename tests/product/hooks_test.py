#!/usr/bin/env python3
"""An enterprise's script decides, and a script that runs away is stopped and decides nothing."""
import time

from case import ProductCase, main
from product import SMALL_PDF, Company, Refused, contract_body

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
                self.assertLess(time.monotonic() - begun, 5)
                self.assertEqual(refused.exception.status, 422)
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


if __name__ == "__main__":
    main()
