"""What all calls of the API share."""

from __future__ import annotations

from typing import Any, Dict, Iterator
from urllib.parse import quote, urlencode

from ._wire import Call, Wire

API = "/api/v1"


def get(wire: Wire, path: str) -> Dict[str, Any]:
    """Returns the object of an answer."""
    answer: Dict[str, Any] = wire.json(Call("GET", API + path))
    return answer


def pages(wire: Wire, path: str, query: Dict[str, Any]) -> Iterator[Dict[str, Any]]:
    """Yields a list, whose pages are requested when the loop arrives there."""
    parameters = {name: str(value) for name, value in query.items() if value is not None}
    while True:
        page = get(wire, path + ("?" + urlencode(parameters) if parameters else ""))
        yield from page["items"]
        if not page.get("next"):
            return
        parameters["after"] = page["next"]


def segment(text: str) -> str:
    """Returns an id as one segment of a path."""
    if text in ("", ".", ".."):
        raise ValueError("An id is missing.")
    return quote(text, safe="")
