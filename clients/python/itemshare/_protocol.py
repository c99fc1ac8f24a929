"""Share-link protocol itemshare/v1, which docs/share-link-v1.md of the project specifies.

Parses links, derives ids and keys, and decrypts content and files. It makes no calls. What does not
decrypt raises.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from typing import Any, Callable, Dict, Iterator, NoReturn, Optional, Tuple

from ._gcm import AESGCM, TAG_SIZE, InvalidTag
from ._link import find_link
from .errors import ItemshareError

PROTOCOL = "itemshare/v1"
TERMS = ("protocol", "created_at", "expires_at", "max_views", "audience")
_BLOCK = 512  # bytes; content is padded to a multiple
_MAX_CHUNK = 64 << 20  # bytes; a chunk is decrypted in memory


def reject(why: str) -> NoReturn:
    raise ItemshareError(f"The link does not open: {why}.", code="damaged") from None


def to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_base64url(text: Any, length: Optional[int] = None) -> bytes:
    """Decodes base64url in its canonical form: no padding, no unused bits. length is in bytes."""
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        reject("not base64url")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        reject("not base64url")
    if to_base64url(raw) != text or (length is not None and len(raw) != length):
        reject("not canonical base64url, or of another length")
    return raw


def parse_link(text: str) -> Tuple[str, Link]:
    """Splits a link, or a text that contains one, into base URL and secret."""
    found = find_link(text)
    if found is None:
        raise ItemshareError("This link is incomplete or was changed on its way.", code="link_invalid")
    return found[0], Link(found[1])


class Link:
    """The id and token of a link, which the server gets, and its keys, which it does not."""

    def __init__(self, secret: str) -> None:
        # The extract step of HKDF-SHA-256, with an empty salt.
        self._root = hmac.new(bytes(32), from_base64url(secret, 32), hashlib.sha256).digest()
        self.id = to_base64url(self._expand("share-id")[:16])
        self.token = to_base64url(self._expand("access-token"))

    def content_key(self) -> bytes:
        return self._expand("content-key")

    def file_key(self, index: int) -> bytes:
        return self._expand(f"file-key {index}")

    def _expand(self, info: str) -> bytes:
        """Returns one block of HKDF's expand step: no value is longer than 32 bytes."""
        return hmac.new(self._root, f"{PROTOCOL} {info}".encode() + b"\x01", hashlib.sha256).digest()


def _is_count(n: Any) -> bool:
    return type(n) is int and 0 <= n < 1 << 53


def _additional_data(link: Link, terms: Dict[str, Any]) -> bytes:
    """Returns the terms that every seal is bound to."""
    counts = [terms.get(name) for name in ("created_at", "expires_at", "max_views")]
    if not all(map(_is_count, counts)) or terms.get("audience") not in ("anyone", "recipients"):
        reject("its terms are invalid")
    return "\n".join([PROTOCOL, link.id, *map(str, counts), terms["audience"]]).encode()


def _unseal(key: AESGCM, nonce: bytes, sealed: bytes, data: bytes) -> bytes:
    try:
        return key.open(nonce, sealed, data)
    except InvalidTag:
        reject("it or its terms were changed")


def _unpadded(plain: bytes) -> bytes:
    """Removes the spaces that fill the last block, and rejects any other number of them."""
    text = plain.rstrip(b" ")
    if not text or len(plain) != -(-len(text) // _BLOCK) * _BLOCK:
        reject("its padding is wrong")
    return text


def open_content(link: Link, terms: Dict[str, Any], sealed: Dict[str, Any]) -> Dict[str, Any]:
    """Decrypts the copy of the item under the terms that were shown."""
    data = _additional_data(link, terms)
    nonce = from_base64url(sealed.get("nonce"), 12)
    ciphertext = from_base64url(sealed.get("ciphertext"))
    plain = _unpadded(_unseal(AESGCM(link.content_key()), nonce, ciphertext, data))
    try:
        content = json.loads(plain.decode("utf-8"))
    except ValueError:
        reject("it is not JSON in UTF-8")
    if not isinstance(content, dict):
        reject("it is not an item")
    return content


def chunk_count(entry: Dict[str, Any]) -> int:
    """Returns the number of chunks by the sealed entry."""
    count: int = max(1, -(-entry["size"] // entry["chunk_size"]))
    return count


def _check_entry(entry: Dict[str, Any]) -> None:
    whole = all(_is_count(entry.get(name)) for name in ("index", "size", "chunk_size"))
    if not whole or not 0 < entry["chunk_size"] <= _MAX_CHUNK or chunk_count(entry) > 1 << 32:
        reject("the entry of a file is invalid")


def open_file(
    link: Link, terms: Dict[str, Any], entry: Dict[str, Any], fetch: Callable[[int, int], bytes]
) -> Iterator[bytes]:
    """Yields a file's decrypted chunks in order.

    The file is complete when the loop ends without an error. fetch(n, limit) returns the sealed bytes of
    chunk n, at most limit of them.
    """
    _check_entry(entry)
    data = _additional_data(link, terms)
    prefix = from_base64url(entry.get("nonce_prefix"), 7)
    key = AESGCM(link.file_key(entry["index"]))
    count = chunk_count(entry)
    for n in range(count):
        last = n == count - 1
        size = entry["size"] - n * entry["chunk_size"] if last else entry["chunk_size"]
        nonce = prefix + n.to_bytes(4, "big") + bytes([last])
        plain = _unseal(key, nonce, fetch(n, size + TAG_SIZE), data)
        if len(plain) != size:
            reject("a chunk has another size")
        yield plain
