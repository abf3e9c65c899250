#!/usr/bin/env python3
"""Measures the product against its limits in one run and writes report.json and a table.

Usage: run.py BUILD_FOLDER REPORT_FILE. An entry is {name, value, unit, limit, ratio}; the ratio is
our cost over the limit's, so 1 is the limit itself and less is not possible.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "lib"))
from product import SMALL_PDF, Api, Company, Person, Server, contract_body, sign  # noqa: E402

HTTP_ROUNDS = 5
HTTP_SECONDS = 2
LIFE_SECONDS = 15
LIFE_CLIENTS = 6
NGINX = """daemon off; worker_processes 2; pid {root}/nginx.pid; error_log {root}/error.log;
events {{ worker_connections 512; }}
http {{ access_log off; client_body_temp_path {root}/b; proxy_temp_path {root}/p;
fastcgi_temp_path {root}/f; uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;
server {{ listen 127.0.0.1:{port}; location / {{ return 200 "ok\\n"; }} }} }}
"""


def entry(name, value, unit, limit, ratio):
    return {"name": name, "value": round(value, 3), "unit": unit, "limit": round(limit, 3),
            "ratio": round(ratio, 3)}


def signing(build):
    """Each signature against raw CMS, and the large document against the small one."""
    out, costs = [], {}
    lines = subprocess.run([build / "bin" / "sign_bench"], capture_output=True, text=True, check=True)
    for line in lines.stdout.splitlines():
        name, raw_us, engine_us, ratio = line.split()
        costs[name] = float(engine_us)
        out.append(entry(name, float(engine_us), "us", float(raw_us), float(ratio)))
    for kind in ("ecdsa_p256", "rsa_2048"):
        small, large = costs[f"sign.{kind}.90KB"], costs[f"sign.{kind}.10MB"]
        out.append(entry(f"sign.{kind}.10MB_over_90KB", large, "us", small, large / small))
    return out


def requests_per_second(url):
    done = subprocess.run(["wrk", "-t2", "-c64", f"-d{HTTP_SECONDS}s", url], capture_output=True, text=True,
                          check=True)
    line = next(l for l in done.stdout.splitlines() if l.startswith("Requests/sec:"))
    return float(line.split()[1])


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def hello(server, root):
    """Our smallest answer against nginx's, in alternating rounds on the same machine."""
    port = free_port()
    config = root / "nginx.conf"
    config.write_text(NGINX.format(root=root, port=port))
    nginx = subprocess.Popen(["nginx", "-c", config, "-p", root], stderr=subprocess.DEVNULL)
    try:
        rounds = []
        for _ in range(HTTP_ROUNDS):
            theirs = requests_per_second(f"http://127.0.0.1:{port}/")
            ours = requests_per_second(server.address + "/healthz")
            rounds.append((ours, theirs))
    finally:
        nginx.terminate()
        nginx.wait()
    ours, theirs = (statistics.median(r[i] for r in rounds) for i in (0, 1))
    return entry("http.hello", ours, "1/s", theirs, statistics.median(t / o for o, t in rounds))


def durable_append_us(root):
    """One small append made durable: what every acknowledged step costs at least."""
    times = []
    with open(root / "append", "ab", buffering=0) as file:
        for _ in range(200):
            begun = time.perf_counter()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1e6


def one_life(company, person, parties, file):
    contract = company.post("/contracts", contract_body(*parties, file))["id"]
    company.post(f"/contracts/{contract}/send")
    person.post(f"/contracts/{contract}/fill", {"values": {"place": "南京"}})
    sign(company, contract, parties[0].handler.signing_password)
    sign(person, contract, parties[1].signing_password)


def lives(server, root, raw_signature_us):
    """Whole contracts a second: drawn up, sent, filled, sealed, signed. Its limit: three signatures
    with their timestamps and seven durable steps, one after the other, on one core."""
    api = Api(server.port)
    parties = Company(api), Person(api, "韩梅")
    file = parties[0].api.upload(SMALL_PDF)["id"]
    done, stop = [], time.monotonic() + LIFE_SECONDS

    def work():
        company = Api(server.port, parties[0].api.token)
        person = Api(server.port, parties[1].api.token)
        while time.monotonic() < stop:
            one_life(company, person, parties, file)
            done.append(1)

    threads = [threading.Thread(target=work) for _ in range(LIFE_CLIENTS)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(done) / (time.monotonic() - begun)
    limit = 1e6 / (6 * raw_signature_us + 7 * durable_append_us(root))
    return entry("contract.life", rate, "1/s", limit, limit / rate)


def main():
    build, report = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    entries = signing(build)
    raw = next(e["limit"] for e in entries if e["name"] == "sign.ecdsa_p256.90KB")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        os.chmod(root, 0o755)
        server = Server(build / "bin" / "cinnabar", root / "data", "--set", "log.level=warning")
        try:
            entries.append(hello(server, root))
            entries.append(lives(server, root, raw))
        finally:
            server.stop()
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(entries, indent=1) + "\n")
    print(f"{'name':38} {'value':>12} {'limit':>12}  unit  ratio")
    for e in entries:
        print(f"{e['name']:38} {e['value']:12.1f} {e['limit']:12.1f}  {e['unit']:4} {e['ratio']:6.2f}")


if __name__ == "__main__":
    main()
