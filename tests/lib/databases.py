"""Database servers of a test's own, from Debian's mariadb-server and galera-4: one MariaDB, or a
Galera cluster of three nodes on free ports of the loopback. User root, without a password."""
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROVIDER = "/usr/lib/galera/libgalera_smm.so"
START_MAX_S = 120


def free_ports(count):
    """Ports that were free a moment ago; all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def run_sql(address, statements, database="", check=True):
    """Rows of texts. The address is a socket's path or host:port."""
    where = ["-S", address]
    if "/" not in address:
        host, port = address.split(":")
        where = ["-h", host, "-P", port, "--protocol=tcp"]
    done = subprocess.run(["mariadb", "--no-defaults", "-uroot", *where, "-N", "-B", "--raw",
                           "--default-character-set=utf8mb4", "-e", statements, *([database] if database else [])],
                          capture_output=True, text=True, timeout=START_MAX_S)
    if check and done.returncode != 0:
        raise RuntimeError(f"{statements[:200]}: {done.stderr}")
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()] if done.returncode == 0 else None


class Mariadb:
    """One server over a folder; ends with the `with` block."""

    def __init__(self, folder, *options):
        self.folder, self.options = Path(folder), options
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket = str(self.folder / "s")
        self.process = None

    @property
    def addresses(self):
        return [self.socket]

    def user(self):
        return pwd.getpwuid(os.getuid()).pw_name

    def install(self):
        with open(self.folder / "log", "ab") as log:
            subprocess.run(["mariadb-install-db", "--no-defaults", f"--user={self.user()}",
                            f"--datadir={self.folder}/data", "--skip-test-db",
                            "--auth-root-authentication-method=normal"], stdout=log, stderr=log, check=True)

    def command(self):
        return ["mariadbd", "--no-defaults", f"--user={self.user()}", f"--datadir={self.folder}/data",
                f"--socket={self.socket}", f"--pid-file={self.folder}/pid", "--max-allowed-packet=64M",
                "--innodb-buffer-pool-size=128M", *self.options]

    def launch(self, *more):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen([*self.command(), *more], stdout=log, stderr=log)

    def wait_until(self, ready, what):
        end = time.monotonic() + START_MAX_S
        while not ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.folder.name} is not {what}:\n" + self.log_text()[-3000:])
            time.sleep(0.05)

    def log_text(self):
        return (self.folder / "log").read_text(errors="replace")

    def answers(self):
        return run_sql(self.socket, "SELECT 1", check=False) is not None

    def __enter__(self):
        self.install()
        self.launch("--skip-networking")
        self.wait_until(self.answers, "there")
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class Node(Mariadb):
    """One of a cluster. `number` from 0."""

    def __init__(self, folder, number, ports, peers):
        super().__init__(folder)
        self.number = number
        self.port, self.group_port, self.transfer_port, self.state_port = ports
        self.peers = peers  # the group ports of all
        (self.folder / "data").mkdir()
        if self.user() != super().user():
            for path in (self.folder, self.folder / "data"):
                shutil.chown(path, self.user())
            for parent in self.folder.parents:  # of a temporary folder, which is its maker's alone
                if parent == Path(tempfile.gettempdir()):
                    break
                os.chmod(parent, 0o711)
        self.address = f"127.0.0.1:{self.port}"

    def user(self):
        """Copies of everything are sent by rsync, which under root gives its rights up."""
        name = super().user()
        return "mysql" if name == "root" else name

    def command(self):
        group = f"127.0.0.1:{self.group_port}"
        provider = ";".join((
            f"base_port={self.group_port}", f"gmcast.listen_addr=tcp://{group}",
            f"ist.recv_addr=127.0.0.1:{self.transfer_port}", f"ist.recv_bind=127.0.0.1:{self.transfer_port}",
            "gcache.size=128M", "pc.recovery=true", "evs.keepalive_period=PT0.5S", "evs.suspect_timeout=PT2S",
            "evs.inactive_timeout=PT4S", "evs.inactive_check_period=PT0.5S"))
        return super().command() + [
            f"--port={self.port}", "--bind-address=127.0.0.1", "--skip-name-resolve",
            "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2", "--innodb-flush-log-at-trx-commit=1",
            "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=32M", "--wsrep-on=ON",
            f"--wsrep-provider={PROVIDER}", "--wsrep-cluster-name=cinnabar_test",
            "--wsrep-cluster-address=gcomm://" + ",".join(f"127.0.0.1:{port}" for port in self.peers),
            f"--wsrep-node-name=n{self.number}", f"--wsrep-node-address={group}", "--wsrep-sst-method=rsync",
            f"--wsrep-sst-receive-address=127.0.0.1:{self.state_port}", "--wsrep-slave-threads=2",
            f"--wsrep-provider-options={provider}"]

    def recovered(self):
        """Where a crashed node stands: without it the node would ask for a copy of everything."""
        if not (self.folder / "data" / "ibdata1").exists():
            return ""
        done = subprocess.run([*self.command(), "--wsrep-recover", "--log-error=/dev/stderr"],
                              capture_output=True, text=True, timeout=START_MAX_S)
        found = re.findall(r"Recovered position: *(\S+)", done.stderr + done.stdout)
        return found[-1] if found and not found[-1].startswith("00000000-") else ""

    def begin(self, first=False):
        """Starts it, as the first of a cluster or into one; it is not waited for."""
        position = self.recovered()
        state = self.folder / "data" / "grastate.dat"
        if first and state.exists():
            state.write_text(state.read_text().replace("safe_to_bootstrap: 0", "safe_to_bootstrap: 1"))
        self.launch(*(["--wsrep-new-cluster"] if first else []),
                    *([f"--wsrep-start-position={position}"] if position else []))

    def synced(self):
        rows = run_sql(self.socket, "SHOW STATUS LIKE 'wsrep_local_state_comment'", check=False)
        return bool(rows) and rows[0][1] == "Synced"

    def wait_synced(self):
        self.wait_until(self.synced, "synced")


class Galera:
    """Three nodes; the folder's parents must let the user of the nodes through."""

    def __init__(self, folder, count=3):
        ports = free_ports(4 * count)
        peers = ports[1::4]
        self.nodes = [Node(Path(folder) / f"n{i}", i, ports[4 * i:4 * i + 4], peers) for i in range(count)]

    @property
    def addresses(self):
        return [node.address for node in self.nodes]

    def __enter__(self):
        try:
            first = self.nodes[0]
            first.install()
            first.begin(first=True)
            first.wait_synced()
            for node in self.nodes[1:]:  # one after the other: both are copies of the first
                node.begin()
                node.wait_synced()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for node in self.nodes:
            node.kill()
