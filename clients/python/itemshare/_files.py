"""The files of items, and what a share of what is in no vault sends."""

from __future__ import annotations

import io
import json
import secrets
from typing import BinaryIO, Callable, Iterator, Union
from urllib.parse import quote, urlencode

from ._wire import Call, Wire
from .types import FileCreateParams, ItemFile, UnfiledShareParams

_PART = 1 << 16  # bytes of a file that are read at once
_ANY_TYPE = "application/octet-stream"


class Files:
    """The calls about the files of items."""

    def __init__(self, wire: Wire, item_path: Callable[[str, str], str]) -> None:
        self._wire = wire
        self._item_path = item_path

    def attach(self, vault_id: str, item_id: str, file: FileCreateParams) -> ItemFile:
        """Adds a file to an item, which gets its next version.

        It takes as long as the file does. After a lost answer it is not sent again.
        """
        path = f"{self._item_path(vault_id, item_id)}/files?{urlencode({'name': file.name})}"
        call = Call("POST", path, content=file.content, kind=file.type or _ANY_TYPE, idempotent=False)
        return ItemFile.of(self._wire.json(call))

    def read(self, vault_id: str, item_id: str, file_id: str) -> bytes:
        """Returns the content of a file."""
        return b"".join(self.stream(vault_id, item_id, file_id))

    def stream(self, vault_id: str, item_id: str, file_id: str) -> Iterator[bytes]:
        """Yields a file as it comes.

        The file is complete once this ends without an error; after an error, discard what came before.
        """
        return self._wire.stream(Call("GET", self._path(vault_id, item_id, file_id)))

    def delete(self, vault_id: str, item_id: str, file_id: str) -> None:
        """Takes a file from an item, which gets its next version."""
        self._wire.send(Call("DELETE", self._path(vault_id, item_id, file_id), idempotent=False))

    def _path(self, vault_id: str, item_id: str, file_id: str) -> str:
        if file_id in ("", ".", ".."):
            raise ValueError("An id is missing.")
        return f"{self._item_path(vault_id, item_id)}/files/{quote(file_id, safe='')}"


def unfiled_call(path: str, params: UnfiledShareParams) -> Call:
    """Returns the call that shares params. Files are read once, so that it is not sent again with them."""
    if not params.files:
        return Call("POST", path, params.json())
    boundary = secrets.token_hex(16)
    kind = f"multipart/form-data; boundary={boundary}"
    return Call("POST", path, content=_form(boundary, params), kind=kind, idempotent=False)


def _form(boundary: str, params: UnfiledShareParams) -> Iterator[bytes]:
    """Yields a form: a part "share" with JSON, then the files as they are read."""
    yield f'--{boundary}\r\nContent-Disposition: form-data; name="share"\r\n\r\n'.encode()
    yield json.dumps(params.json()).encode()
    for file in params.files:
        disposition = f'Content-Disposition: form-data; name="file"; filename="{_quoted(file.name)}"'
        kind = _quoted(file.type) or _ANY_TYPE
        yield f"\r\n--{boundary}\r\n{disposition}\r\nContent-Type: {kind}\r\n\r\n".encode()
        yield from _parts(file.content)
    yield f"\r\n--{boundary}--\r\n".encode()


def _quoted(text: str) -> str:
    """Returns a text for a header's quotes, without line breaks."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return text.replace("\r", "%0D").replace("\n", "%0A")


def _parts(content: Union[bytes, BinaryIO]) -> Iterator[bytes]:
    file = io.BytesIO(content) if isinstance(content, bytes) else content
    return iter(lambda: file.read(_PART), b"")
