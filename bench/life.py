"""Whole contracts a second, over HTTP: drawn up, sent, filled, sealed and signed."""
import os

from report import entry

SECONDS = 15
CLIENTS = 16
# What a life cannot do without.
REQUESTS = 7
STAMPED_SIGNATURES = 3  # the platform's, the enterprise's and the person's
PASSWORD_CHECKS = 2  # of the enterprise's handler and the person, before they sign


def life(load, request_us, signature_us, password_us):
    """The limit: nothing but the requests at nginx's cost, raw CMS with timestamps and Argon2id, on
    all processors. Waiting for the disk is not in it: lives under way at once share that."""
    rate = load.run("lives", CLIENTS, SECONDS)["rate"]
    computing_us = (REQUESTS * request_us + STAMPED_SIGNATURES * signature_us
                    + PASSWORD_CHECKS * password_us)
    limit = os.cpu_count() * 1e6 / computing_us
    return entry("contract.life", rate, "1/s", limit, limit / rate)
