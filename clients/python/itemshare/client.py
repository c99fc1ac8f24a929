"""The calls of the API, by the names of 1Password's item-sharing SDK, plus list, get and revoke."""

from __future__ import annotations

import secrets
import ssl
from typing import Any, Dict, Iterable, Iterator, List, Optional, Union
from urllib.parse import quote, urlencode

from ._wire import Call, Connection, Wire
from .errors import ItemshareError
from .types import (
    CreatedShare,
    Item,
    ItemOverview,
    ItemShareAccountPolicy,
    ItemShareParams,
    ItemShareStatus,
    Share,
    ValidRecipient,
    VaultOverview,
)

_API = "/api/v1"
_KEYS = 3  # that one share uses at most


class Client:
    """A client of one server, for one service account.

    url is the server's base address: https, or http on this machine alone. timeout is in seconds for one try; tries is
    how often a call is made in all where repeating is safe. May be used by many threads.
    """

    def __init__(
        self, url: str, token: str, *, timeout: float = 60.0, tries: int = 4, ssl_context: Optional[ssl.SSLContext] = None
    ) -> None:
        if not isinstance(token, str):
            raise ValueError("The token of a service account is missing.")
        wire = Wire(url, token, Connection(timeout, tries, ssl_context))
        self.vaults = Vaults(wire)
        self.items = Items(wire)


class Vaults:
    """The calls about vaults."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self) -> List[VaultOverview]:
        """The vaults that the service account may read."""
        return [VaultOverview(of["id"], of["title"]) for of in _pages(self._wire, "/vaults", {})]


class Items:
    """The calls about items."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.shares = ItemShares(wire)

    def get(self, vault_id: str, item_id: str) -> Item:
        """One item, whole."""
        return Item.of(_get(self._wire, _item_path(vault_id, item_id)))

    def list(self, vault_id: str, *, q: Optional[str] = None) -> Iterator[ItemOverview]:
        """A vault's items by title, fetched as they are asked for."""
        return map(ItemOverview.of, _pages(self._wire, f"/vaults/{_segment(vault_id)}/items", {"q": q}))


class ItemShares:
    """The calls about sharing items."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get_account_policy(self, vault_id: str, item_id: str) -> ItemShareAccountPolicy:
        """The rule for sharing this item."""
        return ItemShareAccountPolicy.of(_get(self._wire, _item_path(vault_id, item_id) + "/share-policy"), vault_id, item_id)

    def validate_recipients(self, policy: ItemShareAccountPolicy, recipients: Iterable[str]) -> List[ValidRecipient]:
        """Checks addresses and domains against the policy; the error's problems name each one refused."""
        path = _item_path(policy.vault_id, policy.item_id) + "/recipients"
        valid = self._wire.json(Call("POST", _API + path, {"recipients": list(recipients)}))
        return [ValidRecipient.of(one) for one in valid]

    def create(
        self, item: Union[Item, ItemOverview], policy: ItemShareAccountPolicy, params: Optional[ItemShareParams] = None
    ) -> CreatedShare:
        """Makes a share and its link, which is given this once.

        A lost answer is asked for again under the same key. The server then tells of the share whose link nobody has
        seen: that one is revoked, and another made. An error of the code `not_known` says that the connection failed for
        good and that a share may be there.
        """
        if (policy.vault_id, policy.item_id) != (item.vault_id, item.id):
            raise ValueError("This policy belongs to another item.")
        path = _API + _item_path(item.vault_id, item.id) + "/shares"
        body = (params or ItemShareParams()).json()
        for n in range(_KEYS):
            try:
                return CreatedShare.of(self._wire.json(Call("POST", path, body, key=secrets.token_urlsafe(24))))
            except ItemshareError as error:
                if error.code != "already_created" or error.share_id is None:
                    raise
                self._forget(error.share_id)
                if n == _KEYS - 1:
                    raise
        raise AssertionError("unreachable")

    def _forget(self, share_id: str) -> None:
        """Revokes a share whose link was lost."""
        try:
            self.revoke(share_id)
        except ItemshareError as error:
            error.share_id = share_id
            raise

    def list(
        self,
        *,
        status: Optional[Union[ItemShareStatus, str]] = None,
        vault: Optional[str] = None,
        q: Optional[str] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Share]:
        """The service account's own shares, the newest first. q finds titles, and whole addresses or domains."""
        return map(Share.of, _pages(self._wire, "/shares", {"status": status, "vault": vault, "q": q, "limit": limit}))

    def get(self, share_id: str) -> Share:
        """One share by the id of the history, which is not the link's."""
        return Share.of(_get(self._wire, _share_path(share_id)))

    def revoke(self, share_id: str) -> None:
        """Ends a share now. One that ended already stays as it is."""
        self._wire.bytes(Call("DELETE", _API + _share_path(share_id)))


def _get(wire: Wire, path: str) -> Dict[str, Any]:
    answer: Dict[str, Any] = wire.json(Call("GET", _API + path))
    return answer


def _pages(wire: Wire, path: str, query: Dict[str, Any]) -> Iterator[Dict[str, Any]]:
    """Goes through a list, page by page as they are needed."""
    filled = {name: str(value) for name, value in query.items() if value is not None}
    while True:
        page = _get(wire, path + ("?" + urlencode(filled) if filled else ""))
        yield from page["items"]
        if not page.get("next"):
            return
        filled["after"] = page["next"]


def _item_path(vault_id: str, item_id: str) -> str:
    return f"/vaults/{_segment(vault_id)}/items/{_segment(item_id)}"


def _share_path(share_id: str) -> str:
    return f"/shares/{_segment(share_id)}"


def _segment(text: str) -> str:
    """Keeps an id one part of the path."""
    if text in ("", ".", ".."):
        raise ValueError("An id is missing.")
    return quote(text, safe="")
