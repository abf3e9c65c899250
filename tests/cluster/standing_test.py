#!/usr/bin/env python3
"""Three servers on one Galera cluster: what is changed of roles and departments at one of them holds
for the very next request at the other. CINNABAR_SEED repeats a run."""
import os
import random
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))
from cluster import Cluster  # noqa: E402
from product import SMALL_PDF, Company, Person, Refused, contract_body, in_parallel  # noqa: E402

CINNABAR = sys.argv[1] if len(sys.argv) > 1 else ""
SEED = int(os.environ.get("CINNABAR_SEED", str(random.SystemRandom().randrange(2**32))))
CHANGES = int(os.environ.get("CINNABAR_ROLE_CHANGES", "60"))


class Standing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"CINNABAR_SEED={SEED}", flush=True)
        cls.folder = tempfile.TemporaryDirectory()
        cls.cluster = Cluster(CINNABAR, cls.folder.name, count=3)
        cls.cluster.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.cluster.__exit__()
        cls.folder.cleanup()

    def status(self, person, number, path):
        return self.cluster.api(number, person.api.token).raw("GET", path)[0]

    def test_a_change_holds_for_the_next_request_on_every_server(self):
        chance = random.Random(SEED)
        first = self.cluster.api(0)
        company = Company(first)
        base = f"/enterprises/{company.id}"
        file = company.api.upload(SMALL_PDF)["id"]
        someone = Person(first, "变动员工")
        contract = company.api.post("/contracts", contract_body(company, someone, file))["id"]
        company.api.post(f"{base}/employees", {"name": someone.name, "mobile": someone.mobile})
        someone.acting_for(first, company.id)
        role = company.api.post(f"{base}/roles", {"name": "查看", "rights": [
            {"permission": "contract.view", "scope": "enterprise"}]})["id"]
        holds, enabled = False, True
        for change in range(CHANGES):
            server = chance.randrange(3)
            api = self.cluster.api(server, company.api.token)
            if chance.randrange(3):
                holds = not holds
                method = "PUT" if holds else "DELETE"
                api.call(method, f"{base}/roles/{role}/holders/{someone.id}", {} if holds else None)
            else:
                enabled = not enabled
                api.put(f"{base}/roles/{role}/state", {"enabled": enabled})
            wanted = 200 if holds and enabled else 404
            for number in chance.sample(range(3), 3):
                got = self.status(someone, number, f"/contracts/{contract}")
                self.assertEqual(got, wanted, f"change {change} at server {server}, asked at {number}")
        # Who left is nobody at the next request, wherever.
        company.api.call("DELETE", f"{base}/employees/{someone.id}")
        self.assertEqual([self.status(someone, number, base) for number in range(3)], [403] * 3)

    def test_two_who_change_the_tree_at_once_leave_a_tree(self):
        company = Company(self.cluster.api(0))
        base = f"/enterprises/{company.id}/departments"
        east, west = (company.api.post(base, {"name": name})["id"] for name in ("东区", "西区"))
        def move(index):
            one, other = ((east, west), (west, east))[index]
            return self.cluster.api(index, company.api.token).put(f"{base}/{one}", {"parent": other})
        moved = [r for r in in_parallel(2, move) if not isinstance(r, Exception)]
        refused = [r.code for r in in_parallel(2, move) if isinstance(r, Refused)]
        self.assertEqual(len(moved), 1)
        self.assertIn("organisation.department_cycle", refused)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]] + sys.argv[2:])
