"""A real S3 endpoint for tests: OpenStack Swift with its s3api filter, which checks signatures and
digests. Proxy, account, container and object server run in one process, on free ports of the
loopback, over a folder of their own.

Usage: s3_endpoint.py FOLDER. Prints "ready http://127.0.0.1:PORT" and serves until standard input
ends, so that it never outlives who started it. Path style, and BUCKET.localhost; region us-east-1,
access key test:tester, secret key testing.
"""
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ACCESS_KEY = "test:tester"
SECRET_KEY = "testing"

STORAGE = """
[DEFAULT]
devices = {folder}/devices
swift_dir = {folder}
mount_check = false
log_name = {kind}
[app:main]
use = egg:swift#{kind}
recon_cache_path = {folder}/cache
"""
PROXY = """
[DEFAULT]
swift_dir = {folder}
log_name = proxy
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats bulk s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
storage_domain = localhost
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
"""
SWIFT = """
[swift-hash]
swift_hash_path_prefix = cinnabar
swift_hash_path_suffix = test
[storage-policy:0]
name = one
default = yes
"""


class Cache:
    """What memcached is to Swift, for one process; entries live as long as it was asked."""

    def __init__(self):
        self.entries = {}

    def get(self, key, **_):
        value, until = self.entries.get(key, (None, 0))
        return value if until == 0 or until > time.time() else None

    def set(self, key, value, time=0, **_):
        self.entries[key] = (value, self.until(time))

    def incr(self, key, delta=1, time=0, **_):
        self.entries[key] = (int(self.get(key) or 0) + int(delta), self.until(time))
        return self.entries[key][0]

    def delete(self, key, **_):
        self.entries.pop(key, None)

    @staticmethod
    def until(seconds):
        return time.time() + seconds if seconds else 0


def with_cache(app):
    cache = Cache()

    def run(environ, start_response):
        environ["swift.cache"] = cache
        return app(environ, start_response)

    return run


def make_ring(folder, kind, port):
    from swift.common.ring import RingBuilder

    builder = RingBuilder(4, 1, 0)
    builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "weight": 1,
                     "device": "d1"})
    builder.rebalance()
    builder.get_ring().save(str(folder / f"{kind}.ring.gz"))


def serve(folder):
    import eventlet

    eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True)
    import eventlet.wsgi
    from swift.common import utils
    from swift.common.wsgi import SwiftHttpProtocol, loadapp

    (folder / "devices/d1").mkdir(parents=True)
    (folder / "cache").mkdir()
    (folder / "swift.conf").write_text(SWIFT)
    kinds = ("account", "container", "object", "proxy")
    sockets = {kind: eventlet.listen(("127.0.0.1", 0), backlog=256) for kind in kinds}
    for kind in kinds:
        conf = PROXY if kind == "proxy" else STORAGE
        (folder / f"{kind}.conf").write_text(conf.format(folder=folder, kind=kind))
        if kind != "proxy":
            make_ring(folder, kind, sockets[kind].getsockname()[1])
    utils.set_swift_dir(str(folder))
    for kind in kinds:
        app = loadapp(str(folder / f"{kind}.conf"), global_conf={})
        eventlet.spawn(eventlet.wsgi.server, sockets[kind], with_cache(app), utils.NullLogger(),
                       protocol=SwiftHttpProtocol, log_output=False,
                       capitalize_response_headers=False)
    print(f"ready http://127.0.0.1:{sockets['proxy'].getsockname()[1]}", flush=True)
    thread = eventlet.patcher.original("threading").Thread(target=end_with_input, daemon=True)
    thread.start()
    while True:
        eventlet.sleep(3600)


def end_with_input():
    while os.read(0, 1024):
        pass
    os._exit(0)


class S3Endpoint:
    """The endpoint as a process of its own, with a bucket, for tests in Python."""

    def __init__(self, folder, bucket="contracts"):
        self.bucket = bucket
        self.process = subprocess.Popen([sys.executable, __file__, str(folder)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = self.process.stdout.readline().split()[1]
        # By Swift's own API, which needs no signature.
        self.token = {}
        _, headers, _ = self.ask("GET", self.url + "/auth/v1.0",
                                 {"X-Auth-User": ACCESS_KEY, "X-Auth-Key": SECRET_KEY})
        self.token = {"X-Auth-Token": headers["X-Auth-Token"]}
        self.objects = f"{headers['X-Storage-Url']}/{bucket}"
        self.ask("PUT", self.objects)

    def ask(self, method, url, headers=None):
        request = urllib.request.Request(url, headers={**self.token, **(headers or {})},
                                         method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()

    def names(self):
        """What is in the bucket."""
        return self.ask("GET", self.objects)[2].decode().split()

    def settings(self, prefix=""):
        """For cinnabar.toml: this endpoint as the blob store."""
        return (f'[storage]\nblobs = "s3"\n[plugin."cinnabar.s3"]\nendpoint = "{self.url}"\n'
                f'bucket = "{self.bucket}"\nprefix = "{prefix}"\npath_style = true\n'
                f'access_key = "{ACCESS_KEY}"\nsecret_key = "{SECRET_KEY}"\n')

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        self.resume()
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
