"""What ordinary requests of one enterprise feel while a partner's plugin, in processes of its own,
misbehaves in the hands of another enterprise."""
import shutil
import threading

import scene
from product import Api, Company, Refused, Server
from report import Load, median_entry

ROUNDS = 5
SECONDS = 4
CLIENTS = 32
CAPACITY_CLIENTS = 16
LOAD = 0.3  # of what the machine can do
OFFENDERS = 4
PAUSE_SECONDS = 0.1  # between an answer and the next call of an offender
DEEDS = ("crash", "loop", "memory", "flood")


class Offenders:
    """Clients of an enterprise that keep calling the plugin; what they were answered."""

    def __init__(self, port, token, deed):
        self.codes, self.stop = {}, threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(port, token, deed))
                        for _ in range(OFFENDERS)]

    def run(self, port, token, deed):
        with Api(port, token) as api:
            while not self.stop.is_set():
                try:
                    api.put("/me/credentials/unruly", {"answer": {"do": deed}})
                except Refused as refused:
                    self.codes[refused.code] = self.codes.get(refused.code, 0) + 1
                self.stop.wait(PAUSE_SECONDS)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        # Those that wait for a call that hangs come back at its deadline, in the next round's rest.
        for thread in self.threads:
            thread.join()


def deed_entries(load, rate, port, deed):
    rounds, codes = {"p50": [], "p99": []}, {}
    for number in range(ROUNDS):
        offender = Company(Api(port))
        first = load.run("mixture", CLIENTS, SECONDS, rate) if number % 2 == 0 else None
        with Offenders(port, offender.api.token, deed) as offenders:
            disturbed = load.run("mixture", CLIENTS, SECONDS, rate)
        quiet = first or load.run("mixture", CLIENTS, SECONDS, rate)
        for code, count in offenders.codes.items():
            codes[code] = codes.get(code, 0) + count
        for name, values in rounds.items():
            ours, limit = disturbed[name + "_us"], quiet[name + "_us"]
            values.append((ours, limit, ours / limit))
    print(f"a partner's plugin that does {deed}, at {rate:.0f} requests a second: {codes}")
    return [median_entry(f"partner.{deed}_{name}", "us", values) for name, values in rounds.items()]


def partner(build, root):
    """p50 and p99 of ordinary requests at a part of the capacity, with and without each deed."""
    programs = root / "programs"
    shutil.copytree(scene.ROOT / "tests" / "process" / "unruly", programs / "unruly")
    server = Server(build / "bin" / "cinnabar", root / "partner", "--set", "log.level=warning",
                    "--set", f"plugins.folders={programs}", "--set", "plugins.allow_dev=true",
                    "--set", "plugins.worker_deadline_s=5")
    try:
        load = Load(build, server.port, scene.plan(server.port))
        load.run("mixture", CAPACITY_CLIENTS, SECONDS)
        rate = LOAD * load.run("mixture", CAPACITY_CLIENTS, SECONDS)["rate"]
        return [entry for deed in DEEDS for entry in deed_entries(load, rate, server.port, deed)]
    finally:
        server.stop()
