"""Evidence bundles from outside: read, written anew with other contents, and the log's proofs.

Written from the formats' own texts (PKWARE APPNOTE, RFC 6962, c2sp.org/tlog-checkpoint), apart from
the product's code, so that the two check each other.
"""
import base64
import hashlib
import io
import struct
import subprocess
import zipfile
import zlib


def parts_of(bundle):
    """The parts by name, in order, as an ordinary reader of ZIP files sees them."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def write(parts):
    """A bundle of these parts in the one form that a bundle has."""
    out, records = b"", b""
    for name, content in parts.items():
        encoded = name.encode()
        common = struct.pack("<HHHHHIIIHH", 10, 0x0800, 0, 0, 0x21, zlib.crc32(content), len(content),
                             len(content), len(encoded), 0)
        records += (b"PK\1\2" + struct.pack("<H", 0x0314) + common +
                    struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, len(out)) + encoded)
        out += b"PK\3\4" + common + encoded + content
    end = struct.pack("<IHHIIH", 0, len(parts), len(parts), len(records), len(out), 0)
    return out + records + b"PK\5\6" + end


def entry_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(hashes):
    """MTH of RFC 6962 2.1 over hashes of leaves."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while 2 * split < len(hashes):
        split *= 2
    return node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


def root_by_inclusion(leaf, index, size, proof):
    """The root to which a proof leads, by the recursive definition of PATH in RFC 6962 2.1.1."""
    if size == 1:
        assert not proof
        return leaf
    split = 1
    while 2 * split < size:
        split *= 2
    rest, sibling = proof[:-1], proof[-1]
    if index < split:
        return node_hash(root_by_inclusion(leaf, index, split, rest), sibling)
    return node_hash(sibling, root_by_inclusion(leaf, index - split, size - split, rest))


def roots_by_consistency(old, size, proof, old_root, whole=True):
    """(old root, new root) to which a proof leads, by SUBPROOF of RFC 6962 2.1.2."""
    if old == size:
        if whole:
            assert not proof
            return old_root, old_root
        assert len(proof) == 1
        return proof[0], proof[0]
    split = 1
    while 2 * split < size:
        split *= 2
    rest, sibling = proof[:-1], proof[-1]
    if old <= split:
        before, now = roots_by_consistency(old, split, rest, old_root, whole)
        return before, node_hash(now, sibling)
    before, now = roots_by_consistency(old - split, size - split, rest, old_root, False)
    return node_hash(sibling, before), node_hash(sibling, now)


class Checkpoint:
    """A signed note; its signature is checked by openssl."""

    def __init__(self, note, key, folder):
        self.body, _, signatures = note.partition(b"\n\n")
        self.body += b"\n"
        origin, size, root = self.body.decode().rstrip("\n").split("\n")[:3]
        self.origin, self.size, self.root = origin, int(size), base64.b64decode(root)
        name, key_id, material = key.strip().split("+", 2)
        material = base64.b64decode(material)
        assert material[0] == 1 and name == origin
        assert hashlib.sha256(name.encode() + b"\n" + material).hexdigest()[:8] == key_id
        mark, signer, blob = signatures.decode().strip().split(" ")
        blob = base64.b64decode(blob)
        assert mark == "\u2014" and signer == name and blob[:4].hex() == key_id
        public, message, signature = folder / "key.der", folder / "message", folder / "signature"
        public.write_bytes(bytes.fromhex("302a300506032b6570032100") + material[1:])
        message.write_bytes(self.body)
        signature.write_bytes(blob[4:])
        subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", public,
                        "-rawin", "-in", message, "-sigfile", signature], check=True, capture_output=True)
