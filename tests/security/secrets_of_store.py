"""The private keys of the store "file", opened by its documented format, and every form in which
they could lie somewhere by mistake."""
import base64
import ctypes
import ctypes.util
import json

# Of each form three pieces are looked for: what was half overwritten is found too.
PIECE = 16


class CryptoLibrary:
    """AES-256-GCM of libcrypto: nonce of 12 bytes, ciphertext, tag of 16 bytes."""

    def __init__(self):
        self.lib = ctypes.CDLL(ctypes.util.find_library("crypto"))
        for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
            getattr(self.lib, name).restype = ctypes.c_void_p

    def open(self, key, sealed, context):
        nonce, body, tag = sealed[:12], sealed[12:-16], sealed[-16:]
        cipher = ctypes.c_void_p(self.lib.EVP_CIPHER_CTX_new())
        aes = ctypes.c_void_p(self.lib.EVP_aes_256_gcm())
        plain, size = ctypes.create_string_buffer(len(body) + 16), ctypes.c_int()
        good = (self.lib.EVP_DecryptInit_ex(cipher, aes, None, key, nonce) == 1 and
                self.lib.EVP_DecryptUpdate(cipher, None, ctypes.byref(size), context, len(context)) == 1 and
                self.lib.EVP_DecryptUpdate(cipher, plain, ctypes.byref(size), body, len(body)) == 1 and
                self.lib.EVP_CIPHER_CTX_ctrl(cipher, 0x11, 16, tag) == 1 and
                self.lib.EVP_DecryptFinal_ex(cipher, None, ctypes.byref(ctypes.c_int())) == 1)
        self.lib.EVP_CIPHER_CTX_free(cipher)
        if not good:
            raise ValueError("the sealed bytes do not open")
        return plain.raw[:len(body)]


def open_envelope(crypto, master, text):
    """(id, algorithm, PKCS #8) of a key's file."""
    envelope = json.loads(text)
    part = {name: base64.b64decode(envelope[name]) for name in ("public_key", "data_key", "private_key")}
    context = f"cinnabar-key/1|{envelope['id']}|{envelope['algorithm']}|".encode() + part["public_key"]
    data_key = crypto.open(master, part["data_key"], context)
    return envelope["id"], envelope["algorithm"], crypto.open(data_key, part["private_key"], context)


def elements(der):
    """(tag, content) of the elements that lie in it one after the other."""
    out = []
    while der:
        size, head = der[1], 2
        if size & 0x80:
            head += size & 0x7F
            size = int.from_bytes(der[2:head], "big")
        out.append((der[0], der[head:head + size]))
        der = der[head + size:]
    return out


def secret_numbers(pkcs8):
    """The numbers of a private key that nobody may learn, by name, as big-endian bytes."""
    inside = elements(elements(pkcs8)[0][1])
    algorithm, key = inside[1][1], inside[2][1]
    if b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01" in algorithm:  # RFC 8017 A.1.2
        numbers = [content.lstrip(b"\0") for _, content in elements(elements(key)[0][1])]
        return dict(zip(("d", "p", "q", "dp", "dq", "qinv"), numbers[3:9]))
    if b"\x2b\x65\x70" in algorithm:  # RFC 8410 7
        return {"seed": elements(key)[0][1]}
    return {"scalar": elements(elements(key)[0][1])[1][1]}  # RFC 5915 3


def pieces(text, size=PIECE):
    middle = (len(text) - size) // 2
    return {text[:size], text[middle:middle + size], text[-size:]}


def forms(number):
    """(name, bytes) of every piece of every form of a secret."""
    found = {"big-endian": number, "little-endian": number[::-1],
             "hex": number.hex().encode(), "HEX": number.hex().upper().encode(),
             "decimal": str(int.from_bytes(number, "big")).encode()}
    for lead in range(3):  # where in a group of three it begins
        encoded = base64.b64encode(b"\0" * lead + number)
        whole = encoded[4 if lead else 0:len(encoded) - 4]
        found[f"base64+{lead}"] = whole
        found[f"base64url+{lead}"] = whole.translate(bytes.maketrans(b"+/", b"-_"))
    # Two digits a byte or more: a piece says as much as the raw one only when it is longer.
    return [(name, piece) for name, text in found.items()
            for piece in pieces(text, PIECE if "endian" in name else 2 * PIECE)]


def write_patterns(path, secrets):
    """secrets: names to numbers."""
    lines = {f"{name}:{form} {piece.hex()}" for name, number in secrets.items()
             for form, piece in forms(number)}
    path.write_text("\n".join(sorted(lines)) + "\n")
    return len(lines)
