"""A notification channel that posts each message to a chat room. Nothing but Python is needed.

It speaks docs/authors/process-protocol.md over descriptor 3: the length of a header in four bytes,
the header as JSON, then the byte spans that the header's "spans" lists.
"""
import json
import socket
import struct
import sys
import urllib.error
import urllib.request

PLATFORM = socket.socket(fileno=3).makefile("rwb")


def receive():
    start = PLATFORM.read(4)
    if len(start) < 4:
        sys.exit()  # the platform has hung up
    header = json.loads(PLATFORM.read(struct.unpack(">I", start)[0]))
    return header, [PLATFORM.read(size) for size in header.get("spans", [])]


def send(**header):
    text = json.dumps(header).encode()
    PLATFORM.write(struct.pack(">I", len(text)) + text)
    PLATFORM.flush()


def deliver(message, call):
    url = (call["config"] or {}).get("url")
    if not url:
        return {"delivered": False, "detail": "the enterprise has set no address"}
    body = json.dumps({"text": message["title"] + "\n" + message["text"], "kind": message["kind"]})
    # A repetition has the same id, so that the room shows it once.
    request = urllib.request.Request(url, body.encode(), {
        "Content-Type": "application/json", "Idempotency-Key": message["id"]})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return {"delivered": True, "detail": f"HTTP {answer.status}"}


def main():
    send(type="ready", protocol=receive()[0]["protocol"])
    while True:
        call, _ = receive()
        if call["type"] != "call":
            continue  # a cancellation of what is answered by now
        try:
            send(type="reply", id=call["id"], document=deliver(call["document"], call))
        except (urllib.error.URLError, OSError) as problem:
            send(type="log", level="warning", text=f"the chat room cannot be reached: {problem}")
            send(type="error", id=call["id"], code="chat.unreachable", status="unavailable")


main()
