"""Our smallest answer against nginx's: the same text of the same length, both without TLS, kept
connections, no access log, in alternating rounds on the same processors."""
import os
import socket
import subprocess

from report import cpu_seconds, median_entry

ROUNDS = 7
SECONDS = 2
CONNECTIONS = 64
# Its best settings for this: no connection is given up, and they are spread over the processes.
NGINX = """daemon off; worker_processes {processes}; pid {root}/nginx.pid;
error_log {root}/error.log; events {{ worker_connections 512; }}
http {{ access_log off; keepalive_requests 1000000000; default_type text/plain;
client_body_temp_path {root}/b; proxy_temp_path {root}/p; fastcgi_temp_path {root}/f;
uwsgi_temp_path {root}/u; scgi_temp_path {root}/s;
server {{ listen 127.0.0.1:{port} reuseport; location / {{ return 200 "Hello from Cinnabar.\\n"; }} }} }}
"""


class Nginx:
    def __init__(self, root):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = root / "nginx.conf"
        config.write_text(NGINX.format(root=root, port=port, processes=os.cpu_count()))
        self.url = f"http://127.0.0.1:{port}/"
        self.process = subprocess.Popen(["nginx", "-c", config, "-p", root], stderr=subprocess.DEVNULL)
        while self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
        raise RuntimeError((root / "error.log").read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait()


def measure(process, url):
    """(requests a second, CPU microseconds a request) under as much load as there can be."""
    before = cpu_seconds(process.pid)
    done = subprocess.run(["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", url],
                          capture_output=True, text=True, check=True)
    used = cpu_seconds(process.pid) - before
    lines = [line.split() for line in done.stdout.splitlines()]
    rate = next(float(words[1]) for words in lines if words[:1] == ["Requests/sec:"])
    requests = next(int(words[0]) for words in lines if words[1:3] == ["requests", "in"])
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise RuntimeError(done.stdout)
    return rate, used / requests * 1e6


def hello(server, root):
    """Throughput on all processors, and apart from it the CPU time that a request takes."""
    nginx = Nginx(root)
    rates, costs = [], []
    try:
        for _ in range(ROUNDS):
            their_rate, their_cost = measure(nginx.process, nginx.url)
            our_rate, our_cost = measure(server.process, server.address + "/hello")
            rates.append((our_rate, their_rate, their_rate / our_rate))
            costs.append((our_cost, their_cost, our_cost / their_cost))
    finally:
        nginx.stop()
    return [median_entry("http.hello", "1/s", rates), median_entry("http.hello.cpu", "us", costs)]
