#!/usr/bin/env python3
"""Hook points of a partner's plugin: listed, typed, asked and told like our own."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from product import Api, Company, Refused, Server  # noqa: E402

CINNABAR, PLUGINS = sys.argv[1:3]

SCRIPT = """
return { api = 1, hooks = { ["lease.before_renew"] = function(ctx)
  if ctx.months > 60 then
    return deny("lease_too_long", "最长 60 个月")
  end
  return allow { set = { ["/months"] = ctx.months + 1 } }
end, ["lease.after_renew"] = function(ctx)
  print("renewed", ctx.months)
end } }
"""


class PartnerPoints(unittest.TestCase):
    def test_they_are_like_our_own(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(CINNABAR, pathlib.Path(folder) / "data", "--set", "plugins.folders=" + PLUGINS,
                            "--set", "plugins.allow_dev=true")
            try:
                self.check(Company(Api(server.port)))
            finally:
                server.stop()

    def check(self, company):
        points = {point["name"]: point for point in company.api.get("/hook-points")["points"]}
        self.assertEqual(points["lease.before_renew"]["amends"], ["/months"])
        self.assertFalse(points["lease.after_renew"]["gate"])
        self.assertIn('["lease.before_renew"]?', company.api.get("/hook-points/types.lua").decode())
        base = f"/enterprises/{company.id}"
        company.api.put(f"{base}/hooks/script", {"source": SCRIPT})
        self.assertEqual(company.api.post(f"{base}/leases", {"months": 12})["months"], 13)
        with self.assertRaises(Refused) as refused:
            company.api.post(f"{base}/leases", {"months": 61})
        self.assertEqual(refused.exception.code, "lease_too_long")
        runs = company.api.get(f"{base}/hooks/runs")["runs"]
        self.assertEqual(sorted(run["point"] for run in runs),
                         ["lease.after_renew", "lease.before_renew", "lease.before_renew"])
        self.assertEqual([run["point"] for run in runs if run["code"] == "lease_too_long"],
                         ["lease.before_renew"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
