"""Requests to one server, with a time limit, repeated where that is safe. The token stays in here."""

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
from typing import Any, BinaryIO, Callable, Dict, Iterator, Optional, TypeVar, Union
from urllib.parse import urlsplit

from .errors import ItemshareError, Problem

_MAX_PAUSE = 30  # seconds between two tries
_LOST = ("unreachable", "timeout")  # codes of lost answers
_MAX_ANSWER = 128 << 20  # bytes
_NO_URL = "The url isn't a web address such as https://share.example.com."
_PART = 1 << 16  # bytes of a content that are read at once
T = TypeVar("T")
_TIMEOUTS = (TimeoutError, socket.timeout)  # the same since Python 3.10


@dataclass(frozen=True)
class Connection:
    """timeout is in seconds for one try; tries is how often a call is sent in all, where that is safe."""

    timeout: float = 60.0
    tries: int = 4
    ssl_context: Optional[ssl.SSLContext] = None


@dataclass(frozen=True)
class Call:
    """One request. An idempotent one may be repeated after a lost answer, a patient one after status 429.

    match is the If-Match. content, with the media type kind, is sent instead of a body of JSON.
    """

    method: str
    path: str
    body: Optional[Dict[str, Any]] = None
    content: Union[bytes, BinaryIO, Iterator[bytes], None] = None
    kind: str = ""
    key: Optional[str] = None
    match: Optional[str] = None
    idempotent: bool = True
    patient: bool = True
    limit: int = _MAX_ANSWER


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: a request is meant for one server."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Wire:
    """Calls one server."""

    def __init__(self, url: str, token: Optional[str], connection: Connection) -> None:
        # The error about a header that cannot be sent would quote it.
        if token is not None and not re.fullmatch(r"[\x21-\x7e]+", token):
            raise ValueError("The token is empty or contains a character that no token has.")
        self._base = base_of(url)
        self._connection = connection
        self._authorize = _authorizer(token)
        # Requests to this machine (http) use no proxy.
        proxies = {name: url for name, url in urllib.request.getproxies().items() if name == "https"}
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler(proxies),
            urllib.request.HTTPSHandler(context=connection.ssl_context),
            _NoRedirects,
        )

    def json(self, call: Call) -> Any:
        """Sends a call and returns the JSON of the answer, or None for an empty answer."""
        text = self.send(call)
        try:
            return json.loads(text) if text else None
        except ValueError:
            message = "The answer isn't JSON, so it isn't from itemshare. Check the address."
            raise ItemshareError(message, code="unexpected_answer") from None

    def send(self, call: Call) -> bytes:
        """Sends a call, again while that is safe and may help, and returns the body of the answer."""
        return self._repeat(call, lambda: self._send_once(call))

    def stream(self, call: Call) -> Iterator[bytes]:
        """Yields the body of an answer as it comes. One that breaks off ends in an error."""
        answer = self._repeat(call, lambda: self._open(call))
        with answer:
            while True:
                part = self._guard(lambda: _next_part(answer))
                if not part:
                    return
                yield part

    def _repeat(self, call: Call, send: Callable[[], T]) -> T:
        is_lost = False
        n = 1
        while True:
            try:
                return send()
            except ItemshareError as error:
                is_lost = is_lost or _may_be_done(error)
                if not call.idempotent or n >= self._connection.tries or not _may_help(error, call.patient):
                    if is_lost and call.key is not None and error.code not in ("already_created", "link_unknown"):
                        raise _not_known(error) from error
                    raise
                pause = error.retry_after
            time.sleep(min(8, 2**n / 8) * random.uniform(0.5, 1) if pause is None else pause)
            n += 1

    def _send_once(self, call: Call) -> bytes:
        end = time.monotonic() + self._connection.timeout
        if call.content is not None:  # it takes as long as it needs
            end = float("inf")
        with self._open(call) as answer:
            return self._guard(lambda: _read(answer, call.limit, end))

    def _open(self, call: Call) -> http.client.HTTPResponse:
        def send() -> http.client.HTTPResponse:
            answer: http.client.HTTPResponse
            answer = self._opener.open(self._request(call), timeout=self._connection.timeout)
            return answer

        return self._guard(send)

    def _guard(self, do: Callable[[], T]) -> T:
        """Calls do, and raises our errors instead of the library's."""
        timeout = self._connection.timeout
        try:
            return do()
        except urllib.error.HTTPError as error:
            raise _problem_of(error, time.monotonic() + timeout) from None
        except _TIMEOUTS:
            failure = _timed_out(timeout)
        except (OSError, http.client.HTTPException) as error:
            is_timeout = isinstance(getattr(error, "reason", None), _TIMEOUTS)
            failure = _timed_out(timeout) if is_timeout else _unreachable(error)
        raise failure from None

    def _request(self, call: Call) -> urllib.request.Request:
        request = urllib.request.Request(self._base + call.path, method=call.method)
        request.add_header("Accept", "application/json")
        if call.body is not None:
            request.data = json.dumps(call.body).encode()
            request.add_header("Content-Type", "application/json")
        if call.content is not None:
            request.data = call.content
            request.add_header("Content-Type", call.kind)
        if call.key is not None:
            request.add_header("Idempotency-Key", call.key)
        if call.match is not None:
            request.add_header("If-Match", call.match)
        self._authorize(request)
        return request


def _authorizer(token: Optional[str]) -> Callable[[urllib.request.Request], None]:
    """Returns a function that adds the token, so that no printed object contains it."""

    def authorize(request: urllib.request.Request) -> None:
        if token is not None:
            request.add_unredirected_header("Authorization", "Bearer " + token)

    return authorize


def base_of(url: str) -> str:
    """Parses a base URL: https, or http on this machine."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_NO_URL) from None
    if not host or re.search(r"[\x00-\x20\x7f]", url.strip()):
        raise ValueError(_NO_URL)
    is_local = host in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise ValueError("The url must begin with https:// unless it is http://localhost.")
    if parts.username is not None or "?" in url or "#" in url:
        raise ValueError("The url can't have a user, a query or a fragment.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _may_be_done(error: ItemshareError) -> bool:
    """Proxies answer with 502 and 504 when they lose an answer."""
    return error.code in _LOST or error.code == "unknown_outcome" or error.status in (502, 504)


def _may_help(error: ItemshareError, patient: bool) -> bool:
    busy = patient if error.status == 429 else error.status in (502, 503, 504)
    busy = busy and error.code != "link_unknown"  # no repeat succeeds after it
    return error.code in _LOST or (busy and (error.retry_after or 0) <= _MAX_PAUSE)


def _not_known(error: ItemshareError) -> ItemshareError:
    message = "It isn't known whether a share was created. Check the list of shares."
    return ItemshareError(message, code="not_known", status=error.status)


def _timed_out(timeout: float) -> ItemshareError:
    return ItemshareError(f"No answer within {timeout:g} s.", code="timeout")


def _unreachable(error: Exception) -> ItemshareError:
    reason = getattr(error, "reason", None) or error  # of the connection; it contains no header
    message = f"The server can't be reached, or its answer broke off ({type(reason).__name__})."
    return ItemshareError(message, code="unreachable")


def _read(answer: Any, limit: int, end: float) -> bytes:
    """Reads an answer of at most limit bytes until the time end.

    Of a longer answer it returns one byte more, so that the answer is neither parsed nor decrypted, and no
    server can fill this program's memory or keep it waiting.
    """
    parts = []
    left = limit + 1
    while left > 0:
        read = getattr(answer, "read1", answer.read)
        part = read(min(left, _PART))
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


def _next_part(answer: Any) -> bytes:
    """Returns some bytes of an answer, none at its end."""
    part: bytes = answer.read(_PART)
    if not part and getattr(answer, "length", None):
        raise http.client.IncompleteRead(b"", answer.length)
    return part


def _problem_of(answer: urllib.error.HTTPError, end: float) -> ItemshareError:
    """Returns the error for an answer that is not a success: a problem document (RFC 9457) or not."""
    status = answer.code
    retry_after = _seconds_of(answer.headers.get("Retry-After"))
    try:
        with answer:
            document = json.loads(_read(answer, 1 << 20, end))
        code = document["code"]
        problems = [Problem(p["code"], p.get("field"), p.get("detail")) for p in document.get("errors") or []]
    except (OSError, http.client.HTTPException, ItemshareError, ValueError, KeyError, TypeError):
        message = f"The answer isn't from itemshare (status {status}). Check the address."
        if 300 <= status < 400:
            message = "The server redirects, and this client follows no redirect. Check the address."
        return ItemshareError(message, code="unexpected_answer", status=status, retry_after=retry_after)
    details = " ".join(p.detail for p in problems if p.detail)
    return ItemshareError(
        details or document.get("detail") or code,
        code=code,
        status=status,
        problems=problems,
        retry_after=retry_after,
        share_id=document.get("share"),
        request_id=document.get("request_id") or answer.headers.get("X-Request-Id"),
        shared_by=document.get("shared_by"),
    )


def _seconds_of(header: Optional[str]) -> Optional[float]:
    """Parses both forms of Retry-After."""
    if header is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", header):
        return float(header)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
