"""The processes that host plugins, as seen from outside."""
from pathlib import Path


def processes():
    """pid to (parent, command line) of all that can be seen."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
            found[int(entry.name)] = (int(stat.rsplit(")", 1)[1].split()[1]),
                                      (entry / "cmdline").read_bytes())
        except OSError:
            continue  # it ended meanwhile
    return found


def zygotes(server, plugin=""):
    """Those that a server started, of a plugin or of all: one each."""
    return [pid for pid, (parent, command) in processes().items()
            if parent == server and b"plugin-host" in command and plugin.encode() in command]


def workers(server, plugin=""):
    """Those that the zygotes forked: each carries one call at a time."""
    parents = set(zygotes(server, plugin))
    return [pid for pid, (parent, _) in processes().items() if parent in parents]


def descendants(server, plugin):
    """Every process of a hosted plugin: its zygote, the workers, and what they started."""
    found, all_processes = set(zygotes(server, plugin)), processes()
    while more := {pid for pid, (parent, _) in all_processes.items() if parent in found} - found:
        found |= more
    return sorted(found)
