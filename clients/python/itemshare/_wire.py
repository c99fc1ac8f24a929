"""One server: requests with a deadline, repeated where that is safe. The token stays in here."""

from __future__ import annotations

import email.utils
import http.client
import json
import random
import re
import socket
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional
from urllib.parse import urlsplit

from .errors import ItemshareError, Problem

_LONGEST_PAUSE = 30  # seconds that a caller is kept waiting between two tries
_LOST = ("unreachable", "timeout")  # no answer
_LARGEST_ANSWER = 128 << 20  # bytes
_TIMEOUTS = (TimeoutError, socket.timeout)  # one and the same since Python 3.10


@dataclass(frozen=True)
class Connection:
    """How calls are made: seconds for one try, tries in all where repeating is safe, and whose certificates count."""

    timeout: float = 60.0
    tries: int = 4
    ssl_context: Optional[ssl.SSLContext] = None


@dataclass(frozen=True)
class Call:
    """One request. A `safe` one is as good twice as once; for a `patient` one 429 means later, not never."""

    method: str
    path: str
    body: Optional[Dict[str, Any]] = None
    key: Optional[str] = None
    safe: bool = True
    patient: bool = True
    limit: int = _LARGEST_ANSWER


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follows nowhere: what is sent is meant for one server."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Wire:
    """One server."""

    def __init__(self, url: str, token: Optional[str], connection: Connection) -> None:
        # A header that cannot be sent would be quoted in the error about it.
        if token is not None and not re.fullmatch(r"[\x21-\x7e]+", token):
            raise ValueError("The token is empty or holds characters that no token has.")
        self._base = base_of(url)
        self._connection = connection
        self._authorize = _authorizer(token)
        # No proxy hears what stays on this machine.
        proxies = {name: at for name, at in urllib.request.getproxies().items() if name == "https"}
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=connection.ssl_context), _Straight
        )

    def json(self, call: Call) -> Any:
        """Gives what an answer of JSON says, None for an empty one."""
        text = self.bytes(call)
        try:
            return json.loads(text) if text else None
        except ValueError:
            raise ItemshareError("The answer is no JSON: something else than itemshare answered.", code="unexpected_answer") from None

    def bytes(self, call: Call) -> bytes:
        """Sends a call, again and again while that is safe and may help, and gives the answer's body."""
        lost = False
        n = 1
        while True:
            try:
                return self._once(call)
            except ItemshareError as error:
                lost = lost or error.code in _LOST or error.status in (502, 504)  # a proxy's words for a lost answer
                if not call.safe or n >= self._connection.tries or not _may_help(error, call.patient):
                    if lost and call.key is not None and error.code not in ("already_created", "link_unknown"):
                        raise _not_known(error) from error
                    raise
                pause = error.retry_after
            time.sleep(min(8, 2**n / 8) * random.uniform(0.5, 1) if pause is None else pause)
            n += 1

    def _once(self, call: Call) -> bytes:
        timeout = self._connection.timeout
        end = time.monotonic() + timeout
        try:
            with self._opener.open(self._request(call), timeout=timeout) as answer:
                return _read(answer, call.limit, end)
        except urllib.error.HTTPError as error:
            raise _problem_of(error, end) from None
        except _TIMEOUTS:
            failed = _timed_out(timeout)
        except (OSError, http.client.HTTPException) as error:
            failed = _timed_out(timeout) if isinstance(getattr(error, "reason", None), _TIMEOUTS) else _unreachable(error)
        raise failed from None

    def _request(self, call: Call) -> urllib.request.Request:
        request = urllib.request.Request(self._base + call.path, method=call.method)
        request.add_header("Accept", "application/json")
        if call.body is not None:
            request.data = json.dumps(call.body).encode()
            request.add_header("Content-Type", "application/json")
        if call.key is not None:
            request.add_header("Idempotency-Key", call.key)
        self._authorize(request)
        return request


def _authorizer(token: Optional[str]) -> Callable[[urllib.request.Request], None]:
    """Keeps the token where no way of printing an object finds it."""

    def authorize(request: urllib.request.Request) -> None:
        if token is not None:
            request.add_unredirected_header("Authorization", "Bearer " + token)

    return authorize


def base_of(url: str) -> str:
    """Takes https, and http where nobody is on the way: on this machine."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or re.search(r"[\x00-\x20\x7f]", url.strip()):
        raise ValueError("The url is no web address, such as https://share.example.com.")
    here = host in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise ValueError("The url must begin with https:// unless it is http://localhost.")
    if parts.username is not None or "?" in url or "#" in url:
        raise ValueError("The url is a server's address alone: no user, no question mark, no fragment.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _may_help(error: ItemshareError, patient: bool) -> bool:
    busy = patient if error.status == 429 else error.status in (502, 503, 504)
    busy = busy and error.code != "link_unknown"  # asking again does not tell
    return error.code in _LOST or (busy and (error.retry_after or 0) <= _LONGEST_PAUSE)


def _not_known(error: ItemshareError) -> ItemshareError:
    return ItemshareError("It is not known whether a share was made; the list of shares tells.", code="not_known", status=error.status)


def _timed_out(timeout: float) -> ItemshareError:
    return ItemshareError(f"No answer within {timeout:g} s.", code="timeout")


def _unreachable(error: Exception) -> ItemshareError:
    why = getattr(error, "reason", None) or error  # of the connection; it names no header
    return ItemshareError(f"The server cannot be reached, or its answer broke off ({type(why).__name__}).", code="unreachable")


def _read(answer: Any, limit: int, end: float) -> bytes:
    """Reads until then at the latest, and of an answer longer than its limit one byte more, which neither parses nor opens:
    nobody makes this program hold or wait for more."""
    parts = []
    left = limit + 1
    while left > 0:
        part = answer.read1(min(left, 1 << 16)) if hasattr(answer, "read1") else answer.read(min(left, 1 << 16))
        if not part:
            break
        if time.monotonic() > end:
            raise TimeoutError
        parts.append(part)
        left -= len(part)
    missing = getattr(answer, "length", None)
    if missing and left > 0:
        raise http.client.IncompleteRead(b"", missing)
    return b"".join(parts)


def _problem_of(answer: urllib.error.HTTPError, end: float) -> ItemshareError:
    """Makes the error of an answer that is no success; problem documents are those of RFC 9457."""
    status = answer.code
    retry_after = _seconds_of(answer.headers.get("Retry-After"))
    try:
        with answer:
            document = json.loads(_read(answer, 1 << 20, end))
        code = document["code"]
        problems = [Problem(p["code"], p.get("field"), p.get("detail")) for p in document.get("errors") or []]
    except (OSError, http.client.HTTPException, ItemshareError, ValueError, KeyError, TypeError):
        what = f"itemshare did not answer, something else did ({status})"
        if 300 <= status < 400:
            what = "This address leads elsewhere. Use the one that the server has as its own"
        return ItemshareError(what + ".", code="unexpected_answer", status=status, retry_after=retry_after)
    words = " ".join(p.detail for p in problems if p.detail)
    return ItemshareError(
        words or document.get("detail") or code,
        code=code,
        status=status,
        problems=problems,
        retry_after=retry_after,
        share_id=document.get("share"),
        request_id=document.get("request_id") or answer.headers.get("X-Request-Id"),
        shared_by=document.get("shared_by"),
    )


def _seconds_of(header: Optional[str]) -> Optional[float]:
    """Reads both forms of Retry-After."""
    if header is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", header):
        return float(header)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
