"""Opens a share link as its recipient does."""

from __future__ import annotations

import re
import secrets
import ssl
import unicodedata
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterator, List, Optional

from ._protocol import PROTOCOL, TERMS, Link, open_content, open_file, parse_link, refuse, to_base64url
from ._wire import Call, Connection, Wire
from .errors import ItemshareError
from .shared import SharedItem, ShareTerms, from_unix


@dataclass(frozen=True)
class OpenedFile:
    """A file of an opened link. name is made fit to stand in a folder; size is in bytes."""

    index: int
    name: str
    type: str
    size: int
    _chunks: Callable[[], Iterator[bytes]] = field(repr=False)

    def stream(self) -> Iterator[bytes]:
        """The plain bytes in chunks, each checked. The file is whole once this ends without an error; else throw away
        what came."""
        return self._chunks()

    def read(self) -> bytes:
        """The plain bytes, whole."""
        return b"".join(self._chunks())


@dataclass(frozen=True)
class Opened:
    """What a link leads to. Its files may be fetched for 30 minutes. `raw` is the copy as the protocol has it."""

    content: SharedItem
    terms: ShareTerms
    files: List[OpenedFile]
    raw: Dict[str, Any] = field(repr=False)


def open_link(
    link: str,
    *,
    email: Optional[str] = None,
    code: Optional[Callable[[], str]] = None,
    timeout: float = 60.0,
    tries: int = 4,
    ssl_context: Optional[ssl.SSLContext] = None,
) -> Opened:
    """Opens a link and decrypts the copy of the item: counts one view.

    With named recipients email is one of them, and code is called for the digits once they are mailed.
    """
    base, secret = parse_link(link)
    server = _Holder(Wire(base, None, Connection(timeout, tries, ssl_context)), secret)
    terms = server.ask("peek", {})
    if not isinstance(terms, dict) or terms.get("protocol") != PROTOCOL:
        refuse("it speaks another protocol")
    proof = _prove(server, terms, email, code) if terms.get("code_required") else {}
    # Under the same view an answer that got lost is given again and counts nothing.
    view = to_base64url(secrets.token_bytes(16))
    sealed = server.ask("open", {"view": view, **proof})
    if not isinstance(sealed, dict) or any(sealed.get(name) != terms.get(name) for name in TERMS):
        refuse("its terms changed meanwhile")
    raw = open_content(secret, terms, sealed)
    files = [_file(server, terms, view, entry) for entry in raw.get("files") or []]
    told = ShareTerms(from_unix(terms["created_at"]), from_unix(terms["expires_at"]), terms["max_views"], terms["audience"])
    return Opened(SharedItem.of(raw), told, files, raw)


class _Holder:
    """Calls the server with the proof of holding the link."""

    def __init__(self, wire: Wire, link: Link) -> None:
        self._wire = wire
        self.link = link

    def _call(self, verb: str, body: Dict[str, Any], **more: Any) -> Call:
        return Call("POST", f"/s/{verb}", {"id": self.link.id, "token": self.link.token, **body}, patient=False, **more)

    def ask(self, verb: str, body: Dict[str, Any], **more: Any) -> Any:
        return self._wire.json(self._call(verb, body, **more))

    def chunk(self, body: Dict[str, Any], limit: int) -> bytes:
        return self._wire.bytes(self._call("file", body, limit=limit))


def _prove(server: _Holder, terms: Dict[str, Any], email: Optional[str], code: Optional[Callable[[], str]]) -> Dict[str, str]:
    """Has a code mailed and asks the caller for it. A second code would void the first: that call is never repeated."""
    if not email or code is None:
        message = "This link names its recipients: give the email of one of them, and a function that gives the code from the mail."
        raise ItemshareError(message, code="verification_required", shared_by=terms.get("shared_by"))
    server.ask("code", {"email": email}, safe=False)
    return {"email": email, "code": str(code()).strip()}


def _file(server: _Holder, terms: Dict[str, Any], view: str, entry: Dict[str, Any]) -> OpenedFile:
    def chunks() -> Iterator[bytes]:
        index = entry.get("index")
        return open_file(
            server.link, terms, entry, lambda n, limit: server.chunk({"view": view, "index": index, "chunk": n}, limit)
        )

    return OpenedFile(entry["index"], _clean_name(entry["name"]), entry.get("type", ""), entry["size"], chunks)


def _clean_name(text: str) -> str:
    """A file name of one folder: without control or direction characters, path separators and their like, at most 100
    characters, its ending kept."""
    shown = (c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in ("Zl", "Zp"))
    clean = re.sub(r'[\\/:*?"<>|]', "_", "".join(shown))
    parts = re.fullmatch(r"(.*?)(\.[^.]{1,16})?", re.sub(r"^[\s.]+|[\s.]+$", "", clean), re.DOTALL)
    stem, ending = (parts[1], parts[2] or "") if parts else ("", "")
    return (stem[:84] or "file") + ending
