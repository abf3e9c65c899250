"""Contracts that are played step by step, and what must be there of them after a fault."""
import collections
import uuid

from product import contract_body, sign_body


class Life:
    """One contract, and which of its steps were acknowledged. Each step has a key of its own."""

    SIGNED = ("create", "send", "fill", "seal", "sign")
    REVOKED = ("create", "send", "revoke")
    STATE_AFTER = {"create": "draft", "send": "filling", "fill": "signing", "seal": "signing",
                   "sign": "completed", "revoke": "revoked"}

    def __init__(self, file, steps=SIGNED):
        self.file, self.steps = file, steps
        self.keys = {step: uuid.uuid4().hex for step in steps}
        self.acknowledged = []
        self.contract = None
        self.bodies = {}

    @property
    def done(self):
        return len(self.acknowledged) == len(self.steps)

    def step(self, company, person, clients):
        """Makes the next step; its return is the acknowledgement. `clients` are (company, person)
        APIs of the caller's own."""
        name = self.steps[len(self.acknowledged)]
        of_company, of_person = clients
        key = self.keys[name]
        if name == "create":
            if name not in self.bodies:
                self.bodies[name] = contract_body(company, person, self.file)
            self.contract = of_company.post("/contracts", self.bodies[name], key=key)["id"]
        elif name == "send":
            of_company.post(f"/contracts/{self.contract}/send", key=key)
        elif name == "revoke":
            of_company.post(f"/contracts/{self.contract}/revoke", {"reason": "改期再签"}, key=key)
        elif name == "fill":
            of_person.post(f"/contracts/{self.contract}/fill", {"values": {"place": "苏州"}}, key=key)
        else:
            api, who = (of_company, company.handler) if name == "seal" else (of_person, person)
            if name not in self.bodies:
                self.bodies[name] = sign_body(api, self.contract, who.signing_password)
            api.post(f"/contracts/{self.contract}/sign", self.bodies[name], key=key)
        self.acknowledged.append(name)

    def faults(self, api):
        """What is wrong with it: an effect that was acknowledged and is gone, or is there twice."""
        if not self.contract or not self.acknowledged:
            return []
        state = api.get(f"/contracts/{self.contract}")["state"]
        reached = [self.STATE_AFTER[step] for step in self.steps[len(self.acknowledged) - 1:]]
        found = [] if state in reached else [f"{state} after {self.acknowledged}"]
        evidence = api.get(f"/contracts/{self.contract}/evidence")
        if not evidence["intact"]:
            found.append("its chain is broken")
        counts = collections.Counter(act["type"] for act in evidence["acts"])
        most = {"contract.sent": ("send",), "contract.filled": ("fill",),
                "contract.signed": ("seal", "sign"), "contract.revoked": ("revoke",)}
        for kind, steps in most.items():
            least = sum(step in self.acknowledged for step in steps)
            if not least <= counts[kind] <= sum(step in self.steps for step in steps):
                found.append(f"{counts[kind]} times {kind} after {self.acknowledged}")
        return [f"{self.contract}: {fault}" for fault in found]
