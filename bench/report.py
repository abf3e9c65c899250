"""What the measurements share: an entry of the report, the report, running the load program."""
import json
import os
import statistics
import subprocess
from pathlib import Path

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def entry(name, value, unit, limit, ratio):
    """One figure. The ratio is our cost over the limit's: 1 is the limit itself, more is worse."""
    return {"name": name, "value": round(value, 3), "unit": unit, "limit": round(limit, 3),
            "ratio": round(ratio, 3)}


def median_entry(name, unit, rounds):
    """Of rounds (ours, the limit's, ratio), each by its median."""
    value, limit, ratio = (statistics.median(column) for column in zip(*rounds))
    return entry(name, value, unit, limit, ratio)


def write(entries, report):
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(entries, indent=1) + "\n")
    print(f"{'name':38} {'value':>12} {'limit':>12}  {'unit':4}  ratio")
    for e in entries:
        print(f"{e['name']:38} {e['value']:12.1f} {e['limit']:12.1f}  {e['unit']:4} {e['ratio']:6.2f}")


class Load:
    """The load program against one server. start() gives the process, figures() its figures."""

    def __init__(self, build, port, plan):
        self.program, self.port = build / "bin" / "load_bench", port
        self.plan = json.dumps(plan)

    def start(self, kind, clients, seconds, rate=0):
        arguments = [kind, self.port, clients, seconds, rate]
        process = subprocess.Popen([self.program, *map(str, arguments)], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdin.write(self.plan)
        process.stdin.close()
        process.stdin = None
        return process

    def figures(self, process):
        output, _ = process.communicate()
        if process.returncode != 0:
            raise RuntimeError(f"{self.program.name} ended with {process.returncode}")
        return {name: float(value) for name, value in map(str.split, output.splitlines())}

    def run(self, *arguments):
        return self.figures(self.start(*arguments))


def cpu_seconds(root):
    """CPU time that a process and its children, of any depth, have used so far."""
    parents, used = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # it ended meanwhile
        parents[int(folder.name)] = int(fields[1])
        used[int(folder.name)] = int(fields[11]) + int(fields[12])
    members = {root}
    while more := {p for p, parent in parents.items() if parent in members} - members:
        members |= more
    return sum(used.get(p, 0) for p in members) / CLOCK_TICKS
