"""What the requests of the test are about: accounts of several roles, contracts in several states."""
import base64
import json

from product import (SMALL_PDF, Api, Company, Person, Refused, Server, contract_body, credit_code, sign,
                     sign_body)
from storage import database_of

PARTY = 3  # among the accounts

DENY = ('return { api = 1, hooks = { ["contract.before_send"] = function(ctx) '
        'if ctx.contract.name == "x" then return deny("named_x", "x") end return allow{} end } }')


def start(cinnabar, root):
    """A demonstration server whose first person is an operator, and that person."""
    server = Server(cinnabar, root / "data")
    operator = Person(Api(server.port), "运营")
    server.stop()
    config = root / "cinnabar.toml"
    config.write_text(f'[access]\noperators = ["{operator.id}"]\n')
    server = Server(cinnabar, root / "data", "--config", str(config))
    operator.reconnect(server.port)
    return server, operator


class World:
    def __init__(self, server, operator):
        self.port = server.port
        self.database = database_of(server.data)
        self.api = Api(server.port)
        self.company, self.other = Company(self.api), Company(self.api, "青松物流有限公司", "吴越")
        self.person, self.stranger = Person(self.api, "韩梅"), Person(self.api, "路人")
        self.employee = Person(self.api, "钱多")
        self.company.api.post(f"/enterprises/{self.company.id}/employees",
                              {"name": self.employee.name, "mobile": self.employee.mobile})
        self.employee.acting_for(self.api, self.company.id)
        self.accounts = [
            self.account("administrator", self.company.handler, self.company.id),
            self.account("administrator of another", self.other.handler, self.other.id),
            self.account("employee", self.employee, self.company.id),
            self.account("party", self.person), self.account("stranger", self.stranger),
            self.account("operator", operator),
        ]
        self.contracts = list(self.make_contracts())
        self.company.api.put(f"/enterprises/{self.company.id}/hooks/script", {"source": DENY})
        self.form = self.add_program()

    @staticmethod
    def account(name, person, enterprise=""):
        return {"name": name, "token": person.api.token, "mobile": person.mobile,
                "password": person.password, "acting_for": enterprise}

    def add_program(self):
        """An account that is a program with an access token; the form that it got it by."""
        key = self.company.api.post(f"/enterprises/{self.company.id}/api-keys", {
            "name": "ERP", "permissions": ["contract.initiate", "contract.view"]})
        form = (f"grant_type=client_credentials&client_id={key['key']['id']}"
                f"&client_secret={key['secret']}").encode()
        token = self.api.call("POST", "/oauth/token", form,
                              {"Content-Type": "application/x-www-form-urlencoded"})
        handler = self.company.handler
        self.accounts.append({"name": "program", "token": token["access_token"], "mobile": handler.mobile,
                              "password": handler.password, "acting_for": self.company.id})
        return form

    def draft(self):
        file = self.company.api.upload(SMALL_PDF)["id"]
        return self.company.api.post("/contracts", contract_body(self.company, self.person, file))["id"]

    def sent(self):
        contract = self.draft()
        self.company.api.post(f"/contracts/{contract}/send")
        return contract

    def filled(self):
        contract = self.sent()
        self.person.api.post(f"/contracts/{contract}/fill", {"values": {"place": "杭州"}})
        return contract

    def sealed(self):
        contract = self.filled()
        sign(self.company.api, contract, self.company.handler.signing_password)
        return contract

    def make_contracts(self):
        completed = self.sealed()
        sign(self.person.api, completed, self.person.signing_password)
        yield completed
        for _ in range(3):
            yield self.draft()
            yield self.sent()
            yield self.filled()
        begun = self.sealed()
        sign_body(self.person.api, begun, self.person.signing_password)
        yield begun
        refused = self.filled()
        self.company.api.post(f"/contracts/{refused}/refuse", {"reason": "条款有误"})
        yield refused
        revoked = self.sent()
        self.company.api.post(f"/contracts/{revoked}/revoke", {"reason": "重新起草"})
        yield revoked

    def get(self, path, api=None):
        try:
            return (api or self.company.api).get(path)
        except Refused:
            return {}

    def pools(self):
        """Values for the parameters of paths and for members that name something, by their names."""
        points = [point["name"] for point in self.get("/hook-points").get("points", [])]
        plugins = [one["id"] for one in self.get("/plugins", self.operator_api()).get("plugins", [])]
        people = [self.company.handler, self.other.handler, self.employee, self.person, self.stranger]
        return {
            "contract": self.contracts, "seal": [self.company.seal, self.other.seal],
            "file": [self.company.api.upload(SMALL_PDF)["id"] for _ in range(3)],
            "enterprise": [self.company.id, self.company.id, self.other.id],
            "person": [one.id for one in people], "mobile": [one.mobile for one in people],
            "hash": self.hashes(), "point": points,
            "event": self.ids("kernel_event"),
            "plugin": plugins, "version": ["1.0.0", "2.0.0"], "page": ["1", "2"], "number": ["1", "2"],
            "method": ["password", "code", "none"], "kind": ["seal-type", "auth-method", "evidence"],
            "name": ["round", "name", "password", "code", "hook-one"], "channel": ["inbox", "webhook"],
            "message": self.ids("notification_outbox"), "limit": ["1", "10"], "cursor": ["", "0"],
        }

    def operator_api(self):
        return self.api.with_token(self.accounts[5]["token"])

    def examples(self):
        """Bodies that are taken, so that not only refusals are met."""
        file = self.company.api.upload(SMALL_PDF)["id"]
        contract = contract_body(self.company, self.person, file)
        people = [self.company.handler, self.person, self.stranger]
        ready = [self.filled() for _ in range(2)]
        return {
            "contract.send": [self.at(self.draft()) for _ in range(2)],
            "contract.preflight": [self.at(self.draft())],
            "contract.sign": [self.at(one, sign_body(
                self.company.api, one, self.company.handler.signing_password)) for one in ready],
            "contract.create": [contract], "contract.replace": [contract],
            "contract.fill": [self.at(self.sent(), {"values": {"place": "杭州"}}, account=PARTY)],
            "contract.refuse": [{"reason": "条款有误"}],
            "contract.revoke": [self.at(self.sent(), {"reason": "重新起草"})],
            "contract.sign_begin": [{"method": "password"}],
            "hook.save": [{"source": DENY}], "hook.publish": [{"source": DENY}],
            "hook.try": [{"source": DENY, "point": "contract.before_send", "input": {"contract": {"name": "x"}}}],
            "hook.activate": [{"hash": one} for one in self.hashes()],
            "webhook.put": [{"url": "https://example.com/hook"}],
            "seal.make": [{"type": "round", "name": "合同章"}, {"type": "name", "name": "张三"}],
            "session.open": [{"mobile": one.mobile, "password": one.password} for one in people],
            "enterprise.found": [{"name": f"云杉{n}号有限公司", "credit_code": credit_code()} for n in range(9)],
            "enterprise.add_employee": [{"name": one.name, "mobile": one.mobile} for one in people],
            "person.register": [{"name": "新人", "mobile": f"1390000{n:04}", "password": "pass-123456"}
                                for n in range(9)],
            "api_key.issue": [{"name": "ERP", "permissions": ["contract.view"]}],
            "api_key.rotate": [{"keep_hours": 1}],
            "department.add": [{"name": f"{n}部"} for n in range(9)],
            "department.change": [{"name": f"{n}组"} for n in range(9)],
            "role.add": [{"name": f"角色{n}", "rights": []} for n in range(9)],
            "role.change": [{"name": f"角色{n}号", "rights": []} for n in range(9)],
            "person.set_credential": [{"answer": {"password": "246813"}, "current": {
                "password": self.person.signing_password}}],
        }

    @staticmethod
    def at(contract, value=None, account=0):
        """A body, or none, for one contract and one account."""
        return {"$for": {"account": account, "path": {"contract": contract}}, "value": value}

    def ids(self, table):
        return [row[0] for row in self.database.rows(f"SELECT id FROM {table} ORDER BY id LIMIT 50")]

    def hashes(self):
        versions = self.get(f"/enterprises/{self.company.id}/hooks/versions").get("versions", [])
        return [one["hash"] for one in versions if "hash" in one]

    def text(self):
        broken = SMALL_PDF[:200] + b"\xff" * 40
        forms = [self.form, b"grant_type=password", b"grant_type=client_credentials&scope=x", b"%"]
        files = {"application/x-www-form-urlencoded": [base64.b64encode(one).decode() for one in forms],
                 "application/pdf": [base64.b64encode(one).decode() for one in (SMALL_PDF, broken)]}
        return json.dumps({"port": self.port, "accounts": self.accounts, "files": files,
                           "pools": self.pools(), "examples": self.examples()}, ensure_ascii=False)
