"""Known answers of the protocol, made by an independent implementation."""

import hashlib
import json
import pathlib
import unittest

from itemshare._gcm import AESGCM
from itemshare._link import find_link
from itemshare._protocol import Link, chunk_count, from_base64url, open_content, open_file, parse_link, to_base64url
from itemshare.errors import ItemshareError
from itemshare.opening import _clean_name

ROOT = pathlib.Path(__file__).parents[3]
VECTORS = json.loads((ROOT / "share/link/testdata/share-link-v1.vectors.json").read_text(encoding="utf-8"))


def content(v):
    return open_content(Link(v["secret"]), v, v)


def file(v):
    entry = {name: v[name] for name in ("index", "chunk_size", "nonce_prefix")}
    entry["size"] = v["plaintext_size"]

    def fetch(n, _limit):
        return from_base64url(v["chunks"][n]) if n < len(v["chunks"]) else b""

    return b"".join(open_file(Link(v["secret"]), v, entry, fetch))


class Vectors(unittest.TestCase):
    def test_derives_what_each_side_has(self):
        self.assertEqual(len(VECTORS["derive"]), 4)
        for v in VECTORS["derive"]:
            link = Link(v["secret"])
            self.assertEqual(link.id, v["id"])
            self.assertEqual(link.token, v["access_token"])
            self.assertEqual(hashlib.sha256(from_base64url(link.token)).hexdigest(), v["access_token_sha256"])
            self.assertEqual(to_base64url(link.content_key()), v["content_key"])

    def test_opens_the_copy_of_an_item(self):
        self.assertEqual(len(VECTORS["content"]), 4)
        for v in VECTORS["content"]:
            self.assertEqual(content(v), json.loads(v["json"]))

    def test_opens_files_chunk_by_chunk(self):
        self.assertEqual(len(VECTORS["file"]), 3)
        for v in VECTORS["file"]:
            self.assertEqual(to_base64url(Link(v["secret"]).file_key(v["index"])), v["key"])
            entry = {"size": v["plaintext_size"], "chunk_size": v["chunk_size"]}
            self.assertEqual(chunk_count(entry), len(v["chunks"]))
            plain = file(v)
            self.assertEqual(len(plain), v["plaintext_size"])
            self.assertEqual(hashlib.sha256(plain).hexdigest(), v["plaintext_sha256"])

    def test_refuses_what_was_changed(self):
        self.assertEqual(len(VECTORS["reject"]) + len(VECTORS["reject_file"]), 13)
        for opener, cases in ((content, VECTORS["reject"]), (file, VECTORS["reject_file"])):
            for v in cases:
                with self.subTest(v["why"]):
                    self.assert_error(opener, v)

    def test_refuses_a_files_entry_that_cannot_be(self):
        v = VECTORS["file"][0]
        good = {"index": 0, "size": 0, "chunk_size": 1024, "nonce_prefix": v["nonce_prefix"]}
        for wrong in (
            {"size": -1}, {"size": 0.5}, {"size": True}, {"chunk_size": 0}, {"chunk_size": 1 << 40}, {"index": "0"},
            {"nonce_prefix": "AA"}, {"nonce_prefix": None}, {"size": 1 << 45},
        ):  # fmt: skip
            with self.subTest(wrong):
                fetch = lambda *_: self.fail("a chunk was requested")  # noqa: E731
                self.assert_error(next, open_file(Link(v["secret"]), v, {**good, **wrong}, fetch))

    def test_refuses_a_chunk_that_was_sealed_with_another_size(self):
        v = VECTORS["file"][1]
        link = Link(v["secret"])
        entry = {"index": v["index"], "size": 3, "chunk_size": 1024, "nonce_prefix": v["nonce_prefix"]}

        def opened(text):
            nonce = from_base64url(v["nonce_prefix"]) + b"\0\0\0\0\1"
            sealed = AESGCM(link.file_key(v["index"])).seal(nonce, text, self.additional_data(link, v))
            return b"".join(open_file(link, v, entry, lambda *_: sealed))

        self.assertEqual(opened(b"abc"), b"abc")
        for text in (b"ab", b"abcd"):
            self.assert_error(opened, text)

    def test_refuses_padding_of_another_length(self):
        v = VECTORS["content"][0]
        link, nonce = Link(v["secret"]), bytes(12)
        def sealed(text):
            ciphertext = AESGCM(link.content_key()).seal(nonce, text, self.additional_data(link, v))
            return {"nonce": to_base64url(nonce), "ciphertext": to_base64url(ciphertext)}

        self.assertEqual(open_content(link, v, sealed(b"{}".ljust(512))), {})
        for why, text in (
            ("none", b"{}"),
            ("a block too many", b"{}".ljust(1024)),
            ("nothing but padding", b" " * 512),
            ("no object", b"[]".ljust(512)),
            ("no JSON", b"{".ljust(512)),
            ("no UTF-8", b'{"title":"\xff"}'.ljust(512)),
        ):
            with self.subTest(why):
                self.assert_error(open_content, link, v, sealed(text))

    def additional_data(self, link, v):
        terms = [str(v[name]) for name in ("created_at", "expires_at", "max_views", "audience")]
        return "\n".join(["itemshare/v1", link.id, *terms]).encode()

    def assert_error(self, opener, *arguments):
        with self.assertRaises(ItemshareError) as caught:
            opener(*arguments)
        self.assertEqual(caught.exception.code, "damaged")


class Links(unittest.TestCase):
    secret = VECTORS["link"]["accept"][0]

    def test_reads_links(self):
        for end in ("/s#", "/s/#", "/s%23", "/s/%23"):
            base, link = parse_link(f" https://share.example.com/team{end}{self.secret}\n")
            self.assertEqual(base, "https://share.example.com/team")
            self.assertEqual(link.token, Link(self.secret).token)

    def test_finds_links_as_every_reader_does(self):
        cases = json.loads((ROOT / "share/link/testdata/links.json").read_text(encoding="utf-8"))["links"]
        self.assertGreater(len(cases), 200)
        for case in cases:
            found = (case["base"], case["secret"]) if "base" in case else None
            with self.subTest(case["case"]):
                self.assertEqual(find_link(case["text"]), found)

    def test_refuses_links_that_were_cut_or_altered_and_quotes_none(self):
        altered = [f"https://share.example.com/s#{v['text']}" for v in VECTORS["link"]["refuse"]]
        altered += [self.secret, f"ftp://share.example.com/s#{self.secret}", f"https://share.example.com/x#{self.secret}"]
        for text in altered:
            with self.subTest(text), self.assertRaises(ItemshareError) as caught:
                parse_link(text)
            self.assertEqual(caught.exception.code, "link_invalid")
            self.assertNotIn("eI0yiPRaHw", repr(caught.exception))


class Names(unittest.TestCase):
    def test_makes_file_names_fit_to_stand_in_a_folder(self):
        for sent, name in (
            ("report.pdf", "report.pdf"), ("../../etc/passwd", "_.._etc_passwd"), ("C:\\a.exe", "C__a.exe"), ("a\u202efdp.exe", "afdp.exe"),
            ("a\n\0b.txt", "ab.txt"), ("..", "file"), ("", "file"), ("x" * 200 + ".tar", "x" * 84 + ".tar"), ("a\u0308.txt", "ä.txt"),
            ("🔑.txt", "🔑.txt"),
        ):  # fmt: skip
            self.assertEqual(_clean_name(sent), name)

    def test_makes_names_that_no_shell_obeys(self):
        for case in json.loads((ROOT / "clients/testdata/file-names.json").read_text(encoding="utf-8")):
            with self.subTest(case["sent"]):
                self.assertEqual(_clean_name(case["sent"]), case["saved"])


if __name__ == "__main__":
    unittest.main()
