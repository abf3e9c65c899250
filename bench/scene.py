"""Who takes part in the measurements over HTTP: the plan that the load program reads."""
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "lib"), str(ROOT / "tests" / "product")]
from hooks_test import RUNAWAYS, script  # noqa: E402
from product import SMALL_PDF, Api, Company, Person, contract_body  # noqa: E402

TURN_SECONDS = 0.5


def plan(port):
    """An enterprise and a person with ordinary contracts, and an enterprise whose scripts loop."""
    api = Api(port)
    company, person, offender = Company(api), Person(api, "韩梅"), Company(api)

    def draft(of):
        return contract_body(of, person, of.api.upload(SMALL_PDF)["id"])

    def drawn_up(of):
        return of.api.post("/contracts", draft(of))["id"]

    offences = [script(body) for body in RUNAWAYS.values()]
    offender.api.put(f"/enterprises/{offender.id}/hooks/script", {"source": offences[0]})
    return {
        "company": {"token": company.api.token, "password": company.handler.signing_password},
        "person": {"token": person.api.token, "password": person.signing_password},
        "draft": draft(company),
        "contract": drawn_up(company),
        "offender": {"token": offender.api.token, "enterprise": offender.id,
                     "contract": drawn_up(offender)},
        "offences": offences,
        "turn_seconds": TURN_SECONDS,
    }
