"""AES-256-GCM by known answers: the vectors of the proposal to NIST (McGrew and Viega, test cases 13 to 16)."""

import os
import unittest

from itemshare._gcm import AESGCM, InvalidTag

KEY = "feffe9928665731c6d6a8f9467308308" * 2
NONCE = "cafebabefacedbaddecaf888"
TEXT = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
SEALED = (
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
    "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
)
DATA = "feedfacedeadbeeffeedfacedeadbeefabaddad2"
# case, key, nonce, additional data, plain, sealed, tag
VECTORS = [
    (13, "00" * 32, "00" * 12, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    (14, "00" * 32, "00" * 12, "", "00" * 16, "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"),
    (15, KEY, NONCE, "", TEXT, SEALED, "b094dac5d93471bdec1a502270e3cc6c"),
    (16, KEY, NONCE, DATA, TEXT[:120], SEALED[:120], "76fc6ece0f4e1768cddf8853bb2d551b"),
]


class KnownAnswers(unittest.TestCase):
    def test_seals_and_opens(self):
        for case, key, nonce, data, plain, sealed, tag in VECTORS:
            with self.subTest(case=case):
                cipher = AESGCM(bytes.fromhex(key))
                out = cipher.seal(bytes.fromhex(nonce), bytes.fromhex(plain), bytes.fromhex(data))
                self.assertEqual(out.hex(), sealed + tag)
                self.assertEqual(cipher.open(bytes.fromhex(nonce), out, bytes.fromhex(data)).hex(), plain)

    def test_a_block_by_itself(self):
        """FIPS 197, appendix C.3."""
        cipher = AESGCM(bytes(range(32)))
        block = cipher._encrypt_blocks(bytes.fromhex("00112233445566778899aabbccddeeff") * 3)
        self.assertEqual(block.hex(), "8ea2b7ca516745bfeafc49904b496089" * 3)


class Refusals(unittest.TestCase):
    def test_every_changed_bit_is_found(self):
        cipher, nonce, data = AESGCM(bytes.fromhex(KEY)), bytes(12), b"terms"
        sealed = cipher.seal(nonce, b"seventeen bytes!!", data)
        for n in range(8 * len(sealed)):
            changed = bytearray(sealed)
            changed[n // 8] ^= 1 << n % 8
            with self.assertRaises(InvalidTag):
                cipher.open(nonce, bytes(changed), data)
        for wrong in (
            (bytes(11) + b"\x01", sealed, data),
            (bytes(13), sealed, data),
            (nonce, sealed[:-1], data),
            (nonce, sealed[1:], data),
            (nonce, sealed[:15], data),
            (nonce, b"", data),
            (nonce, sealed + b"\x00", data),
            (nonce, sealed, data[:-1]),
            (nonce, sealed, data + b"\x00"),
        ):
            with self.assertRaises(InvalidTag):
                cipher.open(*wrong)
        with self.assertRaises(InvalidTag):
            AESGCM(bytes(32)).open(nonce, sealed, data)
        with self.assertRaises(ValueError):
            AESGCM(bytes(16))

    def test_every_length_comes_back(self):
        cipher = AESGCM(os.urandom(32))
        for length in [*range(70), 511, 512, 513, 4096]:
            plain, nonce = os.urandom(length), os.urandom(12)
            self.assertEqual(cipher.open(nonce, cipher.seal(nonce, plain, plain[:7]), plain[:7]), plain)


if __name__ == "__main__":
    unittest.main()
