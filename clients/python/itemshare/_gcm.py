"""AES-256-GCM in plain Python (FIPS 197, NIST SP 800-38D), for nonces of 12 bytes.

Python's standard library has no AES. This one is fast enough for shared files because it works on whole
chunks: byte i of every block is in one long "plane", so that each step of AES is a table lookup
(`bytes.translate`) and exclusive ors of long integers, which the interpreter does in C.

It is NOT constant time: table lookups depend on secrets, so that a program on the same machine that
measures caches could learn the key. A recipient's own program decrypts once with the recipient's own
secret, and a program that can measure it so closely can read its memory too. Do not use this module on
a server that seals or decrypts for others.
"""

from __future__ import annotations

import hmac
from typing import List, Tuple

TAG_SIZE = 16
_BLOCK = 16


class InvalidTag(Exception):
    """The bytes, the nonce, the additional data or the key differ from those that were sealed."""


def _times_two(byte: int) -> int:
    """Multiplies by x in AES's field of 256 elements."""
    return (byte << 1) ^ (0x11B if byte & 0x80 else 0)


def _substitutions() -> bytes:
    """AES's S-box: the inverse in the field, then an affine map."""
    box = bytearray(256)
    power, inverse = 1, 1
    while True:
        power ^= _times_two(power)  # times 3, which generates the field
        for shift in (1, 2, 4):  # divided by 3
            inverse ^= inverse << shift
        inverse &= 0xFF
        if inverse & 0x80:
            inverse ^= 0x09
        box[power] = 0x63 ^ inverse
        for by in (1, 2, 3, 4):
            box[power] ^= _rotated(inverse, by)
        if power == 1:
            break
    box[0] = 0x63
    return bytes(box)


def _rotated(byte: int, by: int) -> int:
    return ((byte << by) | (byte >> (8 - by))) & 0xFF


_SBOX = _substitutions()
_SBOX_TWICE = bytes(_times_two(byte) for byte in _SBOX)
_ROUNDS = 14
# The plane at each place after ShiftRows: row i of the columns moves by i columns.
_SHIFTED = [(4 * (place // 4 + place % 4) + place % 4) % 16 for place in range(16)]


def _round_keys(key: bytes) -> List[bytes]:
    words = [key[i : i + 4] for i in range(0, 32, 4)]
    constant = 1
    while len(words) < 4 * (_ROUNDS + 1):
        word = words[-1]
        if len(words) % 8 == 0:
            word = (word[1:] + word[:1]).translate(_SBOX)
            word = bytes((word[0] ^ constant,)) + word[1:]
            constant = _times_two(constant)
        elif len(words) % 8 == 4:
            word = word.translate(_SBOX)
        words.append(bytes(a ^ b for a, b in zip(words[-8], word)))
    return [b"".join(words[i : i + 4]) for i in range(0, len(words), 4)]


class AESGCM:
    """Opens, and for tests seals, with one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the key is not 32 bytes long")
        self._keys = _round_keys(key)
        self._hash_table = _hash_table(int.from_bytes(self._encrypt_blocks(bytes(_BLOCK)), "big"))

    def open(self, nonce: bytes, sealed: bytes, data: bytes) -> bytes:
        """Returns the decrypted bytes, or raises InvalidTag before it decrypts anything."""
        if len(nonce) != 12 or len(sealed) < TAG_SIZE:
            raise InvalidTag
        body, tag = sealed[:-TAG_SIZE], sealed[-TAG_SIZE:]
        if not hmac.compare_digest(tag, self._tag(nonce, body, data)):
            raise InvalidTag
        return self._stream(nonce, body)

    def seal(self, nonce: bytes, plain: bytes, data: bytes) -> bytes:
        """Returns the sealed bytes, with the tag at the end."""
        if len(nonce) != 12:
            raise ValueError("the nonce is not 12 bytes long")
        body = self._stream(nonce, plain)
        return body + self._tag(nonce, body, data)

    def _stream(self, nonce: bytes, text: bytes) -> bytes:
        count = -(-len(text) // _BLOCK)
        counters = b"".join(nonce + (n + 2).to_bytes(4, "big") for n in range(count))
        return _xor(text, self._encrypt_blocks(counters)[: len(text)])

    def _tag(self, nonce: bytes, body: bytes, data: bytes) -> bytes:
        lengths = (8 * len(data)).to_bytes(8, "big") + (8 * len(body)).to_bytes(8, "big")
        digest = _ghash(self._hash_table, _padded(data) + _padded(body) + lengths)
        return _xor(digest, self._encrypt_blocks(nonce + b"\x00\x00\x00\x01"))

    def _encrypt_blocks(self, blocks: bytes) -> bytes:
        """Encrypts each block of 16 bytes by itself, all blocks at once."""
        count = len(blocks) // _BLOCK
        if count == 0:
            return b""
        ones = int.from_bytes(b"\x01" * count, "big")  # ones * byte has the byte in every place
        first = self._keys[0]
        planes = [int.from_bytes(blocks[i::_BLOCK], "big") ^ ones * first[i] for i in range(_BLOCK)]
        for key in self._keys[1:-1]:
            once, twice = _substituted(planes, count)
            planes = [mixed ^ ones * byte for mixed, byte in zip(_mixed(once, twice), key)]
        once, _ = _substituted(planes, count)
        out = bytearray(len(blocks))
        for i in range(_BLOCK):
            out[i::_BLOCK] = (once[i] ^ ones * self._keys[-1][i]).to_bytes(count, "big")
        return bytes(out)


def _substituted(planes: List[int], count: int) -> Tuple[List[int], List[int]]:
    """Returns SubBytes and ShiftRows, and the same times two."""
    texts = [planes[place].to_bytes(count, "big") for place in _SHIFTED]
    once = [int.from_bytes(text.translate(_SBOX), "big") for text in texts]
    twice = [int.from_bytes(text.translate(_SBOX_TWICE), "big") for text in texts]
    return once, twice


def _mixed(once: List[int], twice: List[int]) -> List[int]:
    """Returns MixColumns: two times the byte, three times the next, and the other two."""
    out = []
    for column in range(0, _BLOCK, 4):
        whole = once[column] ^ once[column + 1] ^ once[column + 2] ^ once[column + 3]
        for row in range(4):
            here, below = column + row, column + (row + 1) % 4
            out.append(whole ^ once[here] ^ twice[here] ^ twice[below])
    return out


def _hash_table(key: int) -> List[List[int]]:
    """Returns, for each of a block's 16 bytes, what each value adds to the product of block and key."""
    powers = []  # the key times x to the n: bit 0 is the first bit of the first byte
    for _ in range(8 * _BLOCK):
        powers.append(key)
        key = (key >> 1) ^ (0xE1 << 120 if key & 1 else 0)
    table = []
    for place in range(_BLOCK):
        row = [0] * 256
        for bit in range(8):
            weight, power = 0x80 >> bit, powers[8 * place + bit]
            for value in range(0, 256, 2 * weight):
                for low in range(value, value + weight):
                    row[low + weight] = row[low] ^ power
        table.append(row)
    return table


def _ghash(table: List[List[int]], text: bytes) -> bytes:
    """Hashes whole blocks. One expression for the 16 bytes of a block is much faster than a loop."""
    t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15 = table
    state = 0
    for at in range(0, len(text), _BLOCK):
        b = (state ^ int.from_bytes(text[at : at + _BLOCK], "big")).to_bytes(_BLOCK, "big")
        state = (
            t0[b[0]] ^ t1[b[1]] ^ t2[b[2]] ^ t3[b[3]] ^ t4[b[4]] ^ t5[b[5]] ^ t6[b[6]] ^ t7[b[7]]
            ^ t8[b[8]] ^ t9[b[9]] ^ t10[b[10]] ^ t11[b[11]] ^ t12[b[12]] ^ t13[b[13]] ^ t14[b[14]] ^ t15[b[15]]
        )  # fmt: skip
    return state.to_bytes(_BLOCK, "big")


def _padded(text: bytes) -> bytes:
    return text + bytes(-len(text) % _BLOCK)


def _xor(a: bytes, b: bytes) -> bytes:
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).to_bytes(len(a), "big")
