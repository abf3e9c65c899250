"""Does to the platform what a bad program may: whatever the answer to an enrolment asks for. When
it still can, it refuses and tells what it found."""
import json
import os
import signal
import socket
import struct
import sys
import threading

SOCKET = socket.socket(fileno=3)
PLATFORM = SOCKET.makefile("rwb")


def receive():
    start = PLATFORM.read(4)
    if len(start) < 4:
        sys.exit()
    header = json.loads(PLATFORM.read(struct.unpack(">I", start)[0]))
    for size in header.get("spans", []):
        PLATFORM.read(size)
    return header


def frame(header):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">I", len(text)) + text


def send(**header):
    PLATFORM.write(frame(header))
    PLATFORM.flush()


def raw(content):
    PLATFORM.write(content)
    PLATFORM.flush()


def ends_in(attempt):
    """0, or the number of the error that the attempt ends in."""
    try:
        attempt()
        return 0
    except OSError as problem:
        return problem.errno


def loop(_):
    while True:
        pass


def memory(_):
    held = []
    while True:
        held.append(bytearray(1 << 24))


def flood(_):
    while True:
        os.write(2, b"it says so again and again\n" * 100)


def reach(_):
    """What the process can do that it should not."""
    found = {
        "fork": ends_in(os.fork), "socket": ends_in(socket.socket),
        "secret": ends_in(lambda: open("/etc/shadow", "rb")),
        "write": ends_in(lambda: open("new", "wb")),
        "tmp": ends_in(lambda: open("/tmp/unruly", "wb")),
        "kill": ends_in(lambda: os.kill(os.getppid(), 0)),
        "exec": ends_in(lambda: os.posix_spawn("/bin/true", ["true"], {})),
    }
    files = []
    found["files"] = ends_in(lambda: [files.append(os.dup(0)) for _ in range(1000)])
    for number in files:
        os.close(number)
    thread = threading.Thread(target=lambda: found.update(thread=0))
    thread.start()
    thread.join()
    return found


def ask(call):
    send(type="ask", id="one", interface=call["document"]["answer"]["interface"], method="names",
         document={"interface_id": "cinnabar.auth-method/1"})
    answer = receive()
    assert answer["type"] == "answer" and answer["id"] == "one", answer
    return answer


DEEDS = {
    "crash": lambda _: os.kill(os.getpid(), signal.SIGSEGV), "exit": lambda _: os._exit(3),
    "loop": loop, "memory": memory, "flood": flood, "reach": reach, "ask": ask,
    "close": lambda _: (SOCKET.shutdown(socket.SHUT_RDWR), loop(0)),
    "garbage": lambda _: raw(b"\xff" * 100_000),
    "not json": lambda _: raw(frame(b"{")),
    "list": lambda _: raw(frame(b"[]")),
    "spans": lambda _: raw(frame({"type": "reply", "id": 1, "spans": [1 << 60]})),
    "negative": lambda _: raw(frame({"type": "reply", "id": 1, "spans": [-1]})),
    "strange": lambda _: send(type="hallo"),
    "half": lambda _: (raw(frame({"type": "reply", "id": 1})[:9]), os._exit(0)),
    "wrong id": lambda call: send(type="reply", id=call["id"] + 7, document={}),
    "print": lambda _: print("to standard output", flush=True) or {},
}


def main():
    send(type="ready", protocol=receive()["protocol"], later_member=[1, 2])
    while True:
        call = receive()
        if call["type"] == "call":
            deed = call["document"].get("answer", {}).get("do", "print")
            found = DEEDS[deed](call)
            if isinstance(found, dict):
                send(type="error", id=call["id"], code="unruly.done",
                     params={"found": json.dumps(found)})


main()
