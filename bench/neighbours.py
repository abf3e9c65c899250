"""What ordinary requests of one enterprise feel of another enterprise whose scripts never end."""
from report import median_entry

ROUNDS = 9
SECONDS = 4
CLIENTS = 32
OFFENDERS = 4
CAPACITY_CLIENTS = 16
LOAD = 0.3  # of what the machine can do


def quiet(load, rate):
    return load.run("mixture", CLIENTS, SECONDS, rate)


def disturbed(load, rate):
    offenders = load.start("offenders", OFFENDERS, SECONDS)
    figures = quiet(load, rate)
    refused = load.figures(offenders)
    return figures, refused


def neighbours(load):
    """p50 and p99 of ordinary requests at a part of the capacity, with and without the offender."""
    load.run("mixture", CAPACITY_CLIENTS, SECONDS)
    rate = LOAD * load.run("mixture", CAPACITY_CLIENTS, SECONDS)["rate"]
    rounds = {"p50": [], "p99": []}
    totals = {}
    for number in range(ROUNDS):
        # Who comes first alternates, so that what grows meanwhile falls on both.
        first = quiet(load, rate) if number % 2 == 0 else None
        with_offender, refused = disturbed(load, rate)
        without = first or quiet(load, rate)
        for kind, count in refused.items():
            totals[kind] = totals.get(kind, 0) + count
        for name, values in rounds.items():
            ours, limit = with_offender[name + "_us"], without[name + "_us"]
            values.append((ours, limit, ours / limit))
    print("offender's scripts at", round(rate), "requests a second:", totals)
    return [median_entry(f"hooks.neighbour_{name}", "us", values) for name, values in rounds.items()]
