"""Three servers on one Galera cluster: `cinnabar serve` three times, each with a data folder of its
own, keys and authorities in a shared one, content there or at an S3 endpoint."""
import json
import threading
import time
from pathlib import Path

from databases import Galera, run_sql
from product import Api, Server
from s3_endpoint import S3Endpoint

DATABASE = "cinnabar"
# Short, so that a test sees what happens when they end.
TIMES = "connect_timeout_s = 2\nread_timeout_s = 8\ncommit_timeout_s = 15\n"


class Cluster:
    """Ends with the `with` block."""

    def __init__(self, cinnabar, folder, blobs="files", count=3):
        self.cinnabar, self.folder = cinnabar, Path(folder)
        self.galera = Galera(self.folder / "galera", count)
        self.endpoint = S3Endpoint(self.folder / "s3") if blobs == "s3" else None
        self.servers = [None] * count

    def __enter__(self):
        try:
            self.galera.__enter__()
            run_sql(self.galera.addresses[0], f"CREATE DATABASE {DATABASE}")
            self.start_all()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for server in self.servers:
            if server and server.process.poll() is None:
                server.kill()
        self.galera.__exit__()
        if self.endpoint:
            self.endpoint.close()

    def settings(self, number):
        hosts = self.galera.addresses[number:] + self.galera.addresses[:number]  # its nearest first
        blobs = self.endpoint.settings() if self.endpoint else "[storage]\n"
        return (blobs.replace("[storage]\n", f'[storage]\ndatabase = "mysql"\nshared = "{self.folder}/shared"\n') +
                f'[plugin."cinnabar.mysql"]\nhosts = {json.dumps(hosts)}\nuser = "root"\n'
                f'database = "{DATABASE}"\n{TIMES}')

    def config(self, number):
        path = self.folder / f"server{number}.toml"
        path.write_text(self.settings(number))
        return str(path)

    def start(self, number):
        self.servers[number] = Server(self.cinnabar, self.folder / f"data{number}", "--config", self.config(number),
                                      log=self.folder / f"server{number}.log")
        return self.servers[number]

    def start_all(self):
        """All at once: on a fresh database they meet while they make its tables."""
        faults = []

        def start(number):
            try:
                self.start(number)
            except Exception as error:
                faults.append(error)

        threads = [threading.Thread(target=start, args=(i,)) for i in range(len(self.servers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if faults:
            raise faults[0]

    def up(self):
        """The numbers of the servers that run."""
        return [i for i, server in enumerate(self.servers) if server.process.poll() is None]

    def api(self, number, token="", timeout=60):
        return Api(self.servers[number].port, token, timeout)

    def rows(self, sql):
        for node in self.galera.nodes:
            if node.process.poll() is None:
                return run_sql(node.address, "SET SESSION wsrep_sync_wait = 1; " + sql, DATABASE)
        raise RuntimeError("no node runs")

    def number(self, sql):
        return int(self.rows(sql)[0][0])

    def wait_until_idle(self, seconds):
        """Until nothing is left to be done by itself at once; what is left in the end."""
        end = time.monotonic() + seconds
        while True:
            left = {
                "unplaced": self.number("SELECT COUNT(*) FROM kernel_event WHERE position IS NULL"),
                "parked": self.number("SELECT COUNT(*) FROM kernel_delivery"),
                "running": self.number("SELECT COUNT(*) FROM kernel_job WHERE state <> 'waiting'"),
                "due": self.number("SELECT COUNT(*) FROM kernel_job WHERE state = 'waiting' AND "
                                   "run_at <= UNIX_TIMESTAMP() * 1000"),
                "not in the log": self.number("SELECT (SELECT COUNT(*) FROM kernel_event) - "
                                              "(SELECT COUNT(*) FROM tlog_entry)"),
            }
            if not any(left.values()) or time.monotonic() > end:
                return {what: count for what, count in left.items() if count}
            time.sleep(0.2)
