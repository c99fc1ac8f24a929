"""Finds share links, by the rules of "Reading a link" in docs/share-link-v1.md of the project."""

from __future__ import annotations

import re
import unicodedata
from typing import Optional, Tuple
from urllib.parse import urlsplit

_MAX_TEXT = 64 << 10  # characters that are searched for a link
_MAX_TAIL = 2 << 10  # characters after the # that are searched for the secret
_LENGTH = 43  # characters of a secret
_DECODINGS = 4  # of an encoding that becomes visible by decoding

# A link up to its secret; the group is the base URL.
_PAGE = re.compile(
    r"""([Hh][Tt][Tt][Pp][Ss]?://"""
    r"""(?:\[[0-9A-Fa-f:.]+\]|[^\x00-,/:-@\[-^\x60{-\x7f\ufffd]+)(?::[0-9]+)?"""  # host
    r"""(?:/(?:[^\x00-\x20"#%':<>?\\^\x60{-}\x7f\ufffd]|%[0-9A-Fa-f]{2})*?)?)"""  # path
    r"""/s/?(?:\?[^\x00-\x20#]*?)?"""
    r"""(?:#|%(?:25)*23)"""
)


def find_link(text: str) -> Optional[Tuple[str, str]]:
    """Returns base URL and secret of the first whole link in a text, such as a message."""
    text = _clean(text[:_MAX_TEXT])
    decoded = _decode(text)
    for form in (text, _join_lines(text), decoded, _join_lines(decoded)):
        for match in _PAGE.finditer(form):
            secret = _read_secret(form[match.end() :])
            scheme, rest = match[1].split(":", 1)
            base = f"{scheme.lower()}:{rest}"
            if secret is not None and _is_address(base):
                return base, secret
    return None


def _is_address(base: str) -> bool:
    try:
        parts = urlsplit(base)
        return bool(parts.hostname) and (parts.port is None or parts.port >= 0)
    except ValueError:
        return False


def _read_secret(tail: str) -> Optional[str]:
    """Reads the secret from the start of the text that follows a link's #.

    Line breaks may stand within it if nothing but the secret stands on its last line.
    """
    tail = tail[:_MAX_TAIL]
    for _ in range(_DECODINGS):
        tail = _decode(tail)
    rest = tail.lstrip(" \n#/>")
    secret, joined = "", False
    while True:
        part = re.match(r"[A-Za-z0-9_-]*", rest)
        secret += part[0] if part else ""
        rest = rest[part.end() :] if part else rest
        if len(secret) >= _LENGTH:
            break
        gap = re.match(r"=? *\n[ >]*(?=[A-Za-z0-9_-])", rest)
        if gap is None:
            return None
        rest, joined = rest[gap.end() :], True
    if len(secret) > _LENGTH or rest.startswith("=") or (joined and re.match(r" +[^ \n]", rest)):
        return None
    return secret if secret[-1] in "AEIMQUYcgkosw048" else None  # the two unused bits are 0


def _is_hidden(c: str) -> bool:
    return c in "\0\u034f" or "\ufe00" <= c <= "\ufe0f" or unicodedata.category(c) == "Cf"


def _clean(text: str) -> str:
    """Removes characters that do not show.

    Makes one blank of every kind of blank and one line break of every kind of line break.
    """
    text = "".join(c for c in text if not _is_hidden(c))
    text = re.sub(r"\r\n?|[\v\f\x85\u2028\u2029]", "\n", text)
    return "".join(" " if c == "\t" or unicodedata.category(c) == "Zs" else c for c in text)


def _join_lines(text: str) -> str:
    """Returns a text without its line breaks if they are its only white space and no line is empty.

    It may be nothing but a link. Otherwise returns "".
    """
    text = text.strip(" \n")
    joined = re.sub(r" *\n[ >]*", "", text)
    return "" if re.search(r"\n[ >]*\n", text) or " " in joined else joined


def _decode(text: str) -> str:
    """Removes percent-encoding, however often a character was encoded, and decodes & and # of HTML."""
    text = re.sub(r"&(#35|#x23|num);", "#", text.replace("&amp;", "&"))

    def replace(escapes: re.Match[str]) -> str:
        raw = bytes(int(part[-2:], 16) for part in escapes[0][1:].split("%"))
        return raw.decode("utf-8", "replace")

    return _clean(re.sub(r"(?:%(?:25)*[0-9A-Fa-f]{2})+", replace, text))
