"""Opens share links."""

from __future__ import annotations

import re
import secrets
import ssl
import unicodedata
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterator, List, Optional

from ._protocol import PROTOCOL, TERMS, Link, open_content, open_file, parse_link, reject, to_base64url
from ._wire import Call, Connection, Wire
from .errors import ItemshareError
from .shared import SharedItem, ShareTerms, from_unix


@dataclass(frozen=True)
class OpenedFile:
    """A file of an opened link. name is a clean file name; size is in bytes."""

    index: int
    name: str
    type: str
    size: int
    _chunks: Callable[[], Iterator[bytes]] = field(repr=False)

    def stream(self) -> Iterator[bytes]:
        """Yields the decrypted chunks.

        The file is complete once this ends without an error; after an error, discard what came before.
        """
        return self._chunks()

    def read(self) -> bytes:
        """Returns the decrypted file."""
        return b"".join(self._chunks())


@dataclass(frozen=True)
class OpenedShare:
    """The share that a link opened. Its files can be fetched for 30 minutes. raw is the JSON of content."""

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
) -> OpenedShare:
    """Opens a link and decrypts the copy of the item, which counts as a view.

    If the link has recipients, email is the address of one, and code is called for the code that is mailed
    to it.
    """
    base, secret = parse_link(link)
    server = _ShareCaller(Wire(base, None, Connection(timeout, tries, ssl_context)), secret)
    terms = server.post("peek", {})
    if not isinstance(terms, dict) or terms.get("protocol") != PROTOCOL:
        reject("it is of another protocol")
    proof = _verify(server, terms, email, code) if terms.get("code_required") else {}
    # A repeat with the same view gets the same answer and counts nothing.
    view = to_base64url(secrets.token_bytes(16))
    sealed = server.post("open", {"view": view, **proof})
    if not isinstance(sealed, dict) or any(sealed.get(name) != terms.get(name) for name in TERMS):
        reject("its terms have changed")
    raw = open_content(secret, terms, sealed)
    files = [_file(server, terms, view, entry) for entry in raw.get("files") or []]
    share_terms = ShareTerms(
        from_unix(terms["created_at"]), from_unix(terms["expires_at"]), terms["max_views"], terms["audience"]
    )
    return OpenedShare(SharedItem.of(raw), share_terms, files, raw)


class _ShareCaller:
    """Calls the server about the share of one link."""

    def __init__(self, wire: Wire, link: Link) -> None:
        self._wire = wire
        self.link = link

    def _call(self, verb: str, body: Dict[str, Any], **more: Any) -> Call:
        body = {"id": self.link.id, "token": self.link.token, **body}
        return Call("POST", f"/s/{verb}", body, patient=False, **more)

    def post(self, verb: str, body: Dict[str, Any], **more: Any) -> Any:
        return self._wire.json(self._call(verb, body, **more))

    def chunk(self, body: Dict[str, Any], limit: int) -> bytes:
        return self._wire.send(self._call("file", body, limit=limit))


def _verify(
    server: _ShareCaller, terms: Dict[str, Any], email: Optional[str], code: Optional[Callable[[], str]]
) -> Dict[str, str]:
    """Requests a code and calls code for it. The request is not repeated: another code would replace the first."""
    if not email or code is None:
        message = "This link is for specific people. Verify your email address with a mailed code."
        raise ItemshareError(message, code="verification_required", shared_by=terms.get("shared_by"))
    server.post("code", {"email": email}, idempotent=False)
    return {"email": email, "code": str(code()).strip()}


def _file(server: _ShareCaller, terms: Dict[str, Any], view: str, entry: Dict[str, Any]) -> OpenedFile:
    def chunks() -> Iterator[bytes]:
        index = entry.get("index")
        return open_file(
            server.link, terms, entry, lambda n, limit: server.chunk({"view": view, "index": index, "chunk": n}, limit)
        )

    return OpenedFile(entry["index"], _clean_name(entry["name"]), entry.get("type", ""), entry["size"], chunks)


# Names that Windows takes for devices, and files that a desktop obeys.
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin_|conout_|clock_) *(?:\.|$)"
    r"|(?:desktop\.ini|autorun\.inf|thumbs\.db)$",
    re.IGNORECASE,
)


def _clean_name(text: str) -> str:
    """Returns a file name that no shell and no system obeys.

    It has no control and direction characters, no path separators and the like, no dot or dash at its start,
    at most 100 characters, and its extension.
    """
    text = unicodedata.normalize("NFC", text)
    hidden = ("Zl", "Zp")
    visible = (c for c in text if unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in hidden)
    clean = re.sub(r'[\\/:*?"<>|$`;&%]', "_", "".join(visible))
    clean = re.sub(r"^[-~+@=]+", "_", re.sub(r"^[\s.]+|[\s.]+$", "", clean))
    if _RESERVED.match(clean):
        clean = "_" + clean
    parts = re.fullmatch(r"(.*?)(\.[^.]{1,16})?", clean, re.DOTALL)
    stem, extension = (parts[1], parts[2] or "") if parts else ("", "")
    return (stem[:84] or "file") + extension
