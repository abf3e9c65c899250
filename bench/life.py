"""Whole contracts a second, over HTTP: drawn up, sent, filled, sealed and signed."""
import os
import statistics
import time

from report import entry

SECONDS = 15
CLIENTS = 8
# What a life cannot do without.
REQUESTS = 7
STAMPED_SIGNATURES = 3  # the platform's, the enterprise's and the person's
PASSWORD_CHECKS = 2  # of the enterprise's handler and the person, before they sign
DURABLE_STEPS = 7


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


def life(load, root, hello_rate, signature_us, password_us):
    """The limit: nginx's time for the requests, raw CMS with timestamps and Argon2id on all
    processors, and a durable append for each step, one after the other."""
    rate = load.run("lives", CLIENTS, SECONDS)["rate"]
    computing_us = STAMPED_SIGNATURES * signature_us + PASSWORD_CHECKS * password_us
    limit_us = (REQUESTS * 1e6 / hello_rate + computing_us / os.cpu_count()
                + DURABLE_STEPS * durable_append_us(root))
    return entry("contract.life", rate, "1/s", 1e6 / limit_us, 1e6 / limit_us / rate)
