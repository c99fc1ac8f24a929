"""The calls of the API, with the names of 1Password's SDK, and list, get and revoke."""

from __future__ import annotations

import secrets
import ssl
from dataclasses import replace
from datetime import date
from typing import Iterable, Iterator, List, Optional, Union

from ._calls import API, get, pages, segment
from ._files import Files, unfiled_call
from ._wire import Call, Connection, Wire
from .errors import ItemshareError
from .people import Groups, Keeping, Users
from .types import (
    CreatedShare,
    Event,
    Item,
    ItemCreateParams,
    ItemOverview,
    ItemShareAccountPolicy,
    ItemShareParams,
    ItemShareStatus,
    ItemState,
    Share,
    UnfiledShareParams,
    ValidRecipient,
    VaultOverview,
    View,
)

_MAX_KEYS = 3  # for one share


class Client:
    """Calls one server as one service account.

    url is the server's base URL: https, or http on this machine. timeout is in seconds for one try; tries
    is how often a call is sent in all, where repeating is safe. Threads may share a client.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = 60.0,
        tries: int = 4,
        ssl_context: Optional[ssl.SSLContext] = None,
    ) -> None:
        if not isinstance(token, str):
            raise ValueError("The token of a service account is missing.")
        wire = Wire(url, token, Connection(timeout, tries, ssl_context))
        self.vaults = Vaults(wire)
        self.items = Items(wire)
        self.events = Events(wire)
        self.users = Users(wire)
        self.groups = Groups(wire)


class Vaults(Keeping):
    """The calls about vaults, and about who has access to them."""

    def list(self, *, all: bool = False) -> List[VaultOverview]:
        """Returns the vaults that the service account may read.

        With all it returns every vault, for one that may manage people.
        """
        found = pages(self._wire, "/vaults", {"all": "true" if all else None})
        return [VaultOverview.of(of) for of in found]


class Events:
    """The calls about the audit log, for a service account that may read events."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def after(self, number: int = 0, *, limit: Optional[int] = None) -> Iterator[Event]:
        """Yields the events after a number in the order of the chain, up to the last one that there is now.

        A follower keeps the number of the last event that it dealt with and asks again after it, and so
        misses none. limit is the number of events in one request.
        """
        return map(Event.of, pages(self._wire, "/events", {"after": number, "limit": limit}))


class Items:
    """The calls about items."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.files = Files(wire, lambda vault_id, item_id: API + _item_path(vault_id, item_id))
        self.shares = ItemShares(wire)

    def get(self, vault_id: str, item_id: str) -> Item:
        """Returns an item with its values."""
        return Item.of(get(self._wire, _item_path(vault_id, item_id)))

    def list(
        self, vault_id: str, *, q: Optional[str] = None, state: Union[ItemState, str, None] = None
    ) -> Iterator[ItemOverview]:
        """Yields a vault's items by title. It requests a page when the loop arrives there.

        state is active, which is the default, or archived.
        """
        return map(ItemOverview.of, pages(self._wire, _items_path(vault_id), {"q": q, "state": state}))

    def create(self, params: ItemCreateParams) -> Item:
        """Stores a new item and returns it. After a lost answer it is not sent again: it may be stored."""
        path = API + _items_path(params.vault_id)
        return Item.of(self._wire.json(Call("POST", path, params.json(), idempotent=False)))

    def put(self, item: Item) -> Item:
        """Replaces an item, except for its files, and returns its next version.

        If the item has another version by now, the code is `conflict` and nothing was changed. After a lost
        answer the call is not sent again.
        """
        path = API + _item_path(item.vault_id, item.id)
        call = Call("PUT", path, item.json(), match=f'"{item.version}"', idempotent=False)
        return Item.of(self._wire.json(call))

    def archive(self, vault_id: str, item_id: str) -> None:
        """Keeps an item out of lists. It can be read still, but neither changed nor shared."""
        self._wire.send(Call("POST", API + _item_path(vault_id, item_id) + "/archive"))

    def delete(self, vault_id: str, item_id: str) -> None:
        """Erases an archived item for good. The code for one that is not archived is `conflict`."""
        self._wire.send(Call("DELETE", API + _item_path(vault_id, item_id), idempotent=False))


class ItemShares:
    """The calls about sharing items."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def get_account_policy(self, vault_id: str, item_id: str) -> ItemShareAccountPolicy:
        """Returns the policy for sharing this item."""
        policy = get(self._wire, _item_path(vault_id, item_id) + "/share-policy")
        return ItemShareAccountPolicy.of(policy, vault_id, item_id)

    def validate_recipients(
        self, policy: ItemShareAccountPolicy, recipients: Iterable[str]
    ) -> List[ValidRecipient]:
        """Checks email addresses and domains against the policy. The error's problems are those rejected."""
        path = _item_path(policy.vault_id, policy.item_id) + "/recipients"
        valid = self._wire.json(Call("POST", API + path, {"recipients": list(recipients)}))
        return [ValidRecipient.of(recipient) for recipient in valid]

    def create(
        self,
        item: Union[Item, ItemOverview],
        policy: ItemShareAccountPolicy,
        params: Optional[ItemShareParams] = None,
    ) -> CreatedShare:
        """Creates a share and returns its link, which cannot be shown again.

        After a lost answer the request is sent again under the same key. If the share was created, its link
        is lost, so it is revoked and another one created. The code `not_known` says that the connection
        failed for good and that there may be a share.
        """
        if (policy.vault_id, policy.item_id) != (item.vault_id, item.id):
            raise ValueError("This policy belongs to another item.")
        path = API + _item_path(item.vault_id, item.id) + "/shares"
        return self._create(Call("POST", path, (params or ItemShareParams()).json()))

    def create_unfiled(self, params: UnfiledShareParams) -> CreatedShare:
        """Shares what is in no vault, and returns the link, which cannot be shown again.

        Without files it is repeated as create is. Files are read once, so that it is not sent again with
        them: the code `not_known` says that there may be a share.
        """
        return self._create(unfiled_call(f"{API}/shares", params))

    def _create(self, call: Call) -> CreatedShare:
        for n in range(_MAX_KEYS):
            try:
                call = replace(call, key=secrets.token_urlsafe(24))
                return CreatedShare.of(self._wire.json(call))
            except ItemshareError as error:
                if error.code != "already_created" or error.share_id is None:
                    raise
                self._revoke_lost(error.share_id)
                if n == _MAX_KEYS - 1:
                    raise
        raise AssertionError("unreachable")

    def _revoke_lost(self, share_id: str) -> None:
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
        with_: Optional[str] = None,
        created: Optional[str] = None,
        from_: Union[date, str, None] = None,
        to: Union[date, str, None] = None,
        limit: Optional[int] = None,
    ) -> Iterator[Share]:
        """Yields the service account's own shares, newest first.

        q matches items by title, and full email addresses or domains. with_ is a recipient's full email
        address or domain. created is today, 7days or 30days; from_ and to are the first and the last day of
        creation in UTC. limit is the number of shares in one request.
        """
        query = {
            "status": status, "vault": vault, "q": q, "with": with_, "created": created,
            "from": from_, "to": to, "limit": limit,
        }  # fmt: skip
        return map(Share.of, pages(self._wire, "/shares", query))

    def get(self, share_id: str) -> Share:
        """Returns the share with this id, which is not a part of the link."""
        return Share.of(get(self._wire, _share_path(share_id)))

    def views(self, share_id: str) -> List[View]:
        """Returns the share's latest 500 views, newest first."""
        return [View.of(view) for view in get(self._wire, _share_path(share_id) + "/views")["items"]]

    def revoke(self, share_id: str) -> None:
        """Ends a share at once. It does nothing to one that has ended."""
        self._wire.send(Call("DELETE", API + _share_path(share_id)))


def _items_path(vault_id: str) -> str:
    return f"/vaults/{segment(vault_id)}/items"


def _item_path(vault_id: str, item_id: str) -> str:
    return f"{_items_path(vault_id)}/{segment(item_id)}"


def _share_path(share_id: str) -> str:
    return f"/shares/{segment(share_id)}"
