"""itemshare for programs: the four steps from an item to a link, the shares made so far, and the opening of a link.

Names are those of 1Password's item-sharing SDK where it has them. Stands on Python's standard library alone.
"""

from .client import Client, Items, ItemShares, Vaults
from .errors import ItemshareError, Problem
from .opening import Opened, OpenedFile, open_link
from .shared import SharedField, SharedItem, ShareTerms
from .types import (
    AllowedRecipientType,
    AllowedType,
    CreatedShare,
    Item,
    ItemField,
    ItemFile,
    ItemOverview,
    ItemSection,
    ItemShareAccountPolicy,
    ItemShareDuration,
    ItemShareFiles,
    ItemShareParams,
    ItemShareStatus,
    Share,
    ValidRecipient,
    VaultOverview,
    Website,
)

__all__ = [
    "AllowedRecipientType",
    "AllowedType",
    "Client",
    "CreatedShare",
    "Item",
    "ItemField",
    "ItemFile",
    "ItemOverview",
    "ItemSection",
    "ItemShareAccountPolicy",
    "ItemShareDuration",
    "ItemShareFiles",
    "ItemShareParams",
    "ItemShareStatus",
    "ItemShares",
    "Items",
    "ItemshareError",
    "Opened",
    "OpenedFile",
    "Problem",
    "Share",
    "ShareTerms",
    "SharedField",
    "SharedItem",
    "ValidRecipient",
    "VaultOverview",
    "Vaults",
    "Website",
    "open_link",
]
